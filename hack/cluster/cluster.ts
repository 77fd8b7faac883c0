import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { clusterTools } from '../toolchain/tools.ts';
import { nodeAddresses } from './addresses.ts';
import { bootNode, createNodeObject, letNodeGo, makeNode } from './boot.ts';
import { ClusterError } from './cluster-error.ts';
import { readState } from './cluster-state.ts';
import { run } from './command.ts';
import { type ClusterContext, contextOf } from './context.ts';
import { checkedName, controlPlane } from './identity.ts';
import { keepArchive } from './image-archives.ts';
import { defaultStateRoot } from './layout.ts';
import { withClusterLock } from './lock.ts';
import { checkMachine } from './machine.ts';
import { ClusterNode, type Entrance } from './node.ts';
import { firstProcess } from './processes.ts';
import { endCluster, removeCluster } from './removal.ts';
import { startCluster } from './startup.ts';

/** What `Cluster.up` makes. */
export interface ClusterOptions {
  /** 1 to 20 characters: lower case letters, digits, `-`; two checkouts may use the same one. */
  readonly name: string;
  /** How many nodes, named node1, node2, …; 0 to 50. */
  readonly nodes: number;
  /** True: bridge + host-local + portmap on every node, so that nodes become Ready without weft. */
  readonly defaultNetwork: boolean;
  /** Default true: etcd writes through to the disk, so that write latencies are real. */
  readonly etcdFsync?: boolean;
  /** Default false: requests are logged to `stateDir/audit.log`, one JSON object a line. */
  readonly auditLog?: boolean;
  /** Archives (docker or OCI, `ctr images import`) that every node gets besides pause, tools and coredns. */
  readonly images?: readonly string[];
  /** Directory of all clusters' state; default `.cluster` in the checkout. */
  readonly stateRoot?: string;
}

/** Receives one line per step, without a line end and without a time. */
export type Progress = (line: string) => void;

/** Ids of the clusters that this process is making. */
const making = new Set<string>();

/** A real Kubernetes in namespaces of this machine. All of it dies with `down`. */
export class Cluster {
  readonly #context: ClusterContext;

  private constructor(context: ClusterContext) {
    this.#context = context;
  }

  /**
   * Makes a cluster; with `defaultNetwork` resolves when all nodes are Ready and DNS answers, otherwise when all are
   * registered. Removes the debris of a dead cluster of its name first; rejects with ClusterError if a live one stands.
   * When it fails, no process is left, but the logs are.
   */
  static async up(options: ClusterOptions, progress: Progress): Promise<Cluster> {
    if (!Number.isInteger(options.nodes) || options.nodes < 0) {
      throw new ClusterError(`nodes: ${options.nodes} is no number of nodes`);
    }
    const indexes = Array.from({ length: options.nodes }, (_, number) => nodeAddresses(number + 1).index);
    checkMachine();
    checkedName(options.name);
    // The cluster's id needs its real path.
    mkdirSync(options.stateRoot ?? defaultStateRoot, { recursive: true });
    const context = contextOf(options.name, options.stateRoot);
    const tools = await clusterTools(progress);
    return withClusterLock(context.id, async () => {
      refuseLive(context);
      making.add(context.id);
      try {
        await removeCluster(context, progress);
        await startCluster(context, { ...options, tools, indexes }, progress);
      } catch (error) {
        context.close();
        await endCluster(context);
        throw new ClusterError(`cluster '${context.name}' did not come up: ${(error as Error).message}`, {
          cause: error,
        });
      } finally {
        making.delete(context.id);
      }
      return new Cluster(context);
    });
  }

  /** A cluster that stands. Rejects with ClusterError when there is none of that name. */
  static async open(name: string, stateRoot?: string): Promise<Cluster> {
    const context = contextOf(name, stateRoot);
    if (context.state.upSince === undefined) {
      throw new ClusterError(`cluster '${name}' is not up: make cluster-up NAME=${name}`);
    }
    context.controlPlanePid();
    return new Cluster(context);
  }

  /**
   * Ends and removes everything of the cluster of that name, dead, alive or half made. False if there was nothing.
   */
  static async remove(name: string, progress: Progress, stateRoot?: string): Promise<boolean> {
    const context = contextOf(name, stateRoot);
    checkMachine();
    return withClusterLock(context.id, () => removeCluster(context, progress));
  }

  /** Removes what this process has made so far in an `up` that it is at; nobody else's. It holds the lock already. */
  static async abandon(name: string, stateRoot?: string): Promise<void> {
    const context = contextOf(name, stateRoot);
    if (making.has(context.id)) await removeCluster(context, () => {});
  }

  get name(): string {
    return this.#context.name;
  }

  /** Name and a hash of the state directory: the marker of everything that belongs to this cluster. */
  get id(): string {
    return this.#context.id;
  }

  /** Everything that the cluster keeps on disk: logs, keys, nodes' directories. */
  get stateDir(): string {
    return this.#context.layout.dir;
  }

  /** Path; its server is https://127.0.0.1:PORT, reachable from the machine's own network namespace. */
  get kubeconfig(): string {
    return this.#context.layout.kubeconfig;
  }

  /** Path of the requests' log, if the cluster was made with `auditLog`. */
  get auditLog(): string {
    return this.#context.layout.auditLog;
  }

  /** In the order of their numbers, also those that are stopped. */
  get nodes(): readonly ClusterNode[] {
    return this.#context.nodes.map((addresses) => new ClusterNode(this.#context, addresses));
  }

  /** Throws ClusterError for a name that no node has. */
  node(name: string): ClusterNode {
    const found = this.nodes.find((node) => node.name === name);
    if (found !== undefined) return found;
    const known = this.nodes.map((node) => node.name).join(', ');
    throw new ClusterError(`cluster '${this.name}' has no node '${name}'; it has: ${known || 'none'}`);
  }

  /** Runs kubectl with this cluster's kubeconfig; resolves with its standard output, rejects when it fails. */
  kubectl(args: readonly string[], stdin?: string): Promise<string> {
    return run([join(this.#context.tools.kubernetes, 'kubectl'), ...args], {
      ...(stdin === undefined ? {} : { stdin }),
      env: {
        ...this.#context.environment(),
        KUBECONFIG: this.kubeconfig,
        KUBECACHEDIR: join(this.stateDir, 'kubectl-cache'),
        // It ends before its garbage matters, and collecting it is a third of its processor time.
        GOGC: '400',
      },
      timeoutMs: 120_000,
    });
  }

  /** Words to put before a command that is to run beside the control plane, and its environment. */
  entrance(): Entrance {
    return {
      argv: [
        'nsenter',
        `--target=${this.#context.controlPlanePid()}`,
        '--net',
        '--mount',
        '--ipc',
        '--pid',
        '--',
      ],
      env: {
        ...this.#context.environment(controlPlane),
        KUBECONFIG: join(this.#context.layout.pki, 'inside.kubeconfig'),
      },
    };
  }

  /** Ends the connections to the API server; the next use makes new ones. */
  close(): void {
    this.#context.close();
  }

  /** Adds the next node while the cluster runs; resolves as `up` does. */
  async addNode(progress: Progress = () => {}): Promise<ClusterNode> {
    const context = this.#context;
    return withClusterLock(context.id, async () => {
      const addresses = nodeAddresses(Math.max(0, ...context.state.nodes) + 1);
      await makeNode(context, addresses);
      context.update({ nodes: [...context.state.nodes, addresses.index] });
      await bootNode(context, addresses);
      await createNodeObject(context, addresses);
      await letNodeGo(context, addresses);
      progress(`${addresses.name}: kubelet answers`);
      const node = new ClusterNode(context, addresses);
      await (context.state.defaultNetwork ? node.waitReady() : node.waitRegistered());
      progress(`${addresses.name}: ${context.state.defaultNetwork ? 'Ready' : 'registered'}`);
      return node;
    });
  }

  /** Imports an image archive into every running node, and into those that start later. */
  async loadImage(archive: string): Promise<void> {
    const context = this.#context;
    await withClusterLock(context.id, async () => {
      const copy = keepArchive(context.layout, archive);
      if (!context.state.images.includes(copy)) context.update({ images: [...context.state.images, copy] });
      const running = this.nodes.filter((node) => node.running);
      await Promise.all(running.map((node) => node.importImage(copy)));
    });
  }

  /** Ends and removes everything of this cluster. */
  async down(progress: Progress = () => {}): Promise<void> {
    await withClusterLock(this.id, () => removeCluster(this.#context, progress));
  }
}

function refuseLive(context: ClusterContext): void {
  if (firstProcess(context.id, controlPlane, 1) === undefined) return;
  // Without that time it is what a killed `up` left: nobody else holds the lock.
  if (readState(context.layout)?.upSince === undefined) return;
  throw new ClusterError(
    `cluster '${context.name}' stands already; use it (make cluster-status NAME=${context.name}), remove it (make cluster-down NAME=${context.name}), or take another name`,
  );
}
