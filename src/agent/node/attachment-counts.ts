import type { NetworkAttachments, NodeAttachments } from '../../api/weft-node.ts';
import { maxListed } from '../../api/weft-node-limits.ts';
import type { RecordedNetwork } from '../sources/pod-record.ts';
import { byBytes } from '../sources/stamped-directory.ts';

/** Hash of a network's configuration today, by `namespace/name`; undefined: it is gone, or not known. */
export type CurrentHash = (network: string) => string | undefined;

/** Counts the attachments of a node by network, in the order of names. */
export function countAttachments(
  attached: Iterable<RecordedNetwork>,
  currentHash: CurrentHash,
): NodeAttachments {
  const counts = new Map<string, { count: number; outdated: number; readonly now: string | undefined }>();
  for (const { network, hash } of attached) {
    const known = counts.get(network) ?? { count: 0, outdated: 0, now: currentHash(network) };
    known.count += 1;
    if (hash !== '' && known.now !== undefined && known.now !== hash) known.outdated += 1;
    counts.set(network, known);
  }
  const networks = [...counts].map(([network, { count, outdated }]) => ({ network, count, outdated }));
  return {
    count: sum(networks, 'count'),
    outdated: sum(networks, 'outdated'),
    ...(networks.length > 0 && { networks: largest(networks) }),
  };
}

function sum(networks: readonly NetworkAttachments[], field: 'count' | 'outdated'): number {
  return networks.reduce((total, network) => total + network[field], 0);
}

function largest(networks: readonly NetworkAttachments[]): readonly NetworkAttachments[] {
  return networks
    .toSorted((one, other) => other.count - one.count || byBytes(one.network, other.network))
    .slice(0, maxListed)
    .sort((one, other) => byBytes(one.network, other.network));
}
