import { asWeftError } from '../../errors/weft-error.ts';
import { refuseUnfit } from '../../resolve/fitness.ts';
import { type NetworkSelection, networkLabel } from '../../selection/network-selection.ts';
import type { ClusterView } from './cluster-view.ts';

/**
 * What keeps a pod from starting as the networks are now, a sentence each: a network that is not there, that cannot be used,
 * that no node can attach, or that does not take what the pod asks of it. Nothing to refuse a pod for: networks may come and
 * change until it starts, and what is known of them here is some milliseconds old. In the order of the request, each once.
 */
export function obstacles(selections: readonly NetworkSelection[], view: View): readonly string[] {
  const said = selections.flatMap((selection) => {
    const obstacle = obstacleOf(selection, view);
    return obstacle === undefined ? [] : [`${obstacle}; until then the pod does not start`];
  });
  return [...new Set(said)];
}

type View = Pick<ClusterView, 'config' | 'networks' | 'unavailable'>;

function obstacleOf(selection: NetworkSelection, view: View): string | undefined {
  const { namespace, name } = selection;
  const nad = view.networks(namespace, name);
  if (nad === undefined) return `network ${networkLabel(selection)} does not exist yet`;
  try {
    refuseUnfit(selection, nad, view.config().tenancy);
  } catch (error) {
    return asWeftError(error).message;
  }
  const lack = view.unavailable(namespace, name);
  return lack === undefined
    ? undefined
    : `network ${networkLabel(selection)} can be attached on no node: ${lack}`;
}
