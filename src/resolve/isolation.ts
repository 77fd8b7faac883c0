import { allowedNamespacesAnnotation } from '../api/network-attachment-definition.ts';
import type { Isolation } from '../api/weft-config.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { type Access, accessOf } from '../netconf/network-access.ts';
import { type NetworkSelection, networkLabel } from '../selection/network-selection.ts';
import type { NetworkLookup, Snapshot } from './snapshot.ts';
import { podNamespace, type WantedNetworks } from './wanted-attachment.ts';

/** What decides who may use what. */
export type IsolationInputs = Pick<Snapshot, 'pod' | 'config' | 'networks' | 'namespaceLabels'>;

/** A network that a pod asks for, and the isolation that binds this request. */
interface Asked {
  readonly selection: NetworkSelection;
  readonly isolation: Isolation;
}

/**
 * True if the labels of the pod's namespace decide, so that somebody has to be asked for them. Of a network that cannot
 * be used `resolve` tells, in its turn.
 */
export function needsNamespaceLabels(
  wanted: WantedNetworks,
  inputs: Omit<IsolationInputs, 'namespaceLabels'>,
): boolean {
  return askedBy(wanted, inputs).some((asked) => {
    try {
      return accessFor(asked, inputs).verdict === 'labels';
    } catch {
      return false;
    }
  });
}

/**
 * Isolation binds what the pod asks for: WeftConfig's networks are the cluster administrator's word.
 *
 * NetworkForbidden, also for a foreign network that does not exist: who may not use it is not told. What `networks` or
 * `namespaceLabels` have instead of an answer is thrown.
 */
export function refuseForeign(wanted: WantedNetworks, inputs: IsolationInputs): void {
  const { namespaceLabels } = inputs;
  for (const asked of askedBy(wanted, inputs)) {
    const access = accessFor(asked, inputs);
    if (access.verdict === 'granted') continue;
    if (access.verdict === 'refused') throw forbidden(asked.selection, inputs, access.problem);
    if (!(namespaceLabels instanceof WeftError)) throw unknownLabels(asked.selection, inputs);
    throw namespaceLabels.within({
      network: networkLabel(asked.selection),
      step: 'check namespace isolation',
    });
  }
}

function askedBy({ first, asked }: WantedNetworks, { config }: Pick<Snapshot, 'config'>): readonly Asked[] {
  const { isolation } = config;
  const additional = asked.map((selection) => ({ selection, isolation }));
  if (first === undefined) return additional;
  // In Multus this annotation passes isolation by. Here it is bound by it, and may name what the administrator keeps
  // for it: the networks of the namespace in which it looks up bare names.
  const globalNamespaces = [...isolation.globalNamespaces, config.defaultNetworkNamespace];
  return [{ selection: first, isolation: { ...isolation, globalNamespaces } }, ...additional];
}

/** Without isolation, and for near networks, nothing is looked up. */
function accessFor({ selection, isolation }: Asked, inputs: IsolationInputs): Access {
  const { networks, namespaceLabels } = inputs;
  const { namespace, name } = selection;
  const labels = namespaceLabels instanceof WeftError ? undefined : namespaceLabels;
  const pod = { namespace: podNamespace(inputs), labels };
  const closed = accessOf(isolation, pod, { namespace });
  if (closed.verdict === 'granted') return closed;
  return accessOf(isolation, pod, { namespace, annotations: annotationsOf(networks, namespace, name) });
}

/** A foreign network that cannot be used is as closed as one that does not exist: strangers are not told which it is. */
function annotationsOf(
  networks: NetworkLookup,
  namespace: string,
  name: string,
): Readonly<Record<string, string>> | undefined {
  try {
    return networks(namespace, name)?.metadata.annotations;
  } catch (error) {
    const ours = asWeftError(error);
    // Nothing is known of it now, which passes.
    if (ours.reason.startsWith('Api')) throw ours;
    return undefined;
  }
}

function forbidden(
  selection: NetworkSelection,
  inputs: IsolationInputs,
  problem: string | undefined,
): WeftError {
  const pair = `a pod of namespace ${podNamespace(inputs)} may not use networks of namespace ${selection.namespace}`;
  return new WeftError('NetworkForbidden', {
    network: networkLabel(selection),
    step: 'check namespace isolation',
    ...(problem === undefined
      ? { cause: pair }
      : {
          cause: `its annotation ${allowedNamespacesAnnotation} ${problem}, so that it is open to nobody`,
          remedy: 'correct the annotation of the network',
        }),
  });
}

/** A network has begun to open itself by a selector after the labels were asked for. */
function unknownLabels(selection: NetworkSelection, inputs: IsolationInputs): WeftError {
  return new WeftError('ApiUnreachable', {
    network: networkLabel(selection),
    step: 'check namespace isolation',
    cause: `the labels of namespace ${podNamespace(inputs)} are not known`,
  });
}
