import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { table } from '../cluster/cli/status.ts';
import type { Cluster } from '../cluster/cluster.ts';
import type { CommandError } from '../cluster/command.ts';
import { waitFor } from '../cluster/wait.ts';
import { tellProtection, tellVerdicts } from './checked-networks.ts';
import {
  type DemoPod,
  demoNamespace,
  demoNetworks,
  demoPods,
  networkObject,
  networksAnnotationOf,
  podObject,
} from './cluster-networks.ts';
import { NodeAudit } from './node-audit.ts';
import { attachedOf, describeInterfaces, statusOf } from './pod-interfaces.ts';
import { PodNetwork } from './pod-network.ts';
import { meetings, type RunningPod, statusLines, wantedLines } from './running-pod.ts';
import type { Stage } from './stage.ts';
import { tellTeardown } from './teardown.ts';

/** A pod with the way into its network namespace. */
interface LookedAt extends RunningPod {
  readonly network: PodNetwork;
  /** Status of its condition `weft.dev/NetworksReady`. */
  readonly condition: string;
}

/** Where the demo keeps the objects that it applies, for who wants to go on with them. */
export function objectFile(cluster: Cluster, what: 'networks' | 'pods'): string {
  return join(cluster.stateDir, `demo-${what}.json`);
}

/** kubectl in the demo's namespace. */
export function demoKubectl(cluster: Cluster, ...args: readonly string[]): Promise<string> {
  return cluster.kubectl(['--namespace', demoNamespace, ...args]);
}

/**
 * What happens once a cluster has weft: networks, pods, pings, protection, teardown. Rejects with ClaimFailed when something is not
 * as it is told, with ClusterError or CommandError when it cannot be done.
 */
export async function tellStory(stage: Stage, cluster: Cluster): Promise<void> {
  await makeNetworks(stage, cluster);
  const audit = await stage.screen.during('looking at the nodes', () => NodeAudit.start(cluster));
  const pods = await startPods(stage, cluster);
  showTable(stage, pods);
  for (const pod of pods) compare(stage, pod);
  await pingAll(stage, cluster, pods);
  await tellProtection(stage, cluster);
  await tellTeardown(stage, cluster, audit);
}

async function makeNetworks(stage: Stage, cluster: Cluster): Promise<void> {
  stage.scene('4. Two networks, as objects of Kubernetes');
  for (const { name, what } of demoNetworks) stage.say(`${name} is ${what}.`);
  stage.say('Neither hands out addresses: each pod asks for its own, with `ips` in its annotation.');
  const file = objectFile(cluster, 'networks');
  writeFileSync(file, listOf(demoNetworks.map(networkObject)));
  await stage.screen.during('making the networks', async () => {
    await cluster.kubectl(['create', 'namespace', demoNamespace]);
    await cluster.kubectl(['apply', `--filename=${file}`]);
  });
  const names = await demoKubectl(
    cluster,
    'get',
    'net-attach-def',
    '--output=jsonpath={.items[*].metadata.name}',
  );
  stage.claimSame(
    'The API server has both networks',
    names.split(' ').sort(),
    demoNetworks.map(({ name }) => name).sort(),
  );
  await tellVerdicts(stage, cluster);
}

async function startPods(stage: Stage, cluster: Cluster): Promise<readonly LookedAt[]> {
  stage.scene('5. Three pods on two nodes, each with both networks');
  const [first] = demoPods;
  if (first !== undefined) {
    stage.say(
      `Pod ${first.name} asks for them like this, the others do the same with addresses of their own:`,
    );
    stage.say(`  k8s.v1.cni.cncf.io/networks: '${networksAnnotationOf(first)}'`);
  }
  const file = objectFile(cluster, 'pods');
  writeFileSync(file, listOf(demoPods.map(podObject)));
  const start = performance.now();
  const vain = await stage.screen.during('waiting for the pods', async () => {
    // Pods are refused until the controller manager has made it.
    await waitFor('the service account of the namespace', { timeoutMs: 30_000 }, () =>
      demoKubectl(cluster, 'get', 'serviceaccount', 'default').catch(() => undefined),
    );
    await cluster.kubectl(['apply', `--filename=${file}`]);
    const ready = ['--for=condition=Ready', 'pods', '--all', '--timeout=90s'];
    return demoKubectl(cluster, 'wait', ...ready).then(
      () => '',
      (error: CommandError) => error.stderr || error.message,
    );
  });
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  stage.show(
    `kubectl get pods -n ${demoNamespace} -o wide`,
    await demoKubectl(cluster, 'get', 'pods', '-o', 'wide'),
  );
  stage.claim(`All three are Ready after ${seconds} s`, vain === '', vain, 'Ready within 90 s');
  const pods = await stage.screen.during('looking at the pods', () =>
    Promise.all(demoPods.map((pod) => lookAt(cluster, pod))),
  );
  stage.claimSame(
    'Each has the condition weft.dev/NetworksReady',
    pods.map(({ condition }) => condition),
    pods.map(() => 'True'),
  );
  return pods;
}

/** What the API server says about a pod, once weft has written it, and what its kernel has. */
async function lookAt(cluster: Cluster, pod: DemoPod): Promise<LookedAt> {
  const written = await waitFor(`the network-status of pod ${pod.name}`, { timeoutMs: 10_000 }, async () => {
    const found = statusOf(await demoKubectl(cluster, 'get', 'pod', pod.name, '--output=json'));
    return found.annotation === undefined ? undefined : found;
  });
  const network = await PodNetwork.of(cluster, pod);
  return {
    pod,
    network,
    attached: attachedOf(written.annotation),
    condition: written.condition,
    kernel: await network.interfaces(),
  };
}

function showTable(stage: Stage, pods: readonly RunningPod[]): void {
  const rows = pods.flatMap(({ pod, attached }) =>
    attached.map(({ network, name, ips, mac }) => [pod.name, pod.node, network, name, ips.join(' '), mac]),
  );
  stage.say('What network-status says, the annotation that weft writes on each pod:');
  for (const line of table([['POD', 'NODE', 'NETWORK', 'INTERFACE', 'ADDRESS', 'MAC'], ...rows])) {
    stage.say(`  ${line}`);
  }
}

function compare(stage: Stage, running: RunningPod): void {
  const { pod, attached, kernel } = running;
  stage.claimSame(
    `${pod.name} has the default network first, then both others with the addresses that it asked for`,
    statusLines(attached),
    wantedLines(running),
  );
  stage.claimSame(
    `${pod.name}: the kernel has exactly these interfaces, addresses and MACs`,
    describeInterfaces(kernel),
    describeInterfaces(attached),
  );
}

async function pingAll(stage: Stage, cluster: Cluster, pods: readonly LookedAt[]): Promise<void> {
  stage.scene('6. From node to node over both networks');
  stage.say('After each ping the far side is asked whom it saw: its ARP entry must show the MAC of the near');
  stage.say("side's interface in this network, as network-status has it.");
  for (const { from, to, near, far } of meetings(pods)) {
    const [source = '', target = ''] = [near.ips[0], far.ips[0]];
    const command = ['ping', '-c', '1', '-W', '5', '-I', near.name, target];
    const answer = await demoKubectl(cluster, 'exec', from.pod.name, '--', ...command).catch(
      (error: unknown) => error,
    );
    stage.claim(
      `${from.pod.name} (${from.pod.node}) pings ${to.pod.name} (${to.pod.node}) at ${target} over ${near.name}, network ${near.network}`,
      typeof answer === 'string',
      String(answer),
      `an answer to: kubectl -n ${demoNamespace} exec ${from.pod.name} -- ${command.join(' ')}`,
    );
    const seen = await to.network.neighbour(source, far.name);
    stage.claim(
      `${to.pod.name} has seen ${source} on ${far.name} at ${near.mac}, the MAC of ${from.pod.name}`,
      seen === near.mac,
      seen ?? 'no such neighbour',
      near.mac,
    );
  }
  const last = pods.at(-1)?.pod.name ?? '';
  const args = ['exec', last, '-n', demoNamespace, '--', 'ip', 'neigh'];
  stage.show(`kubectl ${args.join(' ')}`, await cluster.kubectl(args));
}

function listOf(items: readonly object[]): string {
  return `${JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, null, 2)}\n`;
}
