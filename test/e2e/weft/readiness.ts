import type { Cluster } from '../../../hack/cluster/cluster.ts';
import { eventually } from '../eventually.ts';

/** A node's Ready condition, as kubelet reports it. */
export interface Readiness {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** When the status was last another one, RFC 3339. */
  readonly lastTransitionTime: string;
}

/** The Ready condition of each node. */
export async function readiness(cluster: Cluster): Promise<ReadonlyMap<string, Readiness>> {
  const { items } = JSON.parse(await cluster.kubectl(['get', 'nodes', '--output=json'])) as {
    items: {
      metadata: { name: string };
      status: { conditions: readonly (Readiness & { type: string })[] };
    }[];
  };
  return new Map(
    items.flatMap(({ metadata, status }) => {
      const ready = status.conditions.find(({ type }) => type === 'Ready');
      return ready === undefined ? [] : [[metadata.name, ready] as const];
    }),
  );
}

/** The Ready condition of a node once it has this status. */
export function untilReadiness(cluster: Cluster, node: string, status: string): Promise<Readiness> {
  // kubelet looks every 5 s and writes every 10 s.
  return eventually(`Ready=${status} of ${node}`, 60_000, async () => {
    const seen = (await readiness(cluster)).get(node);
    if (seen?.status !== status) throw new Error(JSON.stringify(seen));
    return seen;
  });
}

/** How often kubelet has said of a node that it became NotReady. */
export async function notReadyEvents(cluster: Cluster): Promise<number> {
  const { items } = JSON.parse(
    await cluster.kubectl([
      ...['get', 'events', '--all-namespaces', '--output=json'],
      '--field-selector=involvedObject.kind=Node,reason=NodeNotReady',
    ]),
  ) as { items: { count?: number }[] };
  return items.reduce((sum, { count }) => sum + (count ?? 1), 0);
}
