import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Cluster } from '../../../hack/cluster/cluster.ts';
import { cgroupName } from '../../../hack/cluster/identity.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { allPids, commandOf, readOrEmpty } from '../../harness/audit/proc.ts';
import type { AuditSnapshot } from '../../harness/auditor.ts';
import { startTicksOf } from '../../harness/owner.ts';
import { names, removeCluster, sharedCluster } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { reportFailures } from '../failure-report.ts';
import { KubeNamespace, type PodView, service } from '../kube-namespace.ts';
import { leftovers, machineSnapshot } from '../machine-audit.ts';
import { startCluster } from '../start-cluster.ts';

/** The same in both clusters. */
const serviceAddress = '10.96.77.7';

let shared: Cluster;
let second: Cluster;
let before: AuditSnapshot;
const kubes = new Map<Cluster, KubeNamespace>();

reportFailures(() => second);

beforeAll(async () => {
  shared = await sharedCluster();
  before = machineSnapshot([names.second]);
  second = await startCluster(names.second, 1);
});
afterAll(async () => {
  await kubes.get(shared)?.remove();
  await removeCluster(names.second, () => {});
});

function kubeOf(cluster: Cluster): KubeNamespace {
  const kube = kubes.get(cluster);
  if (kube === undefined) throw new Error(`nothing was started in ${cluster.name} yet`);
  return kube;
}

/** An HTTP question from a node, outside of all pods. */
function wgetFromNode(node: ClusterNode, url: string): Promise<string> {
  return node.exec(['busybox', 'timeout', '3', 'busybox', 'wget', '-q', '-O', '-', url]);
}

describe('two clusters side by side', () => {
  it('are two, with the same addresses inside', async () => {
    const uid = (cluster: Cluster): Promise<string> =>
      cluster.kubectl(['get', 'namespace', 'kube-system', '--output=jsonpath={.metadata.uid}']);
    expect(await uid(second)).not.toBe(await uid(shared));
    expect(second.id).not.toBe(shared.id);
    expect(second.node('node1').address).toBe(shared.node('node1').address);
    expect(second.node('node1').podCidr).toBe(shared.node('node1').podCidr);
  });

  it('are seen by the audit that is to find nothing of them later', async () => {
    const found = await leftovers(before, [names.second], 0);
    for (const kind of [
      /^\+ process \d+ .*etcd/,
      /^\+ cgroup /,
      /^\+ namespace net:/,
      /^\+ namespace mnt:/,
    ]) {
      expect(found).toContainEqual(expect.stringMatching(kind));
    }
  });

  it('answer each for itself on the same service address', async () => {
    for (const cluster of [shared, second]) {
      const kube = await KubeNamespace.create(cluster, 'side-by-side');
      kubes.set(cluster, kube);
      await kube.apply(service('server', 'server', serviceAddress));
      await kube.serve('server', { node: 'node1', answer: cluster.name });
    }
    for (const cluster of [shared, second]) {
      const answer = await eventually(`the service of ${cluster.name}`, 20_000, () =>
        wgetFromNode(cluster.node('node1'), `http://${serviceAddress}/name`),
      );
      expect(answer.trim()).toBe(cluster.name);
    }
  });
});

describe('a node that is added while the cluster runs', () => {
  it('becomes Ready and runs pods that the others reach', async () => {
    const added = await second.addNode();
    await added.waitReady();
    expect(added.name).toBe('node2');
    expect(second.nodes.map((node) => node.name)).toEqual(['node1', 'node2']);
    const pod = await kubeOf(second).serve('on-added', { node: added.name });
    const url = `http://${pod.status.podIP}:8080/name`;
    expect((await kubeOf(second).wget('server', url)).trim()).toBe('on-added');
    expect((await wgetFromNode(added, `http://${serviceAddress}/name`)).trim()).toBe(second.name);
  });
});

/** What a reboot has to change and what it has to keep. */
interface NodeView {
  readonly bootId: string;
  readonly sandboxes: readonly string[];
  readonly pod: PodView;
}

async function viewOf(node: ClusterNode): Promise<NodeView> {
  const list = await node.exec(['ls', '/run/netns']);
  return {
    bootId: await second.kubectl(['get', 'node', node.name, '--output=jsonpath={.status.nodeInfo.bootID}']),
    sandboxes: list.split('\n').filter((name) => name.startsWith('cni-')),
    pod: await kubeOf(second).pod('server'),
  };
}

describe('a node that reboots', () => {
  it('comes back Ready with an empty /run, its /var/lib, and new sandboxes for its old pods', async () => {
    const node = second.node('node1');
    await node.exec([
      'sh',
      '-ec',
      'for d in /run/weft /var/lib/weft; do mkdir -p $d; echo before >$d/marker; done',
    ]);
    // The number of a namespace says nothing: the kernel gives it to the next one.
    await node.exec(['ip', 'link', 'add', 'before', 'type', 'bridge']);
    const old = await viewOf(node);
    expect(old.sandboxes.length).toBeGreaterThan(0);

    await node.reboot();
    await node.waitReady();

    await expect(node.exec(['cat', '/run/weft/marker'])).rejects.toThrow('/run/weft/marker');
    expect(await node.exec(['cat', '/var/lib/weft/marker'])).toBe('before\n');
    const now = await eventually('the pod in a new container', 60_000, async () => {
      const view = await viewOf(node);
      const status = view.pod.status.containerStatuses?.[0];
      if (
        status?.ready !== true ||
        status.containerID === old.pod.status.containerStatuses?.[0]?.containerID
      ) {
        throw new Error(JSON.stringify(view.pod.status));
      }
      return view;
    });
    expect(now.pod.metadata.uid).toBe(old.pod.metadata.uid);
    expect(now.pod.status.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(now.bootId).not.toBe(old.bootId);
    await expect(node.exec(['ip', 'link', 'show', 'before'])).rejects.toThrow('does not exist');
    expect(now.sandboxes.filter((name) => old.sandboxes.includes(name))).toEqual([]);
    expect(now.sandboxes.length).toBeGreaterThan(0);
    const answer = await eventually('the service after the reboot', 30_000, () =>
      wgetFromNode(second.node('node2'), `http://${serviceAddress}/name`),
    );
    expect(answer.trim()).toBe(second.name);
  });

  it('takes everything with it that ran on it, and nothing of another node', async () => {
    const [first, other] = [second.node('node1'), second.node('node2')];
    const pods = async (node: ClusterNode): Promise<string> => node.exec(['ls', '/run/netns']);
    const survivors = await pods(other);
    // By their control groups: processes of pods are in other namespaces than the node.
    const group = `/${cgroupName(second.id)}/${first.name}/`;
    const running = allPids()
      .filter((pid) => readOrEmpty(`/proc/${pid}/cgroup`).includes(group))
      .map((pid) => ({ pid, command: commandOf(pid), ticks: startTicksOf(pid) }));
    expect(running.map(({ command }) => command)).toContain('/pause');
    await first.kill();
    expect(first.running).toBe(false);
    await expect(async () => first.exec(['true'])).rejects.toThrow('node1 does not run');
    expect(running.filter(({ pid, ticks }) => ticks !== undefined && startTicksOf(pid) === ticks)).toEqual(
      [],
    );
    expect(await pods(other)).toBe(survivors);
    await first.start();
    await first.waitReady();
    expect(first.running).toBe(true);
  });
});

describe('a cluster that goes down', () => {
  it('leaves nothing on the machine, and its neighbour as it was', async () => {
    await kubeOf(shared).remove();
    await second.down();
    expect(existsSync(second.stateDir)).toBe(false);
    expect(await leftovers(before, [names.second])).toEqual([]);
    await expect(Cluster.open(names.second)).rejects.toThrow(names.second);
    expect(await shared.kubectl(['get', 'nodes', '--output=name'])).toBe('node/node1\nnode/node2\n');
  });
});
