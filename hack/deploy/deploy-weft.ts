import { join } from 'node:path';
import type { Cluster, Progress } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { CommandError } from '../cluster/command.ts';
import { checkoutRoot } from '../cluster/layout.ts';
import { buildImage } from '../image/build-image.ts';
import { agentDaemonSet, agentNamespace, agentsReady } from './agent-pods.ts';
import { operatorDeployment, operatorNamespace, operatorReady } from './operator-pods.ts';

const crds = join(checkoutRoot, 'config/crd');
/** What is applied to clusters of `make cluster-up`. */
export const localOverlay: string = join(checkoutRoot, 'config/overlays/local');

/** Longer is no slow machine any more: the image is on the nodes already. */
const readyMs = 60_000;

/** What is put on the cluster. */
export interface DeployOptions {
  /** False: only the agents, for tests that count everything on a node. Default true. */
  readonly operator?: boolean;
}

/**
 * Puts this checkout's weft on a running cluster of `make cluster-up`, in the place of an older one: image, CRDs, agents
 * and operator; resolves when the agent of every node and the operator are Ready. Rejects with ClusterError and what they
 * say.
 */
export async function deployWeft(
  cluster: Cluster,
  progress: Progress,
  options: DeployOptions = {},
): Promise<void> {
  await loadWeft(cluster, progress);
  await applyWeft(cluster, progress, options);
}

/** The image alone: the first, longer half of deployWeft, which changes nothing that anybody runs. */
export async function loadWeft(cluster: Cluster, progress: Progress): Promise<void> {
  const archive = await buildImage(progress);
  progress('loading the image into every node');
  await cluster.loadImage(archive);
}

/** The other half. */
export async function applyWeft(
  cluster: Cluster,
  progress: Progress,
  { operator = true }: DeployOptions = {},
): Promise<void> {
  await createCrds(cluster, progress);
  const older = await daemonSetStands(cluster);
  progress('applying config/overlays/local');
  const part = operator ? [] : ['--selector=app.kubernetes.io/component!=operator'];
  await cluster.kubectl(['apply', '--kustomize', localOverlay, ...part]);
  if (older) await restart(cluster, operator);
  progress('waiting for the agent of every node');
  await agentsReady(cluster, readyMs);
  progress('the agent of every node is Ready');
  if (!operator) return;
  await operatorReady(cluster, readyMs);
  progress('the operator is Ready');
}

/** The image's name stays the same, so a changed image changes nothing that a DaemonSet or Deployment would see. */
async function restart(cluster: Cluster, operator: boolean): Promise<void> {
  await cluster.kubectl(['--namespace', agentNamespace, 'rollout', 'restart', agentDaemonSet]);
  if (operator)
    await cluster.kubectl(['--namespace', operatorNamespace, 'rollout', 'restart', operatorDeployment]);
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

/** Takes agents, operator and what belongs to them off the cluster; networks and their CRD stay. */
export async function removeWeft(cluster: Cluster): Promise<void> {
  const options = ['--ignore-not-found', '--timeout=90s'];
  const gone = await cluster.kubectl(['delete', '--kustomize', localOverlay, ...options]);
  if (!gone.includes('weft-agent')) throw new ClusterError(`weft was not on cluster '${cluster.name}'`);
}
