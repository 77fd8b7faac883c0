import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiCluster, benchNamespace } from '../../bench/api-cluster.ts';
import { NetnsDoor } from '../../harness/netns-door.ts';
import { mustRun } from '../../harness/run.ts';
import { type CallOptions, type CniCall, CniRuntime, type Conflist } from '../../harness/runtime.ts';
import { type Pod, TestNode } from '../../harness/sandbox.ts';
import { installCniPlugins, multusBinary } from '../../harness/toolchain.ts';
import { hostLocal } from '../confs.ts';
import type { NetworkStatus } from '../fixture.ts';
import { fileNetwork, type HostLocal, networks } from './cases.ts';
import { type MultusFiles, multusFiles } from './multus-files.ts';
import { daemonToken, ThickDaemon } from './thick-daemon.ts';

/** One plugin for each call, or a shim that asks a daemon of the node. */
export type MultusKind = 'thin' | 'thick';

/** The annotations of a pod that decide what it gets. */
export type Annotations = Readonly<Record<string, string>>;

/** A sandbox whose pod is in the API server. */
export interface ApiPod extends Pod {
  readonly name: string;
  /** CNI_ARGS as containerd sends them. */
  readonly args: string;
}

/** A node where Multus 4.3.0 is the plugin of the runtime, with a real API server and the real delegates. */
export class MultusBench {
  readonly node: TestNode;
  readonly api: ApiCluster;
  /** With thin Multus. */
  readonly runtime: CniRuntime;
  readonly #door: NetnsDoor;
  #thick: { readonly daemon: ThickDaemon; readonly runtime: CniRuntime } | undefined;
  #pods = 0;

  private constructor(node: TestNode, api: ApiCluster, door: NetnsDoor, conflist: Conflist) {
    this.node = node;
    this.api = api;
    this.#door = door;
    this.runtime = new CniRuntime(node, conflist);
  }

  /** `conf` is what Multus's own configuration says besides the directories: `delegates` or `clusterNetwork`. */
  static async start(
    plugins: readonly string[],
    conf: (node: TestNode) => Readonly<Record<string, unknown>>,
  ): Promise<MultusBench> {
    const node = TestNode.create({ network: true });
    installCniPlugins(node.dirs.bin, plugins);
    const api = await ApiCluster.start([daemonToken]);
    const door = await NetnsDoor.open(api.url, node.enter, node.dirs.root);
    const plugin = {
      type: 'multus',
      kubeconfig: api.kubeconfig,
      cniDir: node.dirs.multus,
      binDir: node.dirs.bin,
      confDir: node.dirs.networkConf,
      logToStderr: true,
      logLevel: 'error',
      capabilities: { portMappings: true, bandwidth: true },
      ...conf(node),
    };
    return new MultusBench(node, api, door, {
      cniVersion: '1.0.0',
      name: 'multus-cni-network',
      plugins: [plugin],
    });
  }

  /** Networks of cases.ts, in the API server and as a file, and the link that one of them moves. */
  async furnish(): Promise<void> {
    const { node, api } = this;
    mustRun([...node.enter, 'ip', 'link', 'add', 'spare0', 'type', 'veth', 'peer', 'name', 'spare1']);
    for (const [name, conf] of Object.entries(networks(ipamOf(node)))) await api.network(name, conf);
    const file = fileNetwork(ipamOf(node));
    await api.network(String(file['name']));
    writeFileSync(join(node.dirs.networkConf, 'file.conf'), JSON.stringify(file));
  }

  /** Starts thick Multus beside the thin one; `primary` is a file of the node's conf directory, the default network. */
  async startThick(primary: string): Promise<void> {
    const daemon = await ThickDaemon.start(this.node, this.api, primary);
    this.#thick = { daemon, runtime: new CniRuntime(this.node, daemon.conflist) };
  }

  /** Gives thin Multus's configuration other keys, or takes some (undefined) from it. */
  configure(more: Readonly<Record<string, unknown>>): void {
    const { conflist } = this.runtime;
    const [plugin = {}] = conflist.plugins;
    const entries = Object.entries({ ...plugin, ...more }).filter(([, value]) => value !== undefined);
    this.runtime.conflist = { ...conflist, plugins: [Object.fromEntries(entries)] };
  }

  /** A pod with its empty sandbox. */
  async pod(annotations: Annotations): Promise<ApiPod> {
    this.#pods += 1;
    const name = `pod-${this.#pods}`;
    const uid = await this.api.pod(name, annotations);
    const pod = this.node.pod();
    const args = [
      'IgnoreUnknown=1',
      `K8S_POD_NAMESPACE=${benchNamespace}`,
      `K8S_POD_NAME=${name}`,
      `K8S_POD_INFRA_CONTAINER_ID=${pod.containerId}`,
      `K8S_POD_UID=${uid}`,
    ];
    return { ...pod, name, args: args.join(';') };
  }

  /** A verb as the runtime calls Multus for the pod. */
  multus(
    verb: 'ADD' | 'DEL',
    pod: ApiPod,
    options: CallOptions = {},
    kind: MultusKind = 'thin',
  ): Promise<CniCall> {
    const thin = { runtime: this.runtime, binary: multusBinary() };
    const { runtime, binary } = kind === 'thin' ? thin : this.#startedThick();
    return runtime.call(verb, { ...callOf(pod), binary, ...options });
  }

  /** What is in Multus's directory for the container. */
  files(pod: Pod): MultusFiles {
    return multusFiles(this.node.dirs.multus, pod.containerId, this.node.dirs.ipam);
  }

  /** The pod's annotation network-status. */
  async status(pod: ApiPod): Promise<readonly NetworkStatus[]> {
    const text = await this.api.status(pod.name);
    return text === '' ? [] : (JSON.parse(text) as NetworkStatus[]);
  }

  async dispose(): Promise<void> {
    await this.#thick?.daemon.kill();
    await this.#door.close();
    await this.api.stop();
    this.node.dispose();
  }

  #startedThick(): { readonly runtime: CniRuntime; readonly binary: string } {
    if (this.#thick === undefined) throw new Error('thick Multus was not started');
    const { daemon, runtime } = this.#thick;
    return { runtime, binary: daemon.shim };
  }
}

/** host-local with its files where this node has them. */
export function ipamOf(node: TestNode): HostLocal {
  return (subnets, more) => hostLocal(node, subnets, more);
}

/** What every call for the pod says. */
export function callOf(pod: ApiPod): CallOptions {
  return { containerId: pod.containerId, netns: pod.netns, args: pod.args };
}
