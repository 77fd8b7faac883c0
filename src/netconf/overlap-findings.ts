import { type Finding, finding } from './finding.ts';
import { overlap } from './ip-range.ts';
import type { NetworkFacts, OwnRange } from './network-facts.ts';

/** A network among others. */
export interface ComparedNetwork {
  /** `namespace/name`. */
  readonly label: string;
  /** The CNI name, under which host-local keeps its list of given addresses. */
  readonly name: string;
  readonly facts: NetworkFacts;
}

/**
 * Other networks on a segment of this one that give out the same addresses, each with a list of its own. Two networks
 * with the same CNI name share host-local's list, and whereabouts has one list a range for the whole cluster.
 */
export function overlapFindings(
  network: ComparedNetwork,
  others: readonly ComparedNetwork[],
): readonly Finding[] {
  const { ranges, segments } = network.facts;
  if (ranges.length === 0 || segments.length === 0) return [];
  const near = others.filter(
    (other) =>
      other.label !== network.label && other.facts.segments.some((segment) => segments.includes(segment)),
  );
  return ranges.flatMap((range) => {
    const clash = near.find((other) => clashes(range, network, other));
    if (clash === undefined) return [];
    const message = `pods of network ${clash.label} on the same segment get addresses of this range as well; write disjoint ranges, or let pods use one of the two networks`;
    return [finding('OverlappingNetworks', range.path, message)];
  });
}

function clashes(range: OwnRange, network: ComparedNetwork, other: ComparedNetwork): boolean {
  return other.facts.ranges.some(
    (theirs) =>
      overlap(range, theirs) && addressList(range, network.name) !== addressList(theirs, other.name),
  );
}

/**
 * Where the addresses that were given out are noted: ranges with equal texts are no clash, because whoever gives one out
 * sees what the other has given. `name`: the CNI name of the range's network.
 */
export function addressList({ ipam }: OwnRange, name: string): string {
  return ipam === 'whereabouts' ? ipam : `${ipam} ${name}`;
}
