import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import type { ClusterNode } from '../cluster/node.ts';
import { waitFor } from '../cluster/wait.ts';
import { askAgent } from './agent-port.ts';
import { describePods, section } from './describe-pods.ts';

/** Where config/agent puts the agent, and what it is called there. */
export const agentNamespace = 'kube-system';
export const agentDaemonSet = 'daemonset/weft-agent';
/** Selects the agents' pods. */
export const agentSelector = 'app.kubernetes.io/name=weft,app.kubernetes.io/component=agent';

/** The part of a DaemonSet that tells how far it is. */
interface DaemonSetView {
  readonly metadata: { readonly generation: number };
  readonly status: {
    readonly observedGeneration?: number;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberReady?: number;
  };
}

/** Resolves when the newest agent is Ready on every node that runs; rejects with ClusterError and what they say. */
export async function agentsReady(cluster: Cluster, timeoutMs: number): Promise<void> {
  const wanted = cluster.nodes.filter((node) => node.running).length;
  try {
    await waitFor('the agents to be Ready', { timeoutMs, everyMs: 500 }, async () => {
      const { metadata, status } = await agents(cluster);
      const seen = status.observedGeneration === metadata.generation;
      const counts = [status.desiredNumberScheduled, status.updatedNumberScheduled, status.numberReady];
      return (seen && counts.every((count) => (count ?? 0) >= wanted)) || undefined;
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new ClusterError(`${message}\n${await describeAgents(cluster)}`, { cause: error });
  }
}

async function agents(cluster: Cluster): Promise<DaemonSetView> {
  const args = ['--namespace', agentNamespace, 'get', agentDaemonSet, '--output=json'];
  return JSON.parse(await cluster.kubectl(args)) as DaemonSetView;
}

/** What tells why an agent is not Ready: pods, their events, the ends of their logs, /readyz. Never rejects. */
export async function describeAgents(cluster: Cluster): Promise<string> {
  const pods = { whose: 'the agents', namespace: agentNamespace, selector: agentSelector };
  const [described, answers] = await Promise.all([
    describePods(cluster, pods),
    Promise.all(
      cluster.nodes.map((node) => section(cluster, `/readyz of ${node.name}`, () => readyzOf(node))),
    ),
  ]);
  return [...described, ...answers].join('\n');
}

/** Status and text of the agent's /readyz, whatever the status. */
async function readyzOf(node: ClusterNode): Promise<string> {
  const { status, text } = await askAgent(node, '/readyz');
  return `${status} ${text}`;
}
