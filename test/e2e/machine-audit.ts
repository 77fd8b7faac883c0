import { type AuditSnapshot, compareSnapshots, takeSnapshot } from '../harness/auditor.ts';
import { isDebris } from '../harness/owner.ts';
import { sleep } from '../harness/run.ts';
import { marksOf } from './clusters.ts';

/** Directories of which a node has its own. What is in those of the machine is nothing that a cluster may touch. */
const privateDirs: readonly string[] = [
  ...['/etc', '/etc/cni', '/etc/cni/net.d', '/opt', '/opt/cni', '/opt/cni/bin'],
  ...['/run/containerd', '/run/netns', '/run/runc', '/run/weft', '/run/weft-cluster'],
  ...['cni', 'cni/networks', 'containerd', 'kubelet', 'kubelet/pods', 'weft'].map(
    (name) => `/var/lib/${name}`,
  ),
  ...['/var/log/containers', '/var/log/pods'],
];

/**
 * The whole machine as far as these clusters could leave something: its own network namespace, mounts, namespaces,
 * control groups, their processes, and the directories of which a node has private ones.
 */
export function machineSnapshot(clusters: readonly string[]): AuditSnapshot {
  return takeSnapshot({
    netns: [''],
    dirs: {},
    processMarkers: clusters.flatMap((name) => Object.values(marksOf(name))),
    machine: { cgroupMarkers: ['weft'], names: privateDirs },
  });
}

/**
 * Differences that each look finds, over `patienceMs`: other programs and clusters of the machine come and go, and at any
 * moment some of what is theirs has no mark yet, or none any more; what a cluster leaves stays. What carries the mark of
 * another cluster, or of a test that is none of a cluster, does not count.
 */
export async function leftovers(
  before: AuditSnapshot,
  clusters: readonly string[],
  patienceMs: number = 10_000,
): Promise<readonly string[]> {
  const deadline = performance.now() + patienceMs;
  const look = (): readonly string[] =>
    compareSnapshots(before, machineSnapshot(clusters)).filter((line) => counts(line, clusters));
  let stayed = look();
  while (stayed.length > 0 && performance.now() < deadline) {
    await sleep(500);
    const found = new Set(look());
    stayed = stayed.filter((line) => found.has(line));
  }
  return stayed;
}

/** Whether a line of a comparison may be the doing of one of these clusters. */
export function counts(line: string, clusters: readonly string[]): boolean {
  // Other tests clean up in these directories; a cluster would have to remove what it cannot see.
  if (line.startsWith('- /') || line.includes('/tmp/weft-')) return false;
  // A namespace goes with its last process: it was one that was ending when the first look was taken.
  if (line.startsWith('- namespace ')) return false;
  // A cluster's control groups are called weft-NAME-HASH, its files lie in .cluster/NAME of some checkout.
  const mark = /\/weft-([a-z0-9-]+-[0-9a-f]{8})\b/.exec(line) ?? /(\/\S*\/\.cluster\/[a-z0-9-]+)/.exec(line);
  if (mark !== null) return clusters.some((name) => Object.values(marksOf(name)).includes(mark[1] ?? ''));
  const test = /weft-t-\d+-\d+-\d+/.exec(line)?.[0];
  return test === undefined || (line.startsWith('+') && isDebris(test));
}
