import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { clusterCgroups, machineHierarchies, removeCgroups } from './cgroups.ts';
import type { ClusterContext } from './context.ts';
import { cgroupName } from './identity.ts';
import { defaultStateRoot } from './layout.ts';
import { killMarked, markedProcesses } from './processes.ts';

/*
 * A cluster is made of three kinds of things, and each is found by its name, whoever made it and however far it came:
 * processes by the marker in their environment, control groups by their name, files by the state directory. Namespaces,
 * mounts and links live in no other place than in those processes: none has a name outside, so they end with them.
 */

/** Ends every process of the cluster and removes its control groups; its files stay. */
export async function endCluster(context: ClusterContext): Promise<void> {
  await killMarked(context.id);
  await removeCgroups(machineHierarchies(), cgroupName(context.id));
}

/** Removes everything of the cluster. False if there was nothing. The cluster's lock must be held. */
export async function removeCluster(
  context: ClusterContext,
  progress: (line: string) => void,
): Promise<boolean> {
  const found = [
    ...(markedProcesses(context.id).length > 0 ? ['processes'] : []),
    ...(clusterCgroups(machineHierarchies()).includes(cgroupName(context.id)) ? ['control groups'] : []),
    ...(existsSync(context.layout.dir) ? ['files'] : []),
  ];
  if (found.length === 0) return false;
  progress(`removing ${found.join(', ')} of cluster ${context.id}`);
  context.close();
  await endCluster(context);
  rmSync(context.layout.dir, { recursive: true, force: true, maxRetries: 3 });
  removeEmptyRoot(dirname(context.layout.dir));
  return true;
}

/** The checkout is left as it was; a directory that somebody else chose is his. */
function removeEmptyRoot(root: string): void {
  if (root !== defaultStateRoot) return;
  try {
    rmdirSync(root);
  } catch {
    // Another cluster lives there, or the directory is a link.
  }
}
