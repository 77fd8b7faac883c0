import type { NetworkList } from '../cni/network-list.ts';

/** What a runtime must hand over so that every plugin of the chain gets it (CNI-238): sorted, without repetition. */
export function capabilitiesOf(network: NetworkList): readonly string[] {
  return [...new Set(network.plugins.flatMap(({ capabilities }) => capabilities))].toSorted();
}
