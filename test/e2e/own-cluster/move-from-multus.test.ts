import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { deployWeft, removeWeft } from '../../../hack/deploy/deploy-weft.ts';
import type { AuditSnapshot } from '../../harness/auditor.ts';
import { multusBinary } from '../../harness/toolchain.ts';
import { long, names, removeCluster } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { reported, reportFailures } from '../failure-report.ts';
import { KubeNamespace } from '../kube-namespace.ts';
import { leftovers, machineSnapshot } from '../machine-audit.ts';
import { startCluster } from '../start-cluster.ts';
import { agentPids } from '../weft/agent-control.ts';
import {
  type AttachedPod,
  attachedPod,
  expectAttached,
  networkStatus,
  networksReady,
  sandboxView,
} from '../weft/attached-pod.ts';
import { networkedPod } from '../weft/networked-pod.ts';
import { allThree, asked, createNetworks } from '../weft/networks.ts';
import { nodeLeftovers, quietSnapshot } from '../weft/node-audit.ts';
import { recordsOf } from '../weft/records.ts';
import { bringMultus, installMultus, takeMultusAway } from './multus-node.ts';

/** Of each hand: attached by Multus, and later by weft. */
const count = long ? 60 : 5;
const old = Array.from({ length: count }, (_, index) => `old${index}`);
const fresh = Array.from({ length: count }, (_, index) => `fresh${index}`);
/** Deleted while weft is there; the others see Multus again. */
const first = old.slice(0, Math.ceil(count / 2));
const rest = old.slice(first.length);
/** Starting or ending all pods of one hand. */
const allMs = 60_000 + count * 5_000;

let cluster: Cluster;
let node: ClusterNode;
let kube: KubeNamespace;
let machine: AuditSnapshot;
/** The node with Multus, its bridges and chains, without a pod. */
let empty: AuditSnapshot;
/** The pods' sandboxes and containers as Multus had them. */
let identities: ReadonlyMap<string, string>;

reportFailures(() => cluster);
beforeAll(() => reported(() => cluster, prepare), 600_000);
async function prepare(): Promise<void> {
  // Its first build is no part of what is waited for below.
  multusBinary();
  machine = machineSnapshot([names.multus]);
  cluster = await startCluster(names.multus, 1);
  node = cluster.node('node1');
  await cluster.kubectl(['create', '--kustomize', 'config/crd']);
  await createNetworks(cluster);
  await installMultus(cluster, node);
  kube = await KubeNamespace.create(cluster, 'move');
  await attach(['prime']);
  await remove(['prime']);
  empty = await quietSnapshot(cluster);
}
afterAll(() => removeCluster(names.multus, () => {}));

/** Each pod has all three networks, one of them with ports of its own, and a host port over the default network. */
async function attach(pods: readonly string[]): Promise<void> {
  const podOf = (name: string): object => {
    const number = [...old, ...fresh, 'prime'].indexOf(name);
    const portMappings = [{ hostPort: 19_000 + number, containerPort: 8080, protocol: 'tcp' }];
    const networks = [asked('bridged', { portMappings }), ...allThree.slice(1)];
    return networkedPod(name, { networks, hostPort: 18_200 + number });
  };
  await kube.apply(...pods.map(podOf));
  await kube.kubectl(
    'wait',
    '--for=condition=Ready',
    `--timeout=${allMs}ms`,
    ...pods.map((name) => `pod/${name}`),
  );
}

async function remove(pods: readonly string[]): Promise<void> {
  await kube.kubectl('delete', 'pod', `--timeout=${allMs}ms`, ...pods);
}

/** What changes when a pod, its sandbox or a container of it is made anew. */
async function identityOf(name: string): Promise<string> {
  const pod = await attachedPod(kube, name);
  const [status] = pod.status.containerStatuses ?? [];
  const { netns } = await sandboxView(node, pod);
  return JSON.stringify([pod.metadata.uid, status?.restartCount, status?.ready, netns]);
}

async function identitiesOf(pods: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const all = new Map<string, string>();
  for (const name of pods) all.set(name, await identityOf(name));
  return all;
}

/** weft's own directories are new on this node, and stay. */
function ofAttachments(line: string): boolean {
  if (/ (state|run): no directory$/.test(line)) return false;
  return !/ (state|run)\/[^ ]*( |$)/.test(line) || / (state|run)\/attachments\/[^ ]/.test(line);
}

/** An agent is not Ready while the runtime still calls another plugin first. */
async function switchToWeft(): Promise<void> {
  const deployed = deployWeft(cluster, (line) => console.log(`${cluster.name}: ${line}`));
  const installed = eventually('the configuration of weft', 180_000, async () => {
    if (!existsSync(join(node.paths.etcCniNetd, '00-weft.conflist'))) throw new Error('it is not there');
  });
  await Promise.race([installed, deployed]);
  await installed;
  takeMultusAway(node);
  await deployed;
}

async function nodeIsReady(): Promise<readonly string[]> {
  const text = await cluster.kubectl(['get', 'node', 'node1', '--output=json']);
  const { status } = JSON.parse(text) as {
    status: { conditions: { type: string; status: string; lastTransitionTime: string }[] };
  };
  const ready = status.conditions.find(({ type }) => type === 'Ready');
  return [ready?.status ?? '', ready?.lastTransitionTime ?? ''];
}

describe('a node with pods that Multus attached', () => {
  let ready: readonly string[];

  it(
    'gets weft without draining: the pods run on, and none is called unattached',
    async () => {
      await attach(old);
      identities = await identitiesOf(old);
      for (const name of old) expect(networkStatus(await attachedPod(kube, name))).toHaveLength(4);
      ready = await nodeIsReady();
      await switchToWeft();
      await attach(fresh);
      for (const name of fresh) await expectAttached(kube, name);
      expect(recordsOf(node)).toHaveLength(count);
      expect(await identitiesOf(old)).toEqual(identities);
      for (const name of old) {
        const pod: AttachedPod = await attachedPod(kube, name);
        expect(networksReady(pod)).toBeUndefined();
        expect(networkStatus(pod)).toHaveLength(4);
      }
      expect(await nodeIsReady()).toEqual(ready);
    },
    300_000 + 4 * allMs,
  );

  it(
    'loses nothing of a pod that is deleted then',
    async () => {
      const before = await quietSnapshot(cluster);
      await remove(first);
      await attach(first);
      for (const name of first) await expectAttached(kube, name);
      await remove(first);
      // What remains of these pods would be what it was before, or more.
      const gone = await quietSnapshot(cluster);
      const theirs = gone.lines.filter((line) => line.includes(' cni/multus/') && / file /.test(line));
      const ofOld = before.lines.filter((line) => line.includes(' cni/multus/') && / file /.test(line));
      expect(theirs.length).toBe((ofOld.length / count) * rest.length);
      expect(recordsOf(node)).toHaveLength(count);
    },
    120_000 + 3 * allMs,
  );

  it(
    'goes back to Multus without draining',
    async () => {
      await removeWeft(cluster);
      await eventually('the end of the agent', 60_000, async () => {
        if (agentPids(cluster, node).length > 0) throw new Error('it runs');
      });
      const said = await node.exec(['/opt/cni/bin/weft', 'handover', 'multus']);
      expect(said).toContain(`${count} sandboxes handed over to Multus, 0 records of weft left`);
      bringMultus(node);
      rmSync(join(node.paths.etcCniNetd, '00-weft.conflist'));
      expect(recordsOf(node)).toEqual([]);
      expect(await identitiesOf(rest)).toEqual(new Map(rest.map((name) => [name, identities.get(name)])));
      // Multus attaches again.
      await attach(['prime']);
      expect(networkStatus(await attachedPod(kube, 'prime'))).toHaveLength(4);
      await remove(['prime']);
    },
    180_000 + allMs,
  );

  it(
    'is empty once the pods of both are deleted',
    async () => {
      // At once: nobody can ask the API server for the pods any more.
      await kube.kubectl('delete', 'pod', '--all', '--force', '--grace-period=0', `--timeout=${allMs}ms`);
      expect(await nodeLeftovers(cluster, empty, ofAttachments)).toEqual([]);
      expect(recordsOf(node)).toEqual([]);
    },
    120_000 + allMs,
  );
});

describe('the cluster', () => {
  it('leaves nothing on the machine', async () => {
    await removeCluster(names.multus, () => {});
    expect(await leftovers(machine, [names.multus])).toEqual([]);
  });
});
