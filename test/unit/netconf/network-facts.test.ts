import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { type NetworkFacts, networkFacts } from '../../../src/netconf/network-facts.ts';

function factsOf(conf: object): NetworkFacts {
  return networkFacts(parseNetwork(JSON.stringify(conf), 'it', { fallbackName: 'a' }));
}

describe('networkFacts', () => {
  it('names types, parents and paths of the node with the place of each', () => {
    const facts = factsOf({
      plugins: [
        {
          type: 'macvlan',
          master: 'eth1',
          ipam: { type: 'host-local', subnet: '10.1.2.0/24', dataDir: '/run/x' },
        },
        { type: 'tuning', dataDir: '/run/y' },
      ],
    });
    expect(facts.plugins).toEqual([
      { value: 'macvlan', path: 'spec.config.plugins[0].type' },
      { value: 'tuning', path: 'spec.config.plugins[1].type' },
    ]);
    expect(facts.ipams).toEqual([{ value: 'host-local', path: 'spec.config.plugins[0].ipam.type' }]);
    expect(facts.parents).toEqual([{ kind: 'link', value: 'eth1', path: 'spec.config.plugins[0].master' }]);
    expect(facts.paths).toEqual([
      { value: '/run/x', path: 'spec.config.plugins[0].ipam.dataDir' },
      { value: '/run/y', path: 'spec.config.plugins[1].dataDir' },
    ]);
    expect(facts.segments).toEqual(['link eth1']);
    expect(facts.ranges).toMatchObject([{ ipam: 'host-local', path: 'spec.config.plugins[0].ipam.subnet' }]);
  });

  it.each(['Master', 'MASTER', 'maſter'])('finds %s, which Go takes for master', (key) => {
    const { parents } = factsOf({ type: 'macvlan', master: 'eth1', [key]: 'eth0' });
    expect(parents.map(({ value }) => value).toSorted()).toEqual(['eth0', 'eth1']);
  });

  it('finds the links of a bond, a device by its address, and a kubeconfig', () => {
    const facts = factsOf({
      plugins: [
        { type: 'bond', links: [{ name: 'eth1' }, { name: 'eth2' }] },
        { type: 'host-device', pciBusID: '0000:3d:00.1' },
        {
          type: 'macvlan',
          ipam: { type: 'whereabouts', range: 'fd00::/64', kubernetes: { kubeconfig: '/etc/k' } },
        },
      ],
    });
    expect(facts.parents.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'link eth1',
      'link eth2',
      'device 0000:3d:00.1',
    ]);
    expect(facts.paths).toEqual([
      { value: '/etc/k', path: 'spec.config.plugins[2].ipam.kubernetes.kubeconfig' },
    ]);
  });
});
