import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ClusterError } from './cluster-error.ts';
import { waitFor } from './wait.ts';

/** One mounted hierarchy of control groups. */
export interface Hierarchy {
  readonly version: 1 | 2;
  /** Where it is mounted. */
  readonly path: string;
}

/** Every hierarchy below /sys/fs/cgroup, from the text of /proc/self/mountinfo. */
export function hierarchiesOf(mountinfo: string): readonly Hierarchy[] {
  return mountinfo.split('\n').flatMap((line): Hierarchy[] => {
    const [left = '', right = ''] = line.split(' - ');
    const path = left.split(' ')[4] ?? '';
    const type = right.split(' ')[0];
    if (!path.startsWith('/sys/fs/cgroup')) return [];
    if (type === 'cgroup') return [{ version: 1, path }];
    return type === 'cgroup2' ? [{ version: 2, path }] : [];
  });
}

/** Those to make groups in: where both versions are mounted kubelet and runc go by version 1. */
export function usedHierarchies(all: readonly Hierarchy[]): readonly Hierarchy[] {
  const first = all.filter((hierarchy) => hierarchy.version === 1);
  return first.length > 0 ? first : all;
}

/** All of this machine: runc makes groups in version 2's tree too where it is mounted beside version 1. */
export function machineHierarchies(): readonly Hierarchy[] {
  const found = hierarchiesOf(readFileSync('/proc/self/mountinfo', 'utf8'));
  if (found.length === 0) throw new ClusterError('no control groups are mounted below /sys/fs/cgroup');
  return found;
}

/**
 * Makes `path` (relative, like `weft-dev-1234/node1/system`) in every hierarchy that is used, ready to take processes; returns the
 * directories.
 */
export function makeCgroups(hierarchies: readonly Hierarchy[], path: string): readonly string[] {
  return usedHierarchies(hierarchies).map((hierarchy) => {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth += 1) {
      makeOne(hierarchy, join(hierarchy.path, ...parts.slice(0, depth)));
    }
    return join(hierarchy.path, path);
  });
}

function makeOne(hierarchy: Hierarchy, dir: string): void {
  if (hierarchy.version === 2) enableControllers(dirname(dir));
  mkdirSync(dir, { recursive: true });
  if (hierarchy.version === 2) return;
  // A new cpuset is empty, and nothing can run in it.
  for (const file of ['cpuset.cpus', 'cpuset.mems']) {
    const own = join(dir, file);
    if (existsSync(own) && readFileSync(own, 'utf8').trim() === '') {
      writeFileSync(own, readFileSync(join(dirname(dir), file)));
    }
  }
}

/** Hands every controller that a group has on to its children. The root's stay so: others may use them by then. */
function enableControllers(dir: string): void {
  const words = (file: string): readonly string[] =>
    readFileSync(join(dir, file), 'utf8').trim().split(/\s+/);
  const enabled = words('cgroup.subtree_control');
  for (const controller of words('cgroup.controllers').filter(
    (name) => name !== '' && !enabled.includes(name),
  )) {
    try {
      writeFileSync(join(dir, 'cgroup.subtree_control'), `+${controller}`);
    } catch (error) {
      if (!['cpu', 'cpuset', 'memory', 'pids'].includes(controller)) continue;
      throw new ClusterError(
        `${dir}: the ${controller} controller cannot be handed on to child groups (${(error as Error).message}); inside a container, start it with the host's cgroup namespace`,
      );
    }
  }
}

/** Removes the group `path` with all below it from every hierarchy; waits for processes that are just ending. */
export async function removeCgroups(hierarchies: readonly Hierarchy[], path: string): Promise<void> {
  for (const hierarchy of hierarchies) {
    const dir = join(hierarchy.path, path);
    let complaint = '';
    await waitFor(
      `control group ${dir} to be removable`,
      { timeoutMs: 10_000, everyMs: 50, detail: () => complaint },
      () => {
        try {
          removeTree(dir);
          return true;
        } catch (error) {
          complaint = (error as Error).message;
          return undefined;
        }
      },
    );
  }
}

/** Names of the groups of clusters directly below the roots. */
export function clusterCgroups(hierarchies: readonly Hierarchy[]): readonly string[] {
  const names = hierarchies.flatMap((hierarchy) => readdirSync(hierarchy.path));
  return [...new Set(names)].filter((name) => /^weft-.*-[0-9a-f]{8}$/.test(name)).sort();
}

/** Groups are removed like empty directories; the files in them do not count. */
function removeTree(dir: string): void {
  if (!existsSync(dir)) return;
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(dir, entry.name));
  }
  rmdirSync(dir);
}
