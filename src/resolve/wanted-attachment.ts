import type { NetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import { networkReference } from '../api/network-reference.ts';
import { maxAttachments } from '../attachment/plan.ts';
import { WeftError } from '../errors/weft-error.ts';
import {
  defaultNetworkAnnotation,
  parseDefaultNetworkAnnotation,
} from '../selection/default-network-annotation.ts';
import { invalidAnnotation, networksAnnotation } from '../selection/invalid-annotation.ts';
import { type NetworkSelection, networkLabel } from '../selection/network-selection.ts';
import { parseNetworksAnnotation } from '../selection/networks-annotation.ts';
import type { Snapshot } from './snapshot.ts';

/** What a pod shall have. */
export interface WantedNetworks {
  /** What takes the place of the node's default network; undefined: nothing does. */
  readonly first: NetworkSelection | undefined;
  /** The additional ones in the order of attaching. */
  readonly additional: readonly NetworkSelection[];
  /** Those of `additional` that the pod itself asks for. */
  readonly asked: readonly NetworkSelection[];
  /** Plain sentences. */
  readonly warnings: readonly string[];
}

/**
 * The networks of a pod: those that WeftConfig gives to every pod, then those of the annotation (NPWG-109), and before
 * them what replaces the default network (NPWG-240). Whether the pod may have them is not looked at.
 *
 * InvalidAnnotation, TooManyAttachments.
 */
export function wantedNetworks(snapshot: Pick<Snapshot, 'pod' | 'annotations' | 'config'>): WantedNetworks {
  const { annotations, config } = snapshot;
  const namespace = podNamespace(snapshot);
  const asked = parseNetworksAnnotation(annotations[networksAnnotation], namespace);
  const replaced = parseDefaultNetworkAnnotation(
    annotations[defaultNetworkAnnotation],
    config.defaultNetworkNamespace,
  );
  const first = replaced?.selection;
  refuseSecondRoute(first, asked.selections);
  // Multus has them on no pod of the system, so that nothing that the cluster lives on depends on them (NPWG-328).
  const given = config.systemNamespaces.includes(namespace) ? [] : config.defaultNetworks.map(configured);
  const additional = [...given, ...asked.selections];
  refuseTooMany(additional.length + 1);
  const warnings = [...(replaced?.warnings ?? []), ...asked.warnings];
  return { first, additional, asked: asked.selections, warnings };
}

/** Of a request that names no pod, `default`. */
export function podNamespace({ pod }: Pick<Snapshot, 'pod'>): string {
  return pod?.namespace ?? 'default';
}

/** The object that a selection names; NetworkNotFound says who named it. */
export function nadOf(selection: NetworkSelection, snapshot: Snapshot): NetworkAttachmentDefinition {
  const nad = snapshot.networks(selection.namespace, selection.name);
  if (nad !== undefined) return nad;
  throw new WeftError('NetworkNotFound', {
    network: networkLabel(selection),
    step: 'look up the network',
    cause: `${selection.where} names a NetworkAttachmentDefinition that does not exist`,
  });
}

function configured(text: string, index: number): NetworkSelection {
  const reference = networkReference(text);
  const where = `WeftConfig spec.defaultNetworks[${index}]`;
  const { namespace, name } = reference.kind === 'nad' ? reference : { namespace: '', name: text };
  return { where, namespace, name };
}

/** A pod has one default route, whichever annotation asks for it (NPWG-087, 319). */
function refuseSecondRoute(first: NetworkSelection | undefined, asked: readonly NetworkSelection[]): void {
  const second = asked.find(({ defaultRoute }) => defaultRoute !== undefined);
  if (first?.defaultRoute === undefined || second === undefined) return;
  throw invalidAnnotation(`${second.where}.default-route: ${first.where} has the key already`);
}

function refuseTooMany(count: number): void {
  if (count <= maxAttachments) return;
  throw new WeftError('TooManyAttachments', {
    step: 'count the attachments',
    cause: `with the default network there would be ${count}, at most ${maxAttachments} are allowed`,
  });
}
