import type { Cluster } from '../cluster/cluster.ts';
import { CommandError } from '../cluster/command.ts';
import { demoNamespace, demoNetworks, demoPods, networkObject } from './cluster-networks.ts';
import type { Stage } from './stage.ts';

/** The first network with a slip of the keyboard in it. */
const misspelt = { name: 'misspelt', mode: 'brigde' };

/** What the operator says about networks before anything uses them; they are applied already. */
export async function tellVerdicts(stage: Stage, cluster: Cluster): Promise<void> {
  const wait = ['wait', '--for=condition=Valid', 'net-attach-def', '--all', '--timeout=30s'];
  const said = await stage.screen.during('waiting for the verdicts', () => inDemo(cluster, ...wait));
  const valid = said
    .trim()
    .split('\n')
    .filter((line) => line.endsWith(' condition met'));
  stage.show(
    `kubectl get net-attach-def -n ${demoNamespace}`,
    await inDemo(cluster, 'get', 'net-attach-def'),
  );
  stage.claim(
    'The operator has checked both and says that they are valid',
    valid.length === demoNetworks.length,
    said,
  );
  await tellRefusal(stage, cluster);
}

async function tellRefusal(stage: Stage, cluster: Cluster): Promise<void> {
  const [lan] = demoNetworks;
  if (lan === undefined) throw new Error('the demo has no networks');
  const { name, mode } = misspelt;
  stage.say(`A third one, with "mode": "${mode}". Without the operator its first pod would hang:`);
  const network = networkObject({ ...lan, name, plugin: { ...lan.plugin, mode } });
  const refusal = await refused(() => cluster.kubectl(['apply', '--filename=-'], JSON.stringify(network)));
  stage.show(`kubectl apply -f ${name}.json`, refusal || 'it was admitted');
  stage.claim(
    'It is refused, with the place of the mistake',
    refusal.includes('spec.config.plugins[0].mode: ') && refusal.includes(mode),
    refusal,
  );
  const left = await inDemo(cluster, 'get', 'net-attach-def', name, '--ignore-not-found', '--output=name');
  stage.claim('There is no such network', left === '', left);
}

/** A network is deleted while the demo's pods have it. */
export async function tellProtection(stage: Stage, cluster: Cluster): Promise<void> {
  stage.scene('7. A network that is in use');
  const [lan] = demoNetworks;
  const name = lan?.name ?? '';
  const uid = (): Promise<string> =>
    inDemo(cluster, 'get', 'net-attach-def', name, '--output=jsonpath={.metadata.uid}');
  const before = await uid();
  const refusal = await refused(() => inDemo(cluster, 'delete', 'net-attach-def', name));
  stage.show(`kubectl delete net-attach-def ${name} -n ${demoNamespace}`, refusal || 'it was deleted');
  const missing = demoPods.filter((pod) => !refusal.includes(`${demoNamespace}/${pod.name}`));
  stage.claim(
    `It is refused, and all ${demoPods.length} pods that have it are named`,
    refusal.includes('is used by') && missing.length === 0,
    refusal,
  );
  stage.claim('The network is there, the same as before', before !== '' && (await uid()) === before);
}

/** What kubectl complains of; '' if it does not. */
async function refused(work: () => Promise<unknown>): Promise<string> {
  try {
    await work();
    return '';
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return error.stderr.trim();
  }
}

function inDemo(cluster: Cluster, ...args: readonly string[]): Promise<string> {
  return cluster.kubectl(['--namespace', demoNamespace, ...args]);
}
