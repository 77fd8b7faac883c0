import { connect } from 'node:net';
import { join } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import type { ClusterNode } from '../cluster/node.ts';
import { agentDaemonSet, agentNamespace, agentSelector, agentsReady } from '../deploy/agent-pods.ts';

/** No node has it, so no node is to run an agent. */
const nowhere = 'weft.dev/demo-has-sent-the-agents-away';

/** Lets no node have an agent; resolves when the last one has ended. Rejects after a minute. */
export async function sendAgentsAway(cluster: Cluster): Promise<void> {
  await patchSelector(cluster, 'true');
  const gone = ['wait', '--for=delete', 'pod', `--selector=${agentSelector}`, '--timeout=60s'];
  await cluster.kubectl(['--namespace', agentNamespace, ...gone]);
}

/** Takes that back, without waiting for what follows. */
export async function letAgentsBack(cluster: Cluster): Promise<void> {
  await patchSelector(cluster, null);
}

/** The same; resolves when every node's agent is Ready. */
export async function callAgentsBack(cluster: Cluster): Promise<void> {
  await letAgentsBack(cluster);
  await agentsReady(cluster, 60_000);
}

/** How a node answers who wants to talk to its agent: `ECONNREFUSED`, `ENOENT`, or `connected`. */
export function agentAnswer(node: ClusterNode): Promise<string> {
  return new Promise((resolve) => {
    // A socket is found by its file, whichever network namespace one is in.
    const socket = connect(join(node.paths.runWeft, 'agent.sock'));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    socket.once('connect', () => {
      socket.destroy();
      resolve('connected');
    });
  });
}

async function patchSelector(cluster: Cluster, value: string | null): Promise<void> {
  const patch = { spec: { template: { spec: { nodeSelector: { [nowhere]: value } } } } };
  const args = ['patch', agentDaemonSet, '--type=merge', `--patch=${JSON.stringify(patch)}`];
  await cluster.kubectl(['--namespace', agentNamespace, ...args]);
}
