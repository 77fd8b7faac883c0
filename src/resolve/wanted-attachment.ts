import type { NetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import type { Isolation } from '../api/weft-config.ts';
import { maxAttachments } from '../attachment/plan.ts';
import { WeftError } from '../errors/weft-error.ts';
import { networksAnnotation } from '../selection/invalid-annotation.ts';
import type { NetworkSelection, Selections } from '../selection/network-selection.ts';
import { parseNetworksAnnotation } from '../selection/networks-annotation.ts';
import type { Snapshot } from './snapshot.ts';

/** Namespace of a request that names no pod. */
const namespaceWithoutPod = 'default';

/**
 * The additional networks of a pod, in the order of attaching: those that WeftConfig gives to every pod, then those of
 * the annotation (NPWG-109). Isolation binds the annotation only: WeftConfig is the cluster administrator's word.
 *
 * InvalidAnnotation, NetworkForbidden, TooManyAttachments.
 */
export function additionalNetworks(snapshot: Pick<Snapshot, 'pod' | 'annotations' | 'config'>): Selections {
  const namespace = snapshot.pod?.namespace ?? namespaceWithoutPod;
  const asked = parseNetworksAnnotation(snapshot.annotations[networksAnnotation], namespace);
  for (const selection of asked.selections) refuseForeign(selection, namespace, snapshot.config.isolation);
  const selections = [...snapshot.config.defaultNetworks.map(configured), ...asked.selections];
  if (selections.length + 1 > maxAttachments) {
    throw new WeftError('TooManyAttachments', {
      step: 'count the attachments',
      cause: `with the default network there would be ${selections.length + 1}, at most ${maxAttachments} are allowed`,
    });
  }
  return { selections, warnings: asked.warnings };
}

/** The object that a selection names; NetworkNotFound says who named it. */
export function nadOf(selection: NetworkSelection, snapshot: Snapshot): NetworkAttachmentDefinition {
  const nad = snapshot.networks(selection.namespace, selection.name);
  if (nad !== undefined) return nad;
  throw new WeftError('NetworkNotFound', {
    network: `${selection.namespace}/${selection.name}`,
    step: 'look up the network',
    cause: `${selection.where} names a NetworkAttachmentDefinition that does not exist`,
  });
}

function configured(reference: string, index: number): NetworkSelection {
  const [namespace = '', name = ''] = reference.split('/');
  return { where: `WeftConfig spec.defaultNetworks[${index}]`, namespace, name };
}

function refuseForeign(selection: NetworkSelection, podNamespace: string, isolation: Isolation): void {
  if (!isolation.enabled || selection.namespace === podNamespace) return;
  if (isolation.globalNamespaces.includes(selection.namespace)) return;
  throw new WeftError('NetworkForbidden', {
    network: `${selection.namespace}/${selection.name}`,
    step: 'check namespace isolation',
    cause: `a pod of namespace ${podNamespace} may not use networks of namespace ${selection.namespace}`,
  });
}
