import type { Cluster } from '../../../hack/cluster/cluster.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import {
  agentDaemonSet,
  agentNamespace,
  agentSelector,
  agentsReady,
} from '../../../hack/deploy/agent-pods.ts';
import { commandOf } from '../../harness/audit/proc.ts';
import { eventually } from '../eventually.ts';
import { processesOf } from './node-audit.ts';

/** A label that no node has. */
const nowhere = 'weft.dev/e2e-nowhere';

/** Takes the agents off all nodes, as an administrator can; resolves when their processes are gone. */
export async function stopAgents(cluster: Cluster): Promise<void> {
  await placeAgents(cluster, 'true');
  await eventually('the end of the agents', 60_000, async () => {
    const left = await cluster.kubectl([...agentPods, '--output=name']);
    const processes = cluster.nodes.flatMap((node) => agentPids(cluster, node));
    if (left.trim() !== '' || processes.length > 0) throw new Error(`${left} ${processes.join(' ')}`);
  });
}

/** Brings them back; resolves when they are Ready. */
export async function startAgents(cluster: Cluster): Promise<void> {
  await allowAgents(cluster);
  await agentsReady(cluster, 60_000);
}

/** The same without waiting. */
export async function allowAgents(cluster: Cluster): Promise<void> {
  await placeAgents(cluster, null);
}

const agentPods = ['--namespace', agentNamespace, 'get', 'pods', `--selector=${agentSelector}`];

async function placeAgents(cluster: Cluster, value: string | null): Promise<void> {
  const patch = { spec: { template: { spec: { nodeSelector: { [nowhere]: value } } } } };
  await cluster.kubectl([
    ...['--namespace', agentNamespace, 'patch', agentDaemonSet],
    ...['--type=merge', '--patch', JSON.stringify(patch)],
  ]);
}

/** Processes of the agent on a node, as this machine numbers them. */
export function agentPids(cluster: Cluster, node: ClusterNode): readonly number[] {
  return processesOf(cluster, node).filter((pid) => commandOf(pid).includes('/weft/agent.mjs'));
}

/** kill -9 of the agent of a node. False if none runs just now. */
export function killAgent(cluster: Cluster, node: ClusterNode): boolean {
  const pids = agentPids(cluster, node);
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It was quicker.
    }
  }
  return pids.length > 0;
}

/**
 * Replaces the agent's pod on a node by a new one, at once: kubelet lets a container that was killed again and again
 * wait longer each time, and a new pod none.
 */
export async function replaceAgent(cluster: Cluster, node: ClusterNode): Promise<void> {
  const ofNode = `--field-selector=spec.nodeName=${node.name}`;
  await cluster.kubectl([
    ...['--namespace', agentNamespace, 'delete', 'pods', `--selector=${agentSelector}`, ofNode],
    ...['--grace-period=1', '--wait=false'],
  ]);
}
