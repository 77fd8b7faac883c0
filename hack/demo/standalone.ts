import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess } from '../../test/harness/agent-process.ts';
import { mustRun, tryRun, until } from '../../test/harness/run.ts';
import { type CallOptions, CniRuntime, type Conflist } from '../../test/harness/runtime.ts';
import { type Pod, TestNode } from '../../test/harness/sandbox.ts';
import { installCniPlugins, weftBinary } from '../../test/harness/toolchain.ts';
import { ClaimFailed, Stage } from './stage.ts';
import { demoNetworks, writeNetworks } from './standalone-networks.ts';

/** make demo-standalone: weft at work without Kubernetes. Prints only what it has checked; exits 1 if a claim fails. */

interface DemoPod {
  readonly name: string;
  readonly pod: Pod;
}

/** The part of `weft inspect -o json` that the demo reads. */
interface Inspected {
  readonly networkStatus: readonly {
    readonly name: string;
    readonly interface?: string;
    readonly ips?: readonly string[];
  }[];
}

/** The part of `ip -j addr` that the demo reads. */
interface Link {
  readonly ifname: string;
  readonly addr_info: readonly { readonly local: string; readonly scope: string }[];
}

const stage = new Stage();

async function main(): Promise<void> {
  stage.scene('1. A node');
  stage.say('Everything below happens in network namespaces that this demo makes and removes.');
  const node = TestNode.create({ network: true });
  try {
    await play(node);
  } finally {
    node.dispose();
  }
  stage.scene(`Done: ${stage.summary()}. Nothing of it is left on this machine.`);
}

async function play(node: TestNode): Promise<void> {
  installCniPlugins(node.dirs.bin, ['bridge', 'macvlan', 'ptp', 'host-local', 'tuning', 'loopback']);
  writeNetworks(node);
  const linksBefore = linksOf(node.name);
  const agent = await AgentProcess.start(node, ['--install', '--metrics-address', 'off']);
  await until('the configuration', 10_000, () => existsSync(conflistPath(node)));
  const conflist = JSON.parse(readFileSync(conflistPath(node), 'utf8')) as Conflist;
  stage.claim('weft-agent runs and has installed the plugin and its configuration', conflist.name !== '');
  stage.show('ls the CNI configuration directory', readdirSync(node.dirs.conf).join('\n'));

  const runtime = new CniRuntime(node, conflist);
  const pods = [newPod(node, 'web'), newPod(node, 'database')];
  await attachAll(runtime, pods);
  for (const one of pods) compareWithKernel(node, one);
  ping(node, pods);
  stage.scene('4. What weft knows');
  stage.show('weft inspect', weft(node, ['inspect']));

  stage.scene('5. Everything around it dies');
  await agent.kill();
  rmSync(node.dirs.networks, { recursive: true });
  stage.say('The agent was killed and the networks were deleted. Now the pods are deleted.');
  await detachAll(runtime, pods);
  auditNode(node, pods, linksBefore);
}

function newPod(node: TestNode, name: string): DemoPod {
  return { name, pod: node.pod() };
}

async function attachAll(runtime: CniRuntime, pods: readonly DemoPod[]): Promise<void> {
  stage.scene('2. Two pods ask for three networks each');
  stage.say(`k8s.v1.cni.cncf.io/networks: ${demoNetworks.join(', ')}`);
  for (const { name, pod } of pods) {
    const call = await runtime.add(pod, request(name));
    stage.claim(
      `ADD of pod ${name} succeeds in ${call.ms.toFixed(0)} ms`,
      call.status === 0,
      call.stdout + call.stderr,
    );
  }
}

/** What containerd would send for this pod. */
function request(name: string): CallOptions {
  return {
    args: `IgnoreUnknown=1;K8S_POD_NAMESPACE=demo;K8S_POD_NAME=${name};K8S_POD_UID=uid-${name}`,
    capabilityArgs: {
      'io.kubernetes.cri.pod-annotations': { 'k8s.v1.cni.cncf.io/networks': demoNetworks.join(',') },
    },
  };
}

function compareWithKernel(node: TestNode, { name, pod }: DemoPod): void {
  stage.scene(`3. Pod ${name} as the kernel has it`);
  stage.show(`ip -br addr (inside ${name})`, mustRun(['ip', '-n', pod.netnsName, '-br', 'addr']));
  for (const entry of statusOf(node, pod)) {
    const kernel = addressesOf(pod, entry.interface ?? '');
    const ips = entry.ips ?? [];
    const same = ips.length > 0 && ips.every((ip) => kernel.includes(ip));
    stage.claim(
      `${entry.interface} is ${entry.name} with ${ips.join(', ')}, as network-status says`,
      same,
      kernel,
    );
  }
  const found = statusOf(node, pod).map((entry) => entry.name);
  const wanted = ['cluster-default', ...demoNetworks.map((network) => `demo/${network}`)];
  stage.claim(
    `${name} has all ${wanted.length} networks, the default one first`,
    String(found) === String(wanted),
    found,
  );
}

function ping(node: TestNode, pods: readonly DemoPod[]): void {
  stage.scene('The two reach each other over every network');
  const [from, to] = pods;
  if (from === undefined || to === undefined) return;
  for (const entry of statusOf(node, to.pod)) {
    const target = entry.ips?.[0] ?? '';
    const command = [
      'ip',
      'netns',
      'exec',
      from.pod.netnsName,
      'ping',
      '-c',
      '1',
      '-W',
      '2',
      '-I',
      entry.interface ?? '',
      target,
    ];
    const output = tryRun(command);
    stage.claim(
      `${from.name} pings ${to.name} over ${entry.interface} (${entry.name}) at ${target}`,
      output !== undefined,
    );
  }
}

async function detachAll(runtime: CniRuntime, pods: readonly DemoPod[]): Promise<void> {
  for (const { name, pod } of pods) {
    const call = await runtime.del(pod);
    stage.claim(
      `DEL of pod ${name} succeeds in ${call.ms.toFixed(0)} ms`,
      call.status === 0,
      call.stdout + call.stderr,
    );
    const links = linksOf(pod.netnsName).filter((link) => link !== 'lo');
    stage.claim(`no interface is left in ${name}`, links.length === 0, links);
  }
}

function auditNode(node: TestNode, pods: readonly DemoPod[], linksBefore: readonly string[]): void {
  const bridges = ['cni0', 'br-backend'];
  const left = linksOf(node.name).filter((link) => !linksBefore.includes(link) && !bridges.includes(link));
  stage.claim('no interface of the pods is left on the node', left.length === 0, left);
  const addresses = readdirSync(node.dirs.ipam, { recursive: true, encoding: 'utf8' }).filter((file) =>
    /\/\d+\./.test(file),
  );
  stage.claim('every address is free again', addresses.length === 0, addresses);
  const records = filesIn(join(node.dirs.state, 'attachments'));
  stage.claim('no record is left', records.length === 0 && inspectAll(node).length === 0, records);
  for (const { pod } of pods) node.removePod(pod);
}

function conflistPath(node: TestNode): string {
  return join(node.dirs.conf, '00-weft.conflist');
}

function weft(node: TestNode, args: readonly string[]): string {
  const { state, run } = node.dirs;
  return mustRun([weftBinary(), ...args, '--state-dir', state, '--run-dir', run]);
}

function inspectAll(node: TestNode): readonly Inspected[] {
  return JSON.parse(weft(node, ['inspect', '-o', 'json'])) as readonly Inspected[];
}

function statusOf(node: TestNode, pod: Pod): Inspected['networkStatus'] {
  const [view] = JSON.parse(weft(node, ['inspect', pod.containerId, '-o', 'json'])) as readonly Inspected[];
  return view?.networkStatus ?? [];
}

function addressesOf(pod: Pod, ifname: string): readonly string[] {
  const links = JSON.parse(mustRun(['ip', '-n', pod.netnsName, '-j', 'addr'])) as readonly Link[];
  const link = links.find((candidate) => candidate.ifname === ifname);
  return link?.addr_info.map((info) => info.local) ?? [];
}

function linksOf(netnsName: string): readonly string[] {
  const links = JSON.parse(mustRun(['ip', '-n', netnsName, '-j', 'link'])) as readonly Link[];
  return links.map((link) => link.ifname);
}

function filesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

try {
  await main();
} catch (error) {
  const told =
    error instanceof ClaimFailed
      ? error.message
      : error instanceof Error
        ? (error.stack ?? error.message)
        : String(error);
  console.error(`\n\u001b[31m✗\u001b[0m ${told}`);
  process.exitCode = 1;
}
