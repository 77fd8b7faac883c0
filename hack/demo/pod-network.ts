import type { Cluster } from '../cluster/cluster.ts';
import { ClusterError } from '../cluster/cluster-error.ts';
import type { ClusterNode } from '../cluster/node.ts';
import type { DemoPod } from './cluster-networks.ts';
import { demoNamespace } from './cluster-networks.ts';
import { interfacesOf, neighbourOf, type PodInterface } from './pod-interfaces.ts';

interface Sandbox {
  readonly info?: {
    readonly runtimeSpec?: {
      readonly linux?: {
        readonly namespaces?: readonly { readonly type?: string; readonly path?: string }[];
      };
    };
  };
}

/** A pod's network namespace, seen from its node by containerd: neither weft nor the API server is asked. */
export class PodNetwork {
  readonly #node: ClusterNode;
  readonly #netns: string;

  private constructor(node: ClusterNode, netns: string) {
    this.#node = node;
    this.#netns = netns;
  }

  /** Rejects with ClusterError if containerd has no such pod. */
  static async of(cluster: Cluster, pod: DemoPod): Promise<PodNetwork> {
    const node = cluster.node(pod.node);
    const named = ['--namespace', demoNamespace, '--name', `^${pod.name}$`, '--state', 'ready', '--quiet'];
    const [id = ''] = (await node.exec(['crictl', 'pods', ...named])).split('\n');
    if (id === '') throw new ClusterError(`containerd of ${pod.node} has no pod ${pod.name}`);
    const sandbox = JSON.parse(await node.exec(['crictl', 'inspectp', id])) as Sandbox;
    const namespaces = sandbox.info?.runtimeSpec?.linux?.namespaces ?? [];
    const path = namespaces.find((namespace) => namespace.type === 'network')?.path;
    if (path === undefined) throw new ClusterError(`pod ${pod.name} has no network namespace of its own`);
    return new PodNetwork(node, path);
  }

  /** As the kernel has them, without the loopback. */
  async interfaces(): Promise<readonly PodInterface[]> {
    return interfacesOf(await this.#ip('addr'));
  }

  /** The MAC that the kernel has found for an address on one of the pod's interfaces. */
  async neighbour(address: string, ifname: string): Promise<string | undefined> {
    return neighbourOf(await this.#ip('neigh', 'show', 'dev', ifname), address);
  }

  #ip(...args: readonly string[]): Promise<string> {
    return this.#node.exec(['nsenter', `--net=${this.#netns}`, 'ip', '-j', ...args]);
  }
}
