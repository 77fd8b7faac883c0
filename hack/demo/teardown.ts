import type { Cluster } from '../cluster/cluster.ts';
import { agentAnswer, callAgentsBack, letAgentsBack, sendAgentsAway } from './agents-away.ts';
import { demoNamespace } from './cluster-networks.ts';
import type { NodeAudit } from './node-audit.ts';
import type { NodeTraces } from './node-traces.ts';
import type { Stage } from './stage.ts';

/** The agents go, the pods are deleted without them, nothing is left, the agents return. */
export async function tellTeardown(stage: Stage, cluster: Cluster, audit: NodeAudit): Promise<void> {
  stage.scene('8. The agents go away, then the pods are deleted');
  for (const [node, traces] of await audit.added()) claimPresence(stage, node, traces);
  stage.say(
    'A node selector that fits no node is put on their DaemonSet, so no agent is left. What remains of weft',
  );
  stage.say('is the plugin, which the container runtime calls, and its record of what each pod has.');
  await stage.screen.during('waiting for the end of the agents', () => sendAgentsAway(cluster));
  try {
    await deleteWithout(stage, cluster, audit);
  } catch (error) {
    // Whoever looks for the cause wants a cluster that is whole otherwise.
    await letAgentsBack(cluster).catch(() => {});
    throw error;
  }
  await stage.screen.during('waiting for the agents', () => callAgentsBack(cluster));
  const answers = await Promise.all(cluster.nodes.map(agentAnswer));
  stage.claimSame(
    'The agents are back and Ready on every node',
    answers,
    answers.map(() => 'connected'),
  );
}

async function deleteWithout(stage: Stage, cluster: Cluster, audit: NodeAudit): Promise<void> {
  for (const node of cluster.nodes) {
    const answer = await agentAnswer(node);
    stage.claim(`No agent answers on ${node.name} (${answer})`, answer !== 'connected', answer, 'an error');
  }
  const start = performance.now();
  const kubectl = ['--namespace', demoNamespace];
  await stage.screen.during('deleting the pods', () =>
    cluster.kubectl([...kubectl, 'delete', 'pods', '--all', '--timeout=60s']),
  );
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const pods = await cluster.kubectl([...kubectl, 'get', 'pods', '--output=name']);
  stage.claim(`All three pods are deleted after ${seconds} s`, pods === '', pods, 'no pods');
  const left = await stage.screen.during('looking at the nodes', () => audit.addedAtLast());
  for (const [node, traces] of left) claimAbsence(stage, node, traces);
}

/** Otherwise that nothing is left would prove nothing. */
function claimPresence(stage: Stage, node: string, traces: NodeTraces): void {
  const { interfaces, namespaces, records, reservations } = traces;
  stage.claim(
    `${node} has of the pods: ${interfaces.length} interfaces, ${namespaces.length} network namespaces, ${records.length} files of records, ${reservations.length} of addresses`,
    [interfaces, namespaces, records, reservations].every((lines) => lines.length > 0),
    traces,
    'some of each',
  );
}

function claimAbsence(stage: Stage, node: string, traces: NodeTraces): void {
  const { interfaces, namespaces, records, reservations } = traces;
  stage.claimSame(
    `${node}: no interface of theirs is left (cni0, the default network's own bridge, stays)`,
    interfaces,
    [],
  );
  stage.claimSame(`${node}: no network namespace is left`, namespaces, []);
  stage.claimSame(
    `${node}: no record is left in /var/lib/weft/attachments or /run/weft/attachments`,
    records,
    [],
  );
  stage.claimSame(`${node}: no address is taken any more`, reservations, []);
}
