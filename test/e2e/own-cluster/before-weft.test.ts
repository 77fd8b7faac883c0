import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import { askAgent } from '../../../hack/deploy/agent-port.ts';
import { deployWeft, removeWeft } from '../../../hack/deploy/deploy-weft.ts';
import type { AuditSnapshot } from '../../harness/auditor.ts';
import { names, removeCluster } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { reported, reportFailures } from '../failure-report.ts';
import { KubeNamespace } from '../kube-namespace.ts';
import { leftovers, machineSnapshot } from '../machine-audit.ts';
import { startCluster } from '../start-cluster.ts';
import { startAgents, stopAgents } from '../weft/agent-control.ts';
import { attachedPod, expectAttached, networksReady, sandboxView } from '../weft/attached-pod.ts';
import { networkedPod } from '../weft/networked-pod.ts';
import { allThree, createNetworks, networksNamespace } from '../weft/networks.ts';
import { nodeLeftovers, quietSnapshot } from '../weft/node-audit.ts';

/** DESIGN §3.5: so soon a pod that runs without its networks is shown. */
const shownMs = 10_000;

let cluster: Cluster;
let kube: KubeNamespace;
let machine: AuditSnapshot;
/** The node before the pods of this file, without weft. */
let bare: AuditSnapshot;

reportFailures(() => cluster);
beforeAll(() => reported(() => cluster, prepare), 300_000);
async function prepare(): Promise<void> {
  machine = machineSnapshot([names.before]);
  cluster = await startCluster(names.before, 1);
  kube = await KubeNamespace.create(cluster, 'before-weft');
  // portmap's chains stay after its first pod.
  await kube.apply(networkedPod('first', { hostPort: 18_080 }));
  await kube.untilReady('first');
  await kube.kubectl('delete', 'pod', 'first');
  bare = await quietSnapshot(cluster);
  await kube.apply(
    networkedPod('old', { hostPort: 18_081 }),
    networkedPod('asked', { networks: allThree, demands: [] }),
  );
  for (const name of ['old', 'asked']) await kube.untilReady(name);
  await deployWeft(cluster, (line) => console.log(`${cluster.name}: ${line}`), { operator: false });
  await createNetworks(cluster);
}
afterAll(() => removeCluster(names.before, () => {}));

/** The default network's traces; weft's own directories are new on this node. */
function ofDefaultNetwork(line: string): boolean {
  return / (cni\/|netns net:|\/run\/netns)/.test(line);
}

describe('a pod that ran before weft was there', () => {
  it('and asks for networks is shown as one that has not got them', async () => {
    const since = performance.now();
    const pod = await eventually('the condition', shownMs, async () => {
      const seen = await attachedPod(kube, 'asked');
      if (networksReady(seen) === undefined) throw new Error('no condition yet');
      return seen;
    });
    process.stdout.write(
      `shown ${((performance.now() - since) / 1000).toFixed(1)} s after the agent was Ready\n`,
    );
    expect(networksReady(pod)).toMatchObject({ status: 'False', reason: 'NotAttached' });
    expect(networksReady(pod)?.message).toContain('networks/bridged');
    const events = await eventually('the event', shownMs, async () => {
      const text = await kube.kubectl(
        ...['get', 'events', '--field-selector=involvedObject.name=asked,reason=NetworksNotAttached'],
        '--output=jsonpath={range .items[*]}{.type} {.message}{"\\n"}{end}',
      );
      if (text.trim() === '') throw new Error('no event yet');
      return text;
    });
    expect(events).toMatch(/^Warning .*networks\/bridged/);
    const metrics = (await askAgent(cluster.node('node1'), '/metrics')).text;
    expect(metrics).toMatch(/^weft_pods_not_attached 1$/m);
  });

  it('and asks for none is left as it was', async () => {
    const pod = await attachedPod(kube, 'old');
    expect(networksReady(pod)?.status).not.toBe('False');
    const { links } = await sandboxView(cluster.node('node1'), pod);
    expect(links.map((link) => link.name)).toEqual(['eth0']);
  });

  it('goes without a trace, with the agent away', async () => {
    await stopAgents(cluster);
    await kube.kubectl('delete', 'pod', 'old', 'asked');
    expect(await nodeLeftovers(cluster, bare, ofDefaultNetwork)).toEqual([]);
    await startAgents(cluster);
  });

  it('gets its networks when it is made anew', async () => {
    await kube.apply(networkedPod('asked', { networks: allThree, hostPort: 18_081 }));
    await kube.untilReady('asked');
    await expectAttached(kube, 'asked');
  });
});

describe('weft that is taken off the cluster', () => {
  it('leaves networks and pods alone', async () => {
    const before = await quietSnapshot(cluster);
    await removeWeft(cluster);
    const found = await cluster.kubectl([
      ...['get', 'network-attachment-definitions', '--namespace', networksNamespace, '--output=name'],
    ]);
    expect(found.trim().split('\n')).toHaveLength(3);
    await expectAttached(kube, 'asked');
    await eventually('the end of the agent', 30_000, async () => {
      await expect(askAgent(cluster.node('node1'), '/healthz')).rejects.toThrow('ECONNREFUSED');
    });
    expect(await nodeLeftovers(cluster, before)).toEqual([]);
  });
});

describe('a cluster with weft that goes down', () => {
  it('leaves nothing on the machine', async () => {
    await removeCluster(names.before, () => {});
    expect(await leftovers(machine, [names.before])).toEqual([]);
  });
});
