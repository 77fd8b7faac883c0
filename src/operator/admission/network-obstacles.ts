import { inheritedVersion } from '../../cni/version.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import { networkOf } from '../../netconf/network-of.ts';
import { runtimeConfigFor } from '../../resolve/runtime-config.ts';
import { refuseRestricted } from '../../resolve/tenancy.ts';
import { type NetworkSelection, networkLabel } from '../../selection/network-selection.ts';
import type { ClusterView } from './cluster-view.ts';

/** Of nodes whose runtime speaks the newest; older ones differ in nothing that matters here. */
const cniVersion = inheritedVersion('1.1.0');

/**
 * What keeps a pod from starting as the networks are now, a sentence each: a network that is not there, that cannot be used,
 * or that does not take what the pod asks of it. Nothing to refuse a pod for: networks may come and change until it starts,
 * and what is known of them here is some milliseconds old. In the order of the request, each once.
 */
export function obstacles(
  selections: readonly NetworkSelection[],
  view: Pick<ClusterView, 'config' | 'networks'>,
): readonly string[] {
  return [...new Set(selections.flatMap((selection) => obstacle(selection, view) ?? []))];
}

function obstacle(
  selection: NetworkSelection,
  { config, networks }: Pick<ClusterView, 'config' | 'networks'>,
): string | undefined {
  const nad = networks(selection.namespace, selection.name);
  if (nad === undefined) {
    return `network ${networkLabel(selection)} does not exist yet, and the pod does not start until it does`;
  }
  // Its configuration is a file of each node.
  if ((nad.spec?.config ?? '') === '') return undefined;
  try {
    const { network } = networkOf(nad, [], cniVersion);
    refuseRestricted(selection, network, config().tenancy);
    runtimeConfigFor(selection, network, new Map());
    return undefined;
  } catch (error) {
    return `${asWeftError(error).message}; until then the pod does not start`;
  }
}
