import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { CommandError } from '../cluster/command.ts';
import { waitFor } from '../cluster/wait.ts';
import { describePods } from './describe-pods.ts';

/** Where config/operator puts the operator, and what it is called there. */
export const operatorNamespace = 'weft-system';
export const operatorDeployment = 'deployment/weft-operator';
/** Selects the operator's pods. */
export const operatorSelector = 'app.kubernetes.io/name=weft,app.kubernetes.io/component=operator';

/** The part of a Deployment that tells how far it is. */
interface DeploymentView {
  readonly metadata: { readonly generation: number };
  readonly spec: { readonly replicas: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
  };
}

/**
 * Resolves when every replica of the newest operator is Ready, no older one is left, and the API server gets an answer of
 * the webhooks; rejects with ClusterError and what they say.
 */
export async function operatorReady(cluster: Cluster, timeoutMs: number): Promise<void> {
  const options = { timeoutMs, everyMs: 500 };
  try {
    await waitFor('the operator to be Ready', options, async () => (await isRolledOut(cluster)) || undefined);
    await waitFor(
      'an answer of the webhooks',
      options,
      async () => (await webhookAnswers(cluster)) || undefined,
    );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ClusterError(`${message}\n${await describeOperator(cluster)}`, { cause: error });
  }
}

async function isRolledOut(cluster: Cluster): Promise<boolean> {
  const args = ['--namespace', operatorNamespace, 'get', operatorDeployment, '--output=json'];
  const { metadata, spec, status } = JSON.parse(await cluster.kubectl(args)) as DeploymentView;
  if (status.observedGeneration !== metadata.generation) return false;
  const counts = [status.replicas, status.updatedReplicas, status.readyReplicas];
  return counts.every((count) => count === spec.replicas);
}

/** A network that is never made: no webhook of the cluster is left out of a dry run, weft's refuses without an answer. */
async function webhookAnswers(cluster: Cluster): Promise<boolean> {
  const network = {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { generateName: 'weft-deploy-', namespace: 'default' },
    spec: { config: '{"cniVersion": "1.0.0", "type": "bridge", "ipam": {"type": "dhcp"}}' },
  };
  try {
    await cluster.kubectl(['create', '--dry-run=server', '--filename=-'], JSON.stringify(network));
    return true;
  } catch (error) {
    if (!(error instanceof CommandError) || !error.stderr.includes('failed calling webhook')) throw error;
    return false;
  }
}

/** What tells why the operator is not Ready. Never rejects. */
export async function describeOperator(cluster: Cluster): Promise<string> {
  const pods = { whose: 'the operator', namespace: operatorNamespace, selector: operatorSelector };
  return (await describePods(cluster, pods)).join('\n');
}
