import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ClusterTools } from '../toolchain/tools.ts';
import type { NodeAddresses } from './addresses.ts';
import { nodeAddresses } from './addresses.ts';
import { ApiClient } from './api-client.ts';
import { ClusterError } from './cluster-error.ts';
import { type ClusterState, readState, writeState } from './cluster-state.ts';
import { markedEnvironment } from './environment.ts';
import { checkedName, clusterId, controlPlane } from './identity.ts';
import { defaultStateRoot, type Layout, layoutOf } from './layout.ts';
import { routes, runBatch } from './network.ts';
import { firstProcess } from './processes.ts';

/**
 * What cluster and nodes share. It keeps nothing in memory that another command could change: nodes and processes are
 * looked up each time.
 */
export class ClusterContext {
  readonly id: string;
  readonly name: string;
  readonly layout: Layout;
  #api: ApiClient | undefined;

  constructor(id: string, name: string, layout: Layout) {
    this.id = id;
    this.name = name;
    this.layout = layout;
  }

  /** Throws ClusterError if there is none. */
  get state(): ClusterState {
    const state = readState(this.layout);
    if (state === undefined) throw new ClusterError(`there is no cluster '${this.name}': ${this.layout.dir}`);
    return state;
  }

  /** Changes the state on disk. */
  update(change: Partial<ClusterState>): void {
    writeState(this.layout, { ...this.state, ...change });
  }

  get tools(): ClusterTools {
    return this.state.tools;
  }

  /** Environment for a process of the cluster, or of one of its nodes. */
  environment(node?: string): Readonly<Record<string, string>> {
    return markedEnvironment(this.id, readState(this.layout)?.tools, node);
  }

  /** All nodes, also those that do not run. */
  get nodes(): readonly NodeAddresses[] {
    return this.state.nodes.map((index) => nodeAddresses(index));
  }

  /** First process of the control plane. Throws ClusterError if the cluster does not run. */
  controlPlanePid(): number {
    const pid = firstProcess(this.id, controlPlane, 1);
    if (pid === undefined) {
      throw new ClusterError(`cluster '${this.name}' does not run: make cluster-up NAME=${this.name}`);
    }
    return pid;
  }

  /** First process of a node; undefined if it does not run. */
  nodePid(node: string): number | undefined {
    return firstProcess(this.id, node, 2);
  }

  /** Access as administrator through the port on 127.0.0.1. */
  get api(): ApiClient {
    const pem = (file: string): string => readFileSync(join(this.layout.pki, file), 'utf8');
    this.#api ??= new ApiClient(`https://127.0.0.1:${this.state.port}`, {
      ca: pem('ca.crt'),
      cert: pem('admin.crt'),
      key: pem('admin.key'),
    });
    return this.#api;
  }

  /** Ends the connections to the API server; the next use of `api` makes new ones. */
  close(): void {
    this.#api?.close();
    this.#api = undefined;
  }

  /** Brings the routes of control plane and running nodes up to date. */
  async syncRoutes(): Promise<void> {
    const nodes = this.nodes;
    const running = nodes.flatMap((node) => {
      const pid = this.nodePid(node.name);
      return pid === undefined ? [] : [{ node, pid }];
    });
    const env = this.environment();
    const addresses = running.map((entry) => entry.node);
    await Promise.all([
      runBatch(this.controlPlanePid(), routes(undefined, nodes, addresses), env, true),
      // A node that starts at the same time has no link yet: it gets its routes when it has.
      ...running.map((entry) => runBatch(entry.pid, routes(entry.node, nodes, addresses), env, true)),
    ]);
  }
}

/** The context of the cluster of that name, whether it is there or not. Throws ClusterError for an impossible name. */
export function contextOf(name: string, stateRoot: string = defaultStateRoot): ClusterContext {
  checkedName(name);
  const wanted = resolve(stateRoot);
  // The id must be the same however the directory is spelled.
  const root = existsSync(wanted) ? realpathSync(wanted) : wanted;
  const dir = join(root, name);
  return new ClusterContext(clusterId(name, dir), name, layoutOf(dir));
}
