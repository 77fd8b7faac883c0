import type { Cluster } from '../../../hack/cluster/cluster.ts';
import { controlPlane } from '../../../hack/cluster/identity.ts';
import { markedProcesses } from '../../../hack/cluster/processes.ts';

/** A component of the control plane, or of a node. */
export interface Component {
  /** Absent: the control plane. */
  readonly node?: string;
  readonly program: 'kube-apiserver' | 'kubelet' | 'containerd';
}

/** Does something while these components do not move: connections to them stand, nothing is ever answered. */
export async function whileFrozen(
  cluster: Cluster,
  components: readonly Component[],
  action: () => Promise<void>,
): Promise<void> {
  const pids = components.map((component) => processOf(cluster, component));
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await action();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

/** Its process, by the id that this machine knows it by. */
export function processOf(cluster: Cluster, { node = controlPlane, program }: Component): number {
  const found = markedProcesses(cluster.id).find(
    (entry) => entry.node === node && entry.command.startsWith(`${program} `),
  );
  if (found === undefined) throw new Error(`${program} does not run on ${node}`);
  return found.pid;
}
