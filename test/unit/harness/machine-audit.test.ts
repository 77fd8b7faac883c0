import { describe, expect, it } from 'vitest';
import { marksOf } from '../../e2e/clusters.ts';
import { counts } from '../../e2e/machine-audit.ts';
import { ownedName } from '../../harness/owner.ts';

const [shared, second] = [marksOf('e2e'), marksOf('e2e-second')];
const held = '+ namespace net:[4026532000] held by process';

describe('what counts when a cluster is held against the machine', () => {
  it.each([
    `+ cgroup /sys/fs/cgroup/pids/weft-${second.id}/node1`,
    `${held} /pause of /weft-${second.id}/node1/kubepods/pod1`,
    `${held} unshare --net -- bash ${second.stateDir}/scripts/node-init.sh of /session`,
    `${held} sleep 600`,
    '+ netns host: link wbr0 bridge mtu 1500 up',
    '- netns host: route default via 192.0.2.1 dev eth0',
    '- mount /run/netns ext4 of /dev/vda /run/netns shared',
    '+ /var/lib/kubelet/ there',
  ])('its own things, and what has no mark: %s', (line) => {
    expect(counts(line, ['e2e-second'])).toBe(true);
  });

  it.each([
    `+ cgroup /sys/fs/cgroup/pids/weft-${shared.id}/node1`,
    `${held} /pause of /weft-${shared.id}/node1/kubepods/pod1`,
    `${held} unshare --net -- bash ${shared.stateDir}/scripts/node-init.sh of /session`,
    `${held} unshare --net -- bash /other/checkout/.cluster/e2e-second/scripts/node-init.sh`,
    `+ namespace net:[4026532000] held by mount /run/netns/${ownedName()}`,
    `+ namespace net:[4026532000] held by mount /run/netns/cni-1 in mnt:[4026532180] of process unshare --mount -- bash ${shared.stateDir}/scripts/node-init.sh of /session`,
    `- namespace net:[4026532000] held by mount /run/netns/cni-1 in mnt:[4026532180] of process sleep 600`,
    '- mount /run/netns/weft-t-1-1-1 nsfs of nsfs net:[4026532000] shared',
    '- /var/lib/cni/results there',
  ])('not those of a neighbour, whose name begins alike, nor of other tests: %s', (line) => {
    expect(counts(line, ['e2e-second'])).toBe(false);
  });

  it('debris of a test that died, because nobody else would say so', () => {
    expect(counts('+ namespace net:[1] held by mount /run/netns/weft-t-1-1-1', ['e2e'])).toBe(true);
  });
});
