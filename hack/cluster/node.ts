import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NodeAddresses } from './addresses.ts';
import { bootNode, createNodeObject, letNodeGo } from './boot.ts';
import { machineHierarchies, removeCgroups } from './cgroups.ts';
import { ClusterError } from './cluster-error.ts';
import { type CommandOptions, run } from './command.ts';
import type { ClusterContext } from './context.ts';
import { cgroupName } from './identity.ts';
import { nodeLayoutOf } from './layout.ts';
import { withClusterLock } from './lock.ts';
import { runBatch, withoutCables } from './network.ts';
import { staticPodsDir } from './node-config.ts';
import { kill, killMarked, lives } from './processes.ts';
import { waitFor } from './wait.ts';

/** Where this machine sees a node's private directories. */
export interface NodePaths {
  readonly varLibWeft: string;
  readonly varLibCni: string;
  readonly etcCniNetd: string;
  readonly optCniBin: string;
  /** What is put here runs as a static pod. */
  readonly staticPods: string;
  /** /run of the node is in memory and gone when it stops: this throws ClusterError unless the node runs. */
  readonly runWeft: string;
}

/** How a command inside a node is run: `timeoutMs` is 60 000 unless given, `env` is added to the node's. */
export type ExecOptions = CommandOptions;

/** How to get inside. */
export interface Entrance {
  /** Words to put before a command. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A Node object, as far as the harness looks at it. */
export interface NodeObject {
  readonly status?: {
    readonly conditions?: readonly {
      readonly type: string;
      readonly status: string;
      readonly message?: string;
    }[];
    readonly nodeInfo?: { readonly bootID?: string; readonly kubeletVersion?: string };
  };
}

/** Its Ready condition. */
export function readyCondition(
  node: NodeObject | undefined,
): { readonly status: string; readonly message?: string } | undefined {
  return node?.status?.conditions?.find((condition) => condition.type === 'Ready');
}

/** One node: its own network, mounts, processes and host name, with its own containerd, kubelet and kube-proxy. */
export class ClusterNode {
  readonly name: string;
  /** 1, 2, …: part of its addresses. */
  readonly index: number;
  /** IPv4 address on eth0. */
  readonly address: string;
  /** IPv4 CIDR of its pods, also node.spec.podCIDR. */
  readonly podCidr: string;
  readonly #context: ClusterContext;
  readonly #addresses: NodeAddresses;

  constructor(context: ClusterContext, addresses: NodeAddresses) {
    this.name = addresses.name;
    this.index = addresses.index;
    this.address = addresses.address;
    this.podCidr = addresses.podCidr;
    this.#context = context;
    this.#addresses = addresses;
  }

  /** Directories exist from the first start on, with the exception of those that weft makes itself. */
  get paths(): NodePaths {
    const layout = nodeLayoutOf(this.#context.layout, this.name);
    const root = (): string => `/proc/${this.#pid()}/root`;
    return {
      varLibWeft: join(layout.varLib, 'weft'),
      varLibCni: join(layout.varLib, 'cni'),
      etcCniNetd: layout.cniConf,
      optCniBin: layout.cniBin,
      staticPods: join(layout.varLib, staticPodsDir),
      get runWeft(): string {
        return `${root()}/run/weft`;
      },
    };
  }

  /** True while its first process lives. */
  get running(): boolean {
    return this.#context.nodePid(this.name) !== undefined;
  }

  /** Process id of its first process in our namespace. Throws ClusterError unless it runs. */
  get pid(): number {
    return this.#pid();
  }

  /** Id of its last boot, as its kubelet reports it. */
  get bootId(): string {
    return readFileSync(join(nodeLayoutOf(this.#context.layout, this.name).dir, 'boot-id'), 'utf8').trim();
  }

  /** Words to put before a command that is to run inside, and its environment. Throws ClusterError unless it runs. */
  entrance(): Entrance {
    return {
      argv: ['nsenter', `--target=${this.#pid()}`, '--mount', '--uts', '--ipc', '--net', '--pid', '--'],
      env: {
        ...this.#context.environment(this.name),
        KUBECONFIG: join(this.#context.layout.pki, 'inside.kubeconfig'),
        CONTAINERD_ADDRESS: '/run/containerd/containerd.sock',
        CONTAINERD_NAMESPACE: 'k8s.io',
      },
    };
  }

  /** Runs a command in its namespaces; resolves with standard output, rejects with command, status and complaint. */
  exec(argv: readonly string[], options: ExecOptions = {}): Promise<string> {
    const { argv: enter, env } = this.entrance();
    // nsenter waits for its child outside; when it is killed because the time is over, the child must go too.
    return run([...enter, 'setpriv', '--pdeathsig=KILL', '--', ...argv], {
      ...options,
      env: { ...env, ...options.env },
    });
  }

  /** An orderly shutdown: processes get SIGTERM and 5 s. Does nothing when it does not run. */
  stop(): Promise<void> {
    return this.#changing(async () => {
      const pid = this.#context.nodePid(this.name);
      if (pid === undefined) return;
      kill(pid, 'SIGTERM');
      await waitFor(
        `${this.name} to shut down`,
        { timeoutMs: 15_000, everyMs: 50 },
        () => !lives(pid) || undefined,
      );
      await this.#clear();
    });
  }

  /** A power cut: every process of the node, pods too, is killed at once. Does nothing when it does not run. */
  kill(): Promise<void> {
    return this.#changing(() => this.#kill());
  }

  /** Boots a node that does not run; resolves when its kubelet answers. Does nothing when it runs. */
  start(): Promise<void> {
    return this.#changing(() => this.#start());
  }

  /** kill and start. */
  reboot(): Promise<void> {
    return this.#changing(async () => {
      await this.#kill();
      await this.#start();
    });
  }

  /** Resolves when the node is Ready with a status that was posted since its last boot. Default: within 60 s. */
  async waitReady(timeoutMs: number = 60_000): Promise<void> {
    let seen = 'no Node object';
    await waitFor(`${this.name} to be Ready`, { timeoutMs, everyMs: 150, detail: () => seen }, async () => {
      const node = await this.object();
      const ready = readyCondition(node);
      const fresh = node?.status?.nodeInfo?.bootID === this.bootId;
      seen = fresh
        ? (ready?.message ?? 'no Ready condition')
        : 'its kubelet has not posted a status since the boot';
      return (fresh && ready?.status === 'True') || undefined;
    });
  }

  /** Resolves when its kubelet has posted a status since the last boot, Ready or not. */
  async waitRegistered(timeoutMs: number = 60_000): Promise<void> {
    await waitFor(`${this.name} to register`, { timeoutMs, everyMs: 150 }, async () => {
      const node = await this.object();
      return node?.status?.nodeInfo?.bootID === this.bootId || undefined;
    });
  }

  /** Its Node object; undefined if there is none, or the API server cannot be asked. */
  object(): Promise<NodeObject | undefined> {
    return this.#context.api.find<NodeObject>(`/api/v1/nodes/${this.name}`);
  }

  /** Imports an archive that lies below the cluster's state directory. */
  async importImage(archive: string): Promise<void> {
    await this.exec(['ctr', 'images', 'import', archive], { timeoutMs: 300_000 });
  }

  #pid(): number {
    const pid = this.#context.nodePid(this.name);
    if (pid === undefined) throw new ClusterError(`${this.name} does not run`);
    return pid;
  }

  #changing(action: () => Promise<void>): Promise<void> {
    return withClusterLock(`${this.#context.id}/${this.name}`, action);
  }

  async #start(): Promise<void> {
    const pid = this.#context.nodePid(this.name);
    // Without that sign it is what a killed `start` left: it would wait for ever.
    if (pid !== undefined && existsSync(`/proc/${pid}/root/run/weft-cluster/go`)) return;
    // Nor is it sure that whoever ended it came as far as to clear up.
    await (pid === undefined ? this.#clear() : this.#kill());
    await bootNode(this.#context, this.#addresses);
    await createNodeObject(this.#context, this.#addresses);
    await letNodeGo(this.#context, this.#addresses);
  }

  async #kill(): Promise<void> {
    const pid = this.#context.nodePid(this.name);
    if (pid === undefined) return;
    kill(pid, 'SIGKILL');
    // The first process of a namespace ends only after all others of it have.
    await waitFor(
      `the end of ${this.name}`,
      { timeoutMs: 30_000, everyMs: 10 },
      () => !lives(pid) || undefined,
    );
    await this.#clear();
  }

  /** What a dead node leaves outside of itself. */
  async #clear(): Promise<void> {
    const { id } = this.#context;
    await killMarked(id, (process) => process.node === this.name);
    await runBatch(
      this.#context.controlPlanePid(),
      withoutCables(this.#addresses),
      this.#context.environment(),
      true,
    );
    await removeCgroups(machineHierarchies(), `${cgroupName(id)}/${this.name}`);
    await this.#context.syncRoutes();
  }
}
