import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ApiCluster, benchNamespace } from '../../bench/api-cluster.ts';
import { NetnsDoor } from '../../harness/netns-door.ts';
import { type CallOptions, type CniCall, CniRuntime, type Conflist } from '../../harness/runtime.ts';
import { type Pod, TestNode } from '../../harness/sandbox.ts';
import { installCniPlugins, multusBinary } from '../../harness/toolchain.ts';
import type { NetworkStatus } from '../fixture.ts';

/** The annotations of a pod that decide what it gets. */
export type Annotations = Readonly<Record<string, string>>;

/** A sandbox whose pod is in the API server. */
export interface ApiPod extends Pod {
  readonly name: string;
  /** CNI_ARGS as containerd sends them. */
  readonly args: string;
}

/** What Multus and its libcni keep on the node for one container, text by file name. */
export interface MultusFiles {
  readonly scratch: string | undefined;
  readonly results: Readonly<Record<string, string>>;
}

/** A node where Multus 4.3.0 (thin) is the plugin of the runtime, with a real API server and the real delegates. */
export class MultusBench {
  readonly node: TestNode;
  readonly api: ApiCluster;
  readonly runtime: CniRuntime;
  readonly #door: NetnsDoor;
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
    const api = await ApiCluster.start();
    const door = await NetnsDoor.open(api.url, node.enter, node.dirs.root);
    const plugin = {
      type: 'multus',
      kubeconfig: api.kubeconfig,
      cniDir: node.dirs.multus,
      binDir: node.dirs.bin,
      confDir: node.dirs.conf,
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

  /** Gives Multus's configuration other keys, or takes some (undefined) from it. */
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
  multus(verb: 'ADD' | 'DEL', pod: ApiPod, options: CallOptions = {}): Promise<CniCall> {
    return this.runtime.call(verb, { ...callOf(pod), binary: multusBinary(), ...options });
  }

  /** What is in Multus's directory for the container. */
  files(pod: Pod): MultusFiles {
    const { multus } = this.node.dirs;
    const scratch = join(multus, pod.containerId);
    const dir = join(multus, 'results');
    const names = existsSync(dir) ? readdirSync(dir).filter((name) => name.includes(pod.containerId)) : [];
    return {
      scratch: existsSync(scratch) ? readFileSync(scratch, 'utf8') : undefined,
      results: Object.fromEntries(names.map((name) => [name, readFileSync(join(dir, name), 'utf8')])),
    };
  }

  /** The pod's annotation network-status. */
  async status(pod: ApiPod): Promise<readonly NetworkStatus[]> {
    const text = await this.api.status(pod.name);
    return text === '' ? [] : (JSON.parse(text) as NetworkStatus[]);
  }

  async dispose(): Promise<void> {
    await this.#door.close();
    await this.api.stop();
    this.node.dispose();
  }
}

/** What every call for the pod says. */
export function callOf(pod: ApiPod): CallOptions {
  return { containerId: pod.containerId, netns: pod.netns, args: pod.args };
}
