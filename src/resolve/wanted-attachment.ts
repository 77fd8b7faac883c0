import type { NetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import { networkReference } from '../api/network-reference.ts';
import type { WeftConfigSpec } from '../api/weft-config.ts';
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

/** Namespace of a request that names no pod. */
const namespaceWithoutPod = 'default';

/** What a pod shall have. */
export interface WantedNetworks {
  /** What takes the place of the node's default network; undefined: nothing does. */
  readonly first: NetworkSelection | undefined;
  /** The additional ones in the order of attaching. */
  readonly additional: readonly NetworkSelection[];
  /** Plain sentences. */
  readonly warnings: readonly string[];
}

/**
 * The networks of a pod: those that WeftConfig gives to every pod, then those of the annotation (NPWG-109), and before
 * them what replaces the default network (NPWG-240). Isolation binds the annotations only: WeftConfig is the cluster
 * administrator's word.
 *
 * InvalidAnnotation, NetworkForbidden, TooManyAttachments.
 */
export function wantedNetworks(snapshot: Pick<Snapshot, 'pod' | 'annotations' | 'config'>): WantedNetworks {
  const { annotations, config } = snapshot;
  const namespace = snapshot.pod?.namespace ?? namespaceWithoutPod;
  const asked = parseNetworksAnnotation(annotations[networksAnnotation], namespace);
  const replaced = parseDefaultNetworkAnnotation(
    annotations[defaultNetworkAnnotation],
    config.defaultNetworkNamespace,
  );
  for (const selection of asked.selections)
    refuseForeign(selection, namespace, config.isolation.globalNamespaces, config);
  const first = replaced?.selection;
  if (first !== undefined) refuseForeign(first, namespace, defaultNamespaces(config), config);
  refuseSecondRoute(first, asked.selections);
  // Multus has them on no pod of the system, so that nothing that the cluster lives on depends on them (NPWG-328).
  const given = config.systemNamespaces.includes(namespace) ? [] : config.defaultNetworks.map(configured);
  const additional = [...given, ...asked.selections];
  refuseTooMany(additional.length + 1);
  return { first, additional, warnings: [...(replaced?.warnings ?? []), ...asked.warnings] };
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

/**
 * In Multus this annotation passes isolation by. Here it is bound by it, and may name what the administrator keeps for
 * it: the networks of the namespace in which it looks up bare names.
 */
function defaultNamespaces({ isolation, defaultNetworkNamespace }: WeftConfigSpec): readonly string[] {
  return [...isolation.globalNamespaces, defaultNetworkNamespace];
}

function refuseForeign(
  selection: NetworkSelection,
  podNamespace: string,
  allowed: readonly string[],
  { isolation }: WeftConfigSpec,
): void {
  if (!isolation.enabled || selection.namespace === podNamespace) return;
  if (allowed.includes(selection.namespace)) return;
  throw new WeftError('NetworkForbidden', {
    network: networkLabel(selection),
    step: 'check namespace isolation',
    cause: `a pod of namespace ${podNamespace} may not use networks of namespace ${selection.namespace}`,
  });
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
