import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { agentsReady } from '../../../hack/deploy/agent-pods.ts';
import type { AuditSnapshot } from '../../harness/auditor.ts';
import { long, names, removeCluster } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { reported, reportFailures } from '../failure-report.ts';
import { KubeNamespace } from '../kube-namespace.ts';
import { startCluster } from '../start-cluster.ts';
import { type AttachedPod, attachedPod, expectAttached, networkStatus } from '../weft/attached-pod.ts';
import { networkedPod } from '../weft/networked-pod.ts';
import { allThree } from '../weft/networks.ts';
import { nodeLeftovers, quietSnapshot } from '../weft/node-audit.ts';
import { recordsOf, reservedAddresses, weftBootId } from '../weft/records.ts';
import { installWeft } from '../weft/weft-cluster.ts';

const pods = Array.from({ length: long ? 20 : 5 }, (_, index) => `pod${index}`);
/** Of one reboot with the return of all pods. */
const returnMs = 90_000;

let cluster: Cluster;
let node: ClusterNode;
let kube: KubeNamespace;
/** The node with weft, but without a pod. */
let empty: AuditSnapshot;

reportFailures(() => cluster);
beforeAll(() => reported(() => cluster, prepare), 300_000);
async function prepare(): Promise<void> {
  cluster = await startCluster(names.reboot, 1);
  node = cluster.node('node1');
  await installWeft(cluster, { operator: false });
  // Its sandbox is a new one after the reboot as well.
  await cluster.kubectl(['--namespace', 'kube-system', 'scale', 'deployment/coredns', '--replicas=0']);
  await cluster.kubectl([
    ...['--namespace', 'kube-system', 'wait', 'pods', '--for=delete'],
    ...['--selector=k8s-app=kube-dns', '--timeout=60s'],
  ]);
  empty = await quietSnapshot(cluster);
  kube = await KubeNamespace.create(cluster, 'reboot');
}
afterAll(() => removeCluster(names.reboot, () => {}));

/** Waits for every pod's container that was started since, and compares its networks. */
async function allAttached(since: ReadonlyMap<string, number>): Promise<readonly AttachedPod[]> {
  const all: AttachedPod[] = [];
  for (const name of pods) {
    await eventually(`${name} with a new container`, returnMs, async () => {
      const [status] = (await attachedPod(kube, name)).status.containerStatuses ?? [];
      if (status?.ready !== true || status.restartCount !== since.get(name))
        throw new Error(JSON.stringify(status));
    });
    all.push((await expectAttached(kube, name)).pod);
  }
  return all;
}

/** Fails unless records and addresses on the node are those of these pods and of no others. */
function expectOnlyTheirs(all: readonly AttachedPod[]): void {
  const records = recordsOf(node);
  expect(records.map((record) => record.pod?.name).sort()).toEqual([...pods].sort());
  expect(records.map((record) => record.bootId)).toEqual(pods.map(() => weftBootId(node)));
  for (const record of records) expect(record.steps.map((step) => step.state)).toEqual(allAre('attached'));
  for (const network of ['bare', 'bridged', 'lan', 'line']) {
    const theirs = all.flatMap((pod) =>
      networkStatus(pod)
        .filter((entry) => entry.name.split('/').at(-1) === network)
        .flatMap((entry) => entry.ips ?? []),
    );
    expect([...reservedAddresses(node, network)].sort(), network).toEqual(theirs.sort());
  }
}

/** Chains that only a host port of the boot before had made did not come back and need not; the boot has a new id. */
function isLeft(difference: string): boolean {
  return difference.startsWith('+') && !difference.includes(' run/boot-id ');
}

/** The default network and the three. */
function allAre(state: string): readonly string[] {
  return ['default', ...allThree].map(() => state);
}

describe(`a node that reboots with ${pods.length} attached pods`, () => {
  it('gives all of them their networks again, and keeps nothing of the boot before', {
    timeout: 120_000 + pods.length * 15_000,
  }, async () => {
    await kube.apply(
      ...pods.map((name) =>
        networkedPod(name, { networks: allThree, node: node.name, restartPolicy: 'Always' }),
      ),
    );
    expectOnlyTheirs(await allAttached(new Map(pods.map((name) => [name, 0]))));
    const oldBoot = weftBootId(node);
    const started = performance.now();
    await node.reboot();
    await node.waitReady();
    await agentsReady(cluster, 90_000);
    const agentMs = performance.now() - started;
    const all = await allAttached(new Map(pods.map((name) => [name, 1])));
    process.stdout.write(
      `after the reboot: agent Ready in ${(agentMs / 1000).toFixed(1)} s, all pods in ${((performance.now() - started) / 1000).toFixed(1)} s\n`,
    );
    expect(weftBootId(node)).not.toBe(oldBoot);
    expectOnlyTheirs(all);
    // They had no networks for a while, but nobody needs to do anything about it.
    expect(await kube.kubectl('get', 'events', '--field-selector=reason=NetworksNotAttached')).toBe('');
  });

  it('is as empty as before when they are gone', { timeout: 120_000 + pods.length * 5_000 }, async () => {
    await kube.kubectl('delete', 'pods', '--all', '--timeout=120s');
    expect(await nodeLeftovers(cluster, empty, isLeft)).toEqual([]);
  });
});

describe('a node that leaves the cluster', () => {
  it('takes its WeftNode with it', async () => {
    const weftNodes = (): Promise<string> => cluster.kubectl(['get', 'weftnodes', '--output=name']);
    expect(await weftNodes()).toBe('weftnode.weft.dev/node1\n');
    // Its agent would report again.
    await node.kill();
    await cluster.kubectl(['delete', 'node', node.name]);
    await eventually('the end of the WeftNode', 30_000, async () => expect(await weftNodes()).toBe(''));
  });
});
