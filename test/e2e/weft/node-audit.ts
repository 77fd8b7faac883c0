import type { Cluster } from '../../../hack/cluster/cluster.ts';
import { cgroupName } from '../../../hack/cluster/identity.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { directoryLines, nameLines } from '../../harness/audit/file-lines.ts';
import { networkLines } from '../../harness/audit/network-lines.ts';
import { allPids, commandOf, readOrEmpty } from '../../harness/audit/proc.ts';
import { type AuditSnapshot, compareSnapshots } from '../../harness/auditor.ts';
import { sleep } from '../../harness/run.ts';

/**
 * Everything that weft and its delegates may leave on the nodes of a cluster, and nothing that lives there by itself:
 * links, addresses, routes, rules, namespaces of pods, addresses given out, libcni's cache, records, locks, processes.
 */
export function nodesSnapshot(cluster: Cluster): AuditSnapshot {
  const running = cluster.nodes.filter((node) => node.running);
  const lines = running.flatMap((node) =>
    nodeLines(cluster, node)
      .filter((line) => !changesByItself(line))
      .map((line) => `${node.name} ${line}`),
  );
  return { lines: lines.sort() };
}

function nodeLines(cluster: Cluster, node: ClusterNode): readonly string[] {
  const { varLibCni, varLibWeft, runWeft } = node.paths;
  const root = `/proc/${node.pid}/root`;
  return [
    ...networkLines(`/proc/${node.pid}/ns/net`),
    // Its process id is another one after each boot.
    ...nameLines(`${root}/run/netns`).map((line) => line.slice(root.length)),
    ...directoryLines('cni', varLibCni),
    ...directoryLines('state', `${varLibWeft}/attachments`),
    ...directoryLines('run', runWeft),
    ...pluginLines(cluster, node),
  ];
}

/** host-local remembers what it gave out last; an agent that comes back makes its socket anew. */
function changesByItself(line: string): boolean {
  return /^cni\/networks\/[^/]+\/(last_reserved_ip\.\d|lock) /.test(line) || line === 'run/agent.sock socket';
}

/** CNI plugins that run on the node, whoever started them. */
function pluginLines(cluster: Cluster, node: ClusterNode): readonly string[] {
  return processesOf(cluster, node)
    .filter((pid) => readOrEmpty(`/proc/${pid}/environ`).includes('CNI_COMMAND='))
    .map((pid) => `process ${commandOf(pid)}`);
}

/** Every process of a node, its pods' too, by the control groups that they are in. */
export function processesOf(cluster: Cluster, node: ClusterNode): readonly number[] {
  const group = `/${cgroupName(cluster.id)}/${node.name}/`;
  return allPids().filter((pid) => readOrEmpty(`/proc/${pid}/cgroup`).includes(group));
}

/**
 * The same once it has not changed for a second: kubelet has the remains of earlier pods removed by and by, and each of
 * these DELs makes a lock and a journal for a moment.
 */
export async function quietSnapshot(
  cluster: Cluster,
  patienceMs: number = usualPatienceMs,
): Promise<AuditSnapshot> {
  const deadline = performance.now() + patienceMs;
  let last = nodesSnapshot(cluster);
  for (let equal = 0; equal < 2; ) {
    await sleep(500);
    const next = nodesSnapshot(cluster);
    const changes = compareSnapshots(last, next);
    if (changes.length > 0 && performance.now() > deadline)
      throw new Error(`the nodes do not come to rest:\n${changes.join('\n')}`);
    equal = changes.length === 0 ? equal + 1 : 0;
    last = next;
  }
  return last;
}

/** Kubernetes tears down by and by; of very many pods it takes longer. */
const usualPatienceMs = 20_000;

/** Differences that stay, and that count: all do unless told otherwise. */
export async function nodeLeftovers(
  cluster: Cluster,
  before: AuditSnapshot,
  counts: (difference: string) => boolean = () => true,
  patienceMs: number = usualPatienceMs,
): Promise<readonly string[]> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const found = compareSnapshots(before, nodesSnapshot(cluster)).filter((line) => counts(line));
    if (found.length === 0 || performance.now() > deadline) return found;
    await sleep(500);
  }
}
