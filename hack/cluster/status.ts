import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type ClusterContext, contextOf } from './context.ts';
import { controlPlane } from './identity.ts';
import { defaultStateRoot } from './layout.ts';
import { ClusterNode, readyCondition } from './node.ts';
import { firstProcess } from './processes.ts';

/** How a cluster does. */
export interface ClusterStatus {
  readonly name: string;
  readonly id: string;
  /** up; starting: `up` is at work or was killed; dead: files without processes. */
  readonly state: 'up' | 'starting' | 'dead';
  readonly upSince?: string;
  readonly server: string;
  readonly apiReady: boolean;
  readonly kubeconfig: string;
  readonly nodes: readonly NodeStatus[];
}

/** How a node does. */
export interface NodeStatus {
  readonly name: string;
  readonly running: boolean;
  /** Status of its Ready condition: True, False or Unknown; absent if the API server does not know. */
  readonly ready?: string;
  readonly address: string;
  readonly podCidr: string;
  /** First process, in our namespace. */
  readonly pid?: number;
}

/** Names of the clusters below the directory, dead ones too. */
export function knownClusters(stateRoot: string = defaultStateRoot): readonly string[] {
  if (!existsSync(stateRoot)) return [];
  return readdirSync(stateRoot)
    .filter((name) => existsSync(join(stateRoot, name, 'cluster.json')))
    .sort();
}

/** Throws ClusterError if there is no cluster of that name. */
export async function clusterStatus(name: string, stateRoot?: string): Promise<ClusterStatus> {
  const context = contextOf(name, stateRoot);
  const { state } = context;
  const alive = firstProcess(context.id, controlPlane, 1) !== undefined;
  try {
    const apiReady = alive && (await context.api.healthy('/readyz'));
    return {
      name,
      id: context.id,
      state: !alive ? 'dead' : state.upSince === undefined ? 'starting' : 'up',
      ...(state.upSince === undefined ? {} : { upSince: state.upSince }),
      server: `https://127.0.0.1:${state.port}`,
      apiReady,
      kubeconfig: context.layout.kubeconfig,
      nodes: await nodeStatuses(context, apiReady),
    };
  } finally {
    context.close();
  }
}

function nodeStatuses(context: ClusterContext, apiReady: boolean): Promise<readonly NodeStatus[]> {
  return Promise.all(
    context.nodes.map(async (addresses) => {
      const node = new ClusterNode(context, addresses);
      const ready = apiReady ? readyCondition(await node.object())?.status : undefined;
      const pid = context.nodePid(addresses.name);
      return {
        name: addresses.name,
        running: pid !== undefined,
        ...(ready === undefined ? {} : { ready }),
        address: addresses.address,
        podCidr: addresses.podCidr,
        ...(pid === undefined ? {} : { pid }),
      };
    }),
  );
}
