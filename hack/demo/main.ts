import { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import { contextOf } from '../cluster/context.ts';
import { withClusterLock } from '../cluster/lock.ts';
import { checkMachine } from '../cluster/machine.ts';
import { agentNamespace, agentSelector } from '../deploy/agent-pods.ts';
import { deployWeft } from '../deploy/deploy-weft.ts';
import { operatorDeployment, operatorNamespace } from '../deploy/operator-pods.ts';
import { agentAnswer } from './agents-away.ts';
import { type DemoOptions, defaultClusterName, helpText, parseCommandLine } from './command-line.ts';
import { tellHowToGoOn } from './how-to-go-on.ts';
import { perform } from './perform.ts';
import { Stage } from './stage.ts';
import { tellStory } from './story.ts';
import { buildWhatIsNeeded } from './what-is-needed.ts';
import { whereToLook } from './where-to-look.ts';

/** make demo: weft on a Kubernetes of its own. Prints only what it has checked; exits 1 if a claim fails. */

const stage = new Stage();

async function main(): Promise<void> {
  const options = parseCommandLine(process.argv.slice(2));
  if (options.help) {
    stage.screen.line(helpText.trimEnd());
    return;
  }
  checkMachine();
  onInterrupt(options.name);
  // Two demos of one name would remove each other's cluster.
  await withClusterLock(`${contextOf(options.name).id}/demo`, async () => {
    await refuseForeign(options.name);
    await play(options);
  });
}

/** Only what stands under the demo's own name is the demo's to remove. */
async function refuseForeign(name: string): Promise<void> {
  if (name === defaultClusterName) return;
  const found = await Cluster.open(name).catch(() => undefined);
  if (found === undefined) return;
  throw new ClusterError(
    `cluster '${name}' stands already: make cluster-down NAME=${name}, or take another name`,
  );
}

/** Builds take minutes and a cluster can be removed at any moment, so nothing is tidied up in a hurry. */
function onInterrupt(name: string): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      stage.screen.line(
        `\n${signal}. This removes what there is of the cluster: make cluster-down NAME=${name}`,
      );
      process.exit(130);
    });
  }
}

async function play(options: DemoOptions): Promise<void> {
  const { name, down } = options;
  stage.scene('weft on a Kubernetes of its own');
  stage.say(
    'It is a real one, without Docker: its nodes are namespaces of this machine, whose own network stays',
  );
  stage.say('as it is. Every line with a tick was checked before it was printed.');
  await buildWhatIsNeeded(stage);
  try {
    const cluster = await makeCluster(name);
    await putWeftOn(cluster);
    await tellStory(stage, cluster);
    if (!down) await tellHowToGoOn(stage, cluster);
    tellTimes();
  } catch (error) {
    await whereToLook(stage, name);
    throw error;
  } finally {
    if (down) await removeCluster(name);
  }
}

async function makeCluster(name: string): Promise<Cluster> {
  stage.scene('2. A Kubernetes with two nodes');
  if (name === defaultClusterName && (await removeCluster(name))) {
    stage.say('There was one from before; it is removed, so that this one begins with nothing.');
  }
  const cluster = await stage.screen.during('starting the cluster', () =>
    Cluster.up({ name, nodes: 2, defaultNetwork: true }, say),
  );
  stage.show('kubectl get nodes', await cluster.kubectl(['get', 'nodes']));
  return cluster;
}

async function putWeftOn(cluster: Cluster): Promise<void> {
  stage.scene('3. weft is put on it');
  await stage.screen.during('putting weft on the cluster', () => deployWeft(cluster, say));
  const args = ['get', 'pods', '-n', agentNamespace, '-l', agentSelector, '-o', 'wide'];
  stage.show(`kubectl ${args.join(' ')}`, await cluster.kubectl(args));
  const answers = await Promise.all(cluster.nodes.map(agentAnswer));
  stage.claimSame(
    'An agent answers on every node',
    answers,
    answers.map(() => 'connected'),
  );
  await tellOperator(cluster);
}

async function tellOperator(cluster: Cluster): Promise<void> {
  const args = ['get', operatorDeployment, '-n', operatorNamespace];
  stage.show(`kubectl ${args.join(' ')}`, await cluster.kubectl(args));
  const ready = await cluster.kubectl([...args, '--output=jsonpath={.status.readyReplicas}']);
  stage.claim('Two replicas of the operator are Ready', ready === '2', ready);
}

/** False if there was none. */
function removeCluster(name: string): Promise<boolean> {
  return stage.screen.during('removing the cluster', () => Cluster.remove(name, say));
}

function tellTimes(): void {
  const times = stage.times().filter(({ title }) => /^\d/.test(title));
  stage.scene(`${stage.summary()}:`);
  for (const { title, seconds } of times) stage.say(`${seconds.toFixed(1).padStart(6)} s  ${title}`);
}

/** For steps that tell themselves how far they are. */
function say(line: string): void {
  stage.say(line);
}

process.exitCode = await perform(stage, main);
