import { mustRun, tryRun } from '../harness/run.ts';
import type { CniCall } from '../harness/runtime.ts';
import type { Pod, TestNode } from '../harness/sandbox.ts';
import { installCniPlugins } from '../harness/toolchain.ts';
import type { SandboxView } from '../net/agreement.ts';
import { defaultBridge } from '../net/confs.ts';
import {
  differences,
  inspectStatus,
  kernelLinks,
  kernelRoutes,
  NetBench,
  type NetworkStatus,
  reservedAddresses,
} from '../net/fixture.ts';
import {
  type NetworkName,
  parents,
  sharedNetworks,
  stockNetworks,
  stockPlugins,
  wireAddress,
  workingNetworks,
} from './networks.ts';

/** One sandbox's life in the machine, for the runner to judge. */
export interface SandboxLife {
  readonly added: CniCall;
  readonly status: readonly NetworkStatus[];
  readonly view: SandboxView;
  /** `ip -j -d link` of the sandbox. */
  readonly details: readonly LinkDetails[];
  /** Answers to `ping` from inside, by address. */
  readonly pings: Readonly<Record<string, boolean>>;
  readonly checked: CniCall;
  /** Addresses of host-local in use meanwhile, by both sandboxes. */
  readonly reserved: readonly string[];
  readonly deleted: CniCall;
  readonly linksAfter: readonly string[];
  /** What differs on the node from before ADD. */
  readonly left: readonly string[];
}

export interface SandboxFailure {
  readonly added: CniCall;
  /** After ADD. */
  readonly linksAfter: readonly string[];
  readonly deleted: CniCall;
  readonly left: readonly string[];
}

export interface LinkDetails {
  readonly ifname: string;
  /** The link it is enslaved to. */
  readonly master?: string;
  readonly linkinfo?: {
    readonly info_kind?: string;
    readonly info_data?: Readonly<Record<string, unknown>>;
  };
}

let bench: NetBench;

/** Agent and parents; each network once unwatched, so that bridges, base chains and lock files are there. */
export async function startNetworks(): Promise<void> {
  bench = await NetBench.start((node) => ({ '10-pods.conflist': defaultBridge(node) }), stockNetworks);
  installStock(bench.node);
  const pod = bench.node.pod();
  expectDone(await bench.add(pod, named(workingNetworks)));
  expectDone(await bench.runtime.del(pod));
  bench.node.removePod(pod);
}

/** The plugins and links of the node that the networks need. */
export function installStock(node: TestNode): void {
  installCniPlugins(node.dirs.bin, stockPlugins);
  mustRun([...node.enter, 'sh', '-ec', parents.join('\n')]);
}

/**
 * A sandbox with every network: ADD, look, CHECK, then DEL without the agent, look. Beside it lives another one with
 * those that two can share, and each of its addresses is pinged.
 */
export async function liveSandbox(): Promise<SandboxLife> {
  const before = bench.audit();
  const [pod, neighbour] = [bench.node.pod(), bench.node.pod()];
  expectDone(await bench.add(neighbour, named(sharedNetworks)));
  const added = await bench.add(pod, named(workingNetworks));
  expectDone(added);
  const seen = {
    added,
    status: await inspectStatus(bench, pod),
    view: { netns: pod.netns, links: kernelLinks(pod), routes: kernelRoutes(pod) },
    details: linkDetails(pod),
    pings: pingsFrom(pod, [...addressesOf(neighbour), wireAddress]),
    checked: await bench.runtime.check(pod),
    reserved: reservedAddresses(bench.audit()),
  };
  await bench.killAgent();
  expectDone(await bench.runtime.del(neighbour));
  const deleted = await bench.runtime.del(pod);
  const linksAfter = kernelLinks(pod).map((link) => link.name);
  const left = differences(before, bench.audit());
  await bench.startAgent();
  return { ...seen, deleted, linksAfter, left };
}

/** A sandbox whose last network cannot be made. */
export async function failSandbox(): Promise<SandboxFailure> {
  const before = bench.audit();
  const pod = bench.node.pod();
  const added = await bench.add(pod, named([...workingNetworks, 'unmade']));
  const linksAfter = kernelLinks(pod).map((link) => link.name);
  const deleted = await bench.runtime.del(pod);
  return { added, linksAfter, deleted, left: differences(before, bench.audit()) };
}

function expectDone(call: CniCall): void {
  if (call.status !== 0) throw new Error(`${call.status} ${call.signal}: ${call.stdout} ${call.stderr}`);
}

function named(networks: readonly NetworkName[]): readonly unknown[] {
  return networks.map((name) => ({ name }));
}

function linkDetails(pod: Pod): readonly LinkDetails[] {
  return JSON.parse(mustRun(['ip', '-n', pod.netnsName, '-j', '-d', 'link', 'show'])) as LinkDetails[];
}

/** IPv4 addresses of everything but what is in a VRF of its own, from which a plain ping does not go out. */
function addressesOf(pod: Pod): readonly string[] {
  const enslaved = linkDetails(pod).flatMap((link) => (link.master === undefined ? [] : [link.ifname]));
  return kernelLinks(pod)
    .filter((link) => !enslaved.includes(link.name))
    .flatMap((link) => link.addresses.flatMap((address) => /^([0-9.]+)\//.exec(address)?.[1] ?? []));
}

function pingsFrom(pod: Pod, addresses: readonly string[]): Readonly<Record<string, boolean>> {
  const ping = (address: string): boolean =>
    tryRun(['nsenter', `--net=${pod.netns}`, 'ping', '-c1', '-W5', address]) !== undefined;
  return Object.fromEntries(addresses.map((address) => [address, ping(address)]));
}
