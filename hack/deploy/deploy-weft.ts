import { join } from 'node:path';
import type { Cluster, Progress } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { CommandError } from '../cluster/command.ts';
import { checkoutRoot } from '../cluster/layout.ts';
import { buildImage } from '../image/build-image.ts';
import { agentDaemonSet, agentNamespace, agentsReady } from './agent-pods.ts';

const crds = join(checkoutRoot, 'config/crd');
/** What is applied to clusters of `make cluster-up`. */
export const localOverlay: string = join(checkoutRoot, 'config/overlays/local');

/** Longer is no slow machine any more: the image is on the nodes already. */
const readyMs = 60_000;

/**
 * Puts this checkout's weft on a running cluster of `make cluster-up`, in the place of an older one: image, CRDs,
 * DaemonSet; resolves when the agent of every node is Ready. Rejects with ClusterError and what the agents say.
 */
export async function deployWeft(cluster: Cluster, progress: Progress): Promise<void> {
  const archive = await buildImage(progress);
  progress('loading the image into every node');
  await cluster.loadImage(archive);
  await createCrds(cluster, progress);
  const older = await daemonSetStands(cluster);
  progress('applying config/overlays/local');
  await cluster.kubectl(['apply', '--kustomize', localOverlay]);
  // The image's name stays the same, so a changed image changes nothing that a DaemonSet would see.
  if (older) await cluster.kubectl(['--namespace', agentNamespace, 'rollout', 'restart', agentDaemonSet]);
  progress('waiting for the agent of every node');
  await agentsReady(cluster, readyMs);
  progress('the agent of every node is Ready');
}

/** Those that are missing: one that another product has brought is left as it is. */
async function createCrds(cluster: Cluster, progress: Progress): Promise<void> {
  progress('creating the CRDs that are missing');
  try {
    await cluster.kubectl(['create', '--kustomize', crds]);
  } catch (error) {
    if (!(error instanceof CommandError) || !onlyExisting(error.stderr)) throw error;
  }
  // `kubectl wait` knows no --kustomize.
  const objects = await cluster.kubectl(['kustomize', crds]);
  await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=30s', '--filename=-'], objects);
}

/** kubectl creates what it can and complains once for each object that was there. */
function onlyExisting(stderr: string): boolean {
  const complaints = stderr.split('\n').filter((line) => line.startsWith('Error'));
  return complaints.length > 0 && complaints.every((line) => line.includes('(AlreadyExists)'));
}

async function daemonSetStands(cluster: Cluster): Promise<boolean> {
  const found = await cluster.kubectl([
    ...['--namespace', agentNamespace, 'get', agentDaemonSet, '--ignore-not-found', '--output=name'],
  ]);
  return found.trim() !== '';
}

/** Takes the DaemonSet and what belongs to it off the cluster; networks and their CRD stay. */
export async function removeWeft(cluster: Cluster): Promise<void> {
  const gone = await cluster.kubectl(['delete', '--kustomize', localOverlay, '--timeout=60s']);
  if (!gone.includes('weft-agent')) throw new ClusterError(`weft was not on cluster '${cluster.name}'`);
}
