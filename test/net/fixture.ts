import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess } from '../harness/agent-process.ts';
import { type AuditScope, type AuditSnapshot, compareSnapshots, takeSnapshot } from '../harness/auditor.ts';
import { type KernelLink, type KernelRoute, linksBy, routesBy } from '../harness/kernel-view.ts';
import { until } from '../harness/run.ts';
import { type CallOptions, type CniCall, CniRuntime, type Conflist } from '../harness/runtime.ts';
import { type NodeDirs, type Pod, TestNode } from '../harness/sandbox.ts';
import { installCniPlugins } from '../harness/toolchain.ts';

const networksAnnotation = 'k8s.v1.cni.cncf.io/networks';

/** Every reference plugin that the tests of this tier run. */
const realPlugins: readonly string[] = [
  'bridge',
  'macvlan',
  'ptp',
  'host-local',
  'static',
  'portmap',
  'tuning',
  'loopback',
  'firewall',
  'bandwidth',
];

/** What the NAD `name` in namespace `test` says: a single configuration or a list. */
export type Networks = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** A node with the real plugins, the real agent, and dist/weft as the agent installed it. */
export class NetBench {
  readonly node: TestNode;
  readonly agentFlags: readonly string[];
  #agent: AgentProcess | undefined;
  #runtime: CniRuntime | undefined;

  private constructor(node: TestNode, agentFlags: readonly string[]) {
    this.node = node;
    this.agentFlags = agentFlags;
  }

  /** `defaults` are files of the runtime's conf directory by name; `networks` become NADs of namespace `test`. */
  static async start(
    defaults: (node: TestNode) => Readonly<Record<string, unknown>>,
    networks: (node: TestNode) => Networks = () => ({}),
    flags: readonly string[] = [],
    dirs: Partial<NodeDirs> = {},
  ): Promise<NetBench> {
    const node = TestNode.create({ network: true, dirs });
    const bench = new NetBench(node, ['--metrics-address', 'off', ...flags]);
    installCniPlugins(node.dirs.bin, realPlugins);
    for (const [file, conf] of Object.entries(defaults(node))) bench.writeConf(file, conf);
    for (const [name, conf] of Object.entries(networks(node))) bench.writeNetwork(name, conf);
    await bench.startAgent();
    return bench;
  }

  get agent(): AgentProcess {
    if (this.#agent === undefined) throw new Error('the agent is not running');
    return this.#agent;
  }

  /** A runtime with the list that the agent installed. */
  get runtime(): CniRuntime {
    if (this.#runtime === undefined) throw new Error('nothing was installed yet');
    return this.#runtime;
  }

  async startAgent(): Promise<void> {
    this.#agent = await AgentProcess.start(this.node, this.agentFlags);
    const path = join(this.node.dirs.conf, '00-weft.conflist');
    // It listens first and installs then, as a runtime may wait for it.
    await until(`${path}, but the agent says: ${this.#agent.log}`, 30_000, () => existsSync(path));
    const conflist = JSON.parse(readFileSync(path, 'utf8')) as Conflist;
    if (this.#runtime === undefined) this.#runtime = new CniRuntime(this.node, conflist);
    else this.#runtime.conflist = conflist;
  }

  /** As a crash does. */
  async killAgent(): Promise<void> {
    await this.#agent?.kill();
    this.#agent = undefined;
  }

  writeConf(file: string, conf: unknown): void {
    writeFileSync(join(this.node.dirs.conf, file), typeof conf === 'string' ? conf : JSON.stringify(conf));
  }

  writeNetwork(name: string, conf: Readonly<Record<string, unknown>> | string): void {
    const document = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { namespace: 'test', name },
      spec: {
        config: typeof conf === 'string' ? conf : JSON.stringify({ cniVersion: '1.0.0', name, ...conf }),
      },
    };
    writeFileSync(join(this.node.dirs.networks, `${name}.json`), JSON.stringify(document));
  }

  /** ADD for a pod whose annotation asks for these networks. */
  add(
    pod: Pod,
    networks: string | readonly unknown[] | undefined,
    options: CallOptions = {},
  ): Promise<CniCall> {
    return this.runtime.add(pod, {
      ...options,
      capabilityArgs: this.asking(networks, options.capabilityArgs),
    });
  }

  /** Capability arguments as containerd sends them, with the pod's annotations. */
  asking(
    networks: string | readonly unknown[] | undefined,
    more: Readonly<Record<string, unknown>> = {},
  ): Readonly<Record<string, unknown>> {
    if (networks === undefined) return more;
    const value = typeof networks === 'string' ? networks : JSON.stringify(networks);
    return { ...more, 'io.kubernetes.cri.pod-annotations': { [networksAnnotation]: value } };
  }

  /** The node's links, addresses, routes and rules, IPAM, records, locks and processes. */
  audit(more: Partial<AuditScope> = {}): AuditSnapshot {
    const { dirs } = this.node;
    return takeSnapshot({
      netns: [`/run/netns/${this.node.name}`, ...(more.netns ?? [])],
      dirs: {
        ipam: dirs.ipam,
        state: dirs.state,
        run: join(dirs.run, 'attachments'),
        locks: join(dirs.run, 'locks'),
        ...more.dirs,
      },
      processMarkers: [`CNI_PATH=${dirs.bin}`],
    });
  }

  /** Removes every pod as the runtime would, so that one test's failure is not the next one's. */
  async sweep(): Promise<void> {
    for (const pod of [...this.node.pods]) {
      await this.runtime.del(pod);
      this.node.removePod(pod);
    }
  }

  async dispose(): Promise<void> {
    await this.killAgent();
    this.node.dispose();
  }
}

/**
 * What differs from `before`, apart from what host-local leaves on purpose: the file with the last address given out.
 */
export function differences(before: AuditSnapshot, after: AuditSnapshot): readonly string[] {
  return compareSnapshots(before, after).filter((line) => !/^[+-] ipam\/.*\/last_reserved_ip\.\d/.test(line));
}

/** Addresses that host-local has given out in a network, sorted. */
export function reservedAddresses(snapshot: AuditSnapshot): readonly string[] {
  return snapshot.lines.flatMap((line) => /^ipam\/[^/]+\/([0-9a-f.:]+) file/.exec(line)?.[1] ?? []).sort();
}

/** Every link of the sandbox but `lo`. */
export function kernelLinks(pod: Pod): readonly KernelLink[] {
  return linksBy(['ip', '-n', pod.netnsName]);
}

/** Routes of the main table with a gateway, and default routes. */
export function kernelRoutes(pod: Pod): readonly KernelRoute[] {
  return routesBy(['ip', '-n', pod.netnsName]);
}

/** Default routes as `dev gateway`, sorted. */
export function defaultRoutes(pod: Pod, family: 4 | 6): readonly string[] {
  return kernelRoutes(pod)
    .filter((route) => route.family === family && (route.dst === '0.0.0.0/0' || route.dst === '::/0'))
    .map((route) => `${route.dev} ${route.gateway}`)
    .sort();
}

/** One entry of the network-status annotation. */
export interface NetworkStatus {
  readonly name: string;
  readonly interface?: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
  readonly mtu?: number;
  readonly default?: boolean;
  readonly dns?: unknown;
  readonly gateway?: readonly string[];
}

/** What `weft inspect -o json` derives for the pod's eth0. */
export async function inspectStatus(bench: NetBench, pod: Pod): Promise<readonly NetworkStatus[]> {
  const { node } = bench;
  const end = await node.exec(
    [
      join(node.dirs.bin, 'weft'),
      'inspect',
      pod.containerId,
      ...['-o', 'json', '--state-dir', node.dirs.state, '--run-dir', node.dirs.run],
    ],
    { env: {} },
  );
  if (end.status !== 0) throw new Error(`weft inspect: ${end.status} ${end.stdout} ${end.stderr}`);
  const sandboxes = JSON.parse(end.stdout) as {
    sandbox: { containerId: string };
    networkStatus: NetworkStatus[];
  }[];
  const found = sandboxes.filter(({ sandbox }) => sandbox.containerId === pod.containerId);
  if (found.length !== 1 || found[0] === undefined)
    throw new Error(`weft inspect shows ${found.length} records: ${end.stdout}`);
  return found[0].networkStatus;
}
