import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { applyWeft, loadWeft, removeWeft } from '../../../hack/deploy/deploy-weft.ts';
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
  attachedPod,
  attachedPods,
  expectAttached,
  networkStatus,
  networksReady,
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
let imageLoaded: Promise<void>;
/** The node with Multus, its bridges and chains, without a pod. */
let empty: AuditSnapshot;
/** The pods' containers and sandboxes as Multus had them. */
let identities: ReadonlyMap<string, Identity>;

reportFailures(() => cluster);
beforeAll(() => reported(() => cluster, prepare), 600_000);
async function prepare(): Promise<void> {
  // Its first build is no part of what is waited for below.
  multusBinary();
  machine = machineSnapshot([names.multus]);
  cluster = await startCluster(names.multus, 1);
  node = cluster.node('node1');
  await cluster.kubectl(['create', '--kustomize', 'config/crd']);
  // Nobody waits for the image before weft comes.
  imageLoaded = loadWeft(cluster, progress);
  imageLoaded.catch(() => {});
  await createNetworks(cluster);
  await installMultus(cluster, node);
  kube = await KubeNamespace.create(cluster, 'move');
  await attach(['prime']);
  await remove(['prime']);
  empty = await quietSnapshot(cluster, allMs);
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
interface Identity {
  readonly uid: string;
  readonly restartCount: number | undefined;
  readonly ready: boolean | undefined;
  /** Container IDs. */
  readonly sandboxes: readonly string[];
}

/** By pod. Throws where one has not one sandbox. */
async function identitiesOf(pods: readonly string[]): Promise<ReadonlyMap<string, Identity>> {
  const [seen, text] = await Promise.all([
    attachedPods(kube),
    node.exec(['crictl', 'pods', '--namespace', `^${kube.name}$`, '--state', 'ready', '--output=json']),
  ]);
  const { items } = JSON.parse(text) as { items: { id: string; metadata: { uid: string } }[] };
  const identityOf = (name: string): Identity => {
    const pod = seen.find(({ metadata }) => metadata.name === name);
    const { uid = '' } = pod?.metadata ?? {};
    const [status] = pod?.status.containerStatuses ?? [];
    const sandboxes = items.filter(({ metadata }) => metadata.uid === uid).map(({ id }) => id);
    if (sandboxes.length !== 1) throw new Error(`${name}: ${sandboxes.length} sandboxes`);
    return { uid, restartCount: status?.restartCount, ready: status?.ready, sandboxes };
  };
  return new Map(pods.map((name) => [name, identityOf(name)]));
}

/** Several at once, because each asks programs of the node. */
async function expectAllAttached(pods: readonly string[]): Promise<void> {
  const waiting = [...pods];
  const worker = async (): Promise<void> => {
    for (let name = waiting.shift(); name !== undefined; name = waiting.shift())
      await expectAttached(kube, name);
  };
  await Promise.all([worker(), worker(), worker()]);
}

/** The pods' entries in network-status, and whether weft says anything of them. */
async function statusesOf(pods: readonly string[]): Promise<readonly (readonly [number, boolean])[]> {
  const seen = await attachedPods(kube);
  return pods.map((name) => {
    const pod = seen.find(({ metadata }) => metadata.name === name);
    if (pod === undefined) throw new Error(`there is no pod ${name}`);
    return [networkStatus(pod).length, networksReady(pod) !== undefined];
  });
}

/** Files of Multus on the node: of each pod its scratch file and four of libcni. */
function multusLines({ lines }: AuditSnapshot): readonly string[] {
  return lines.filter((line) => line.includes(' cni/multus/') && / file /.test(line));
}

/** weft's own directories are new on this node, and stay. */
function ofAttachments(line: string): boolean {
  if (/ (state|run): no directory$/.test(line)) return false;
  return !/ (state|run)\/[^ ]*( |$)/.test(line) || / (state|run)\/attachments\/[^ ]/.test(line);
}

/** Puts weft on the cluster and attaches pods as soon as the runtime calls it; resolves when its agent is Ready. */
async function switchToWeft(pods: readonly string[]): Promise<void> {
  await imageLoaded;
  // The agent is not Ready while the runtime still calls another plugin first.
  const deployed = applyWeft(cluster, progress, { operator: false });
  const installed = eventually('the configuration of weft', 180_000, async () => {
    if (!existsSync(join(node.paths.etcCniNetd, '00-weft.conflist'))) throw new Error('it is not there');
  });
  await Promise.race([installed, deployed]);
  await installed;
  takeMultusAway(node);
  await Promise.all([deployed, runtimeCalls('weft').then(() => attach(pods))]);
}

/** Resolves when the runtime has seen that the first configuration is the one of this name. */
async function runtimeCalls(name: string): Promise<void> {
  await eventually(`${name} as the network of containerd`, 20_000, async () => {
    const { cniconfig } = JSON.parse(await node.exec(['crictl', 'info'])) as {
      cniconfig: { Networks: { Config: { Name: string } }[] };
    };
    const names = cniconfig.Networks.map(({ Config }) => Config.Name);
    if (!names.includes(name)) throw new Error(names.join());
  });
}

function progress(line: string): void {
  console.log(`${names.multus}: ${line}`);
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
      expect(await statusesOf(old)).toEqual(old.map(() => [4, false]));
      ready = await nodeIsReady();
      await switchToWeft(fresh);
      await expectAllAttached(fresh);
      expect(recordsOf(node)).toHaveLength(count);
      expect(await identitiesOf(old)).toEqual(identities);
      expect(await statusesOf(old)).toEqual(old.map(() => [4, false]));
      expect(await nodeIsReady()).toEqual(ready);
    },
    300_000 + 4 * allMs,
  );

  it(
    'loses nothing of a pod that is deleted then',
    async () => {
      const before = await quietSnapshot(cluster, allMs);
      await remove(first);
      await attach(first);
      await expectAllAttached(first);
      await remove(first);
      const gone = await quietSnapshot(cluster, allMs);
      // Those of the other pods, and what Multus forgot of an ADD that failed, stay as they are.
      const deleted = first.flatMap((name) => identities.get(name)?.sandboxes ?? []);
      const others = multusLines(before).filter((line) => !deleted.some((id) => line.includes(id)));
      expect(others.length).toBeLessThanOrEqual(multusLines(before).length - 5 * first.length);
      expect(multusLines(gone)).toEqual(others);
      expect(recordsOf(node)).toHaveLength(count);
    },
    120_000 + 5 * allMs,
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
      expect(await nodeLeftovers(cluster, empty, ofAttachments, allMs)).toEqual([]);
      expect(recordsOf(node)).toEqual([]);
    },
    120_000 + 2 * allMs,
  );
});

describe('the cluster', () => {
  it('leaves nothing on the machine', async () => {
    await removeCluster(names.multus, () => {});
    expect(await leftovers(machine, [names.multus])).toEqual([]);
  });
});
