import type { Cluster } from '../cluster/cluster.ts';
import { waitFor } from '../cluster/wait.ts';
import { addedTraces, countTraces, type NodeTraces, tracesOf } from './node-traces.ts';

/** What has come to the nodes since a moment before the pods. */
export class NodeAudit {
  readonly #cluster: Cluster;
  readonly #before: ReadonlyMap<string, NodeTraces>;

  private constructor(cluster: Cluster, before: ReadonlyMap<string, NodeTraces>) {
    this.#cluster = cluster;
    this.#before = before;
  }

  static async start(cluster: Cluster): Promise<NodeAudit> {
    return new NodeAudit(cluster, await tracesByNode(cluster));
  }

  /** By node's name. */
  async added(): Promise<ReadonlyMap<string, NodeTraces>> {
    const now = await tracesByNode(this.#cluster);
    return new Map(
      [...this.#before].map(([node, before]) => [node, addedTraces(before, now.get(node) ?? before)]),
    );
  }

  /** The same as soon as it is nothing, at the latest after ten seconds. */
  async addedAtLast(): Promise<ReadonlyMap<string, NodeTraces>> {
    const none = async (): Promise<true | undefined> =>
      [...(await this.added()).values()].every((traces) => countTraces(traces) === 0) || undefined;
    // Nobody waits in vain here: what is there then is what there is to tell.
    await waitFor('nothing', { timeoutMs: 10_000, everyMs: 250 }, none).catch(() => undefined);
    return this.added();
  }
}

async function tracesByNode(cluster: Cluster): Promise<ReadonlyMap<string, NodeTraces>> {
  return new Map(
    await Promise.all(cluster.nodes.map(async (node) => [node.name, await tracesOf(node)] as const)),
  );
}
