import { readdirSync } from 'node:fs';
import { startTicksOf } from '../owner.ts';
import { parseMounts } from './mount-lines.ts';
import { allPids, commandOf, isZombie, linkOrEmpty, readOrEmpty } from './proc.ts';

const kinds: readonly string[] = ['net', 'mnt', 'uts', 'ipc', 'pid', 'cgroup'];
const nameOfOne = new RegExp(`^(${kinds.join('|')}):\\[\\d+\\]$`);

/**
 * Every namespace beside those that this process is in, with who holds it: a process inside, a process with an open
 * file of it, or a bind mount (as below /run/netns) in any mount namespace. A namespace that nothing but a socket or a
 * device in another namespace holds has no name in /proc and is not seen. Of several processes the oldest is named: it
 * made the namespace, or is what the namespace is for; others, as a command that looks around in it, only visit.
 */
export function namespaceLines(): readonly string[] {
  const own = new Set(kinds.map((kind) => linkOrEmpty(`/proc/self/ns/${kind}`)));
  const holders = new Map<string, string>();
  const hold = (namespace: string, holder: () => string): void => {
    if (nameOfOne.test(namespace) && !own.has(namespace) && !holders.has(namespace)) {
      holders.set(namespace, holder());
    }
  };
  // A zombie's end is its parent's business, and with it that of the process namespace that it was the first in.
  const pids = oldestFirst(allPids().filter((pid) => !isZombie(pid)));
  // The machine's own mounts first, then one process of each mount namespace.
  const tables = new Map([[linkOrEmpty('/proc/self/ns/mnt'), 'self']]);
  for (const pid of pids) {
    for (const kind of kinds) hold(linkOrEmpty(`/proc/${pid}/ns/${kind}`), () => processOf(pid));
    const mounts = linkOrEmpty(`/proc/${pid}/ns/mnt`);
    if (mounts !== '' && !tables.has(mounts)) tables.set(mounts, String(pid));
  }
  for (const [table, pid] of tables) {
    for (const mount of parseMounts(readOrEmpty(`/proc/${pid}/mountinfo`))) {
      const where = (): string => (pid === 'self' ? '' : ` in ${table} of ${processOf(Number(pid))}`);
      if (mount.type === 'nsfs') hold(mount.root, () => `mount ${mount.point}${where()}`);
    }
  }
  for (const pid of pids) {
    for (const target of openFiles(pid)) hold(target, () => `open file of ${processOf(pid)}`);
  }
  return [...holders].map(([namespace, holder]) => `namespace ${namespace} held by ${holder}`);
}

/** In the order in which they were started. Their numbers do not say: after the highest one the kernel begins anew. */
export function oldestFirst(
  pids: readonly number[],
  startOf: (pid: number) => string | undefined = startTicksOf,
): readonly number[] {
  const starts = new Map(pids.map((pid) => [pid, Number(startOf(pid) ?? Number.POSITIVE_INFINITY)]));
  const start = (pid: number): number => starts.get(pid) ?? 0;
  return pids.toSorted((a, b) => (start(a) === start(b) ? a - b : start(a) < start(b) ? -1 : 1));
}

function openFiles(pid: number): readonly string[] {
  const dir = `/proc/${pid}/fd`;
  try {
    return readdirSync(dir).map((fd) => linkOrEmpty(`${dir}/${fd}`));
  } catch {
    return [];
  }
}

/**
 * A process with all that may say whose it is: its command line, and its control groups, because a process inside a
 * container has no other mark of its node. Of these every one: what made a node is in its caller's group still.
 */
function processOf(pid: number): string {
  const paths = readOrEmpty(`/proc/${pid}/cgroup`)
    .split('\n')
    .map((line) => line.split(':').slice(2).join(':'));
  const groups = [...new Set(paths)].filter((path) => path !== '' && path !== '/');
  return ['process', commandOf(pid), ...groups.map((path) => `of ${path}`)].join(' ');
}
