import type { WeftConfigSpec } from '../../api/weft-config.ts';
import type { ListedPod } from '../pods/listed-pod.ts';
import { askedNetworks } from '../pods/pod-networks.ts';
import { outdatedNetworks } from '../pods/pod-view.ts';
import type { NetworkContext, PodName } from './network-view.ts';

/** Which pods use which network, and which of them were attached with another configuration of it. */
export function podUses(
  pods: readonly ListedPod[],
  config: WeftConfigSpec,
  /** As PodContext. */
  hashes: ReadonlyMap<string, string>,
): Pick<NetworkContext, 'users' | 'outdated'> {
  const users = new Map<string, PodName[]>();
  const outdated = new Map<string, PodName[]>();
  for (const pod of pods) {
    const networks = askedNetworks(pod, config).asked.map(({ network }) => network);
    for (const network of new Set(networks)) add(users, network, pod);
    for (const network of outdatedNetworks(pod, { hashes })) add(outdated, network, pod);
  }
  return { users: (network) => users.get(network) ?? [], outdated: (network) => outdated.get(network) ?? [] };
}

function add(map: Map<string, PodName[]>, network: string, { namespace, name }: PodName): void {
  const known = map.get(network);
  if (known === undefined) map.set(network, [{ namespace, name }]);
  else known.push({ namespace, name });
}
