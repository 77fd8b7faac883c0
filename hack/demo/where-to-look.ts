import { Cluster } from '../cluster/cluster.ts';
import { agentNamespace, agentSelector } from '../deploy/agent-pods.ts';
import { demoNamespace } from './cluster-networks.ts';
import type { Stage } from './stage.ts';

/** Of each list and of each agent. */
const lastLines = 10;

/** After a failure: what tells more, as far as there is a cluster. */
export async function whereToLook(stage: Stage, name: string): Promise<void> {
  stage.scene('Where to look');
  const cluster = await Cluster.open(name).catch(() => undefined);
  if (cluster === undefined) {
    stage.say(
      `The cluster did not come up. make cluster-logs NAME=${name} lists the logs of its parts, if it has any.`,
    );
    return;
  }
  const ofAgents = ['-n', agentNamespace, 'logs', '-l', agentSelector, '--all-containers', '--prefix'];
  await showEnd(stage, cluster, ['get', 'pods', '--all-namespaces', '-o', 'wide']);
  await showEnd(stage, cluster, ['-n', demoNamespace, 'get', 'events', '--sort-by=.lastTimestamp']);
  await showEnd(stage, cluster, [...ofAgents, `--tail=${lastLines}`, '--ignore-errors']);
  for (const node of cluster.nodes) {
    const inspect = ['/opt/cni/bin/weft', 'inspect'];
    stage.show(`${inspect.join(' ')}    # on ${node.name}`, await told(() => node.exec(inspect)));
  }
  stage.say(
    `make cluster-logs NAME=${name} NODE=node1 COMPONENT=kubelet shows what the kubelet of a node says.`,
  );
}

async function showEnd(stage: Stage, cluster: Cluster, args: readonly string[]): Promise<void> {
  const lines = (await told(() => cluster.kubectl(args))).split('\n');
  stage.show(`kubectl ${args.join(' ')}`, lines.slice(-2 * lastLines).join('\n'));
}

/** What a command prints, or why it failed. */
async function told(ask: () => Promise<string>): Promise<string> {
  try {
    return (await ask()).trimEnd() || '(nothing)';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
