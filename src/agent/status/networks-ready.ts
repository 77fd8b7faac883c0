import { fitMessage, WeftError } from '../../errors/weft-error.ts';
import { defaultNetworkAnnotation } from '../../selection/default-network-annotation.ts';
import { networksAnnotation } from '../../selection/invalid-annotation.ts';
import { networkLabel } from '../../selection/network-selection.ts';
import { parseNetworksAnnotation } from '../../selection/networks-annotation.ts';
import type { NodePod } from '../sources/kube/node-pod.ts';

/** What the condition `weft.dev/NetworksReady` shall say. */
export interface Verdict {
  readonly status: 'True' | 'False';
  /** `Attached`, or a name of the registry in src/errors. */
  readonly reason: string;
  /** Under 300 characters. */
  readonly message: string;
}

/** Why an ADD gave a pod nothing. */
export interface AttachFailure {
  readonly reason: string;
  /** As the runtime was told. */
  readonly message: string;
}

/** `own`: the pod's entries of `network-status`, a JSON list. */
export function attachedVerdict(own: string): Verdict {
  const entries = JSON.parse(own) as readonly { readonly name: string; readonly interface?: string }[];
  const places = entries.map((entry) => entry.interface ?? entry.name);
  return { status: 'True', reason: 'Attached', message: fitMessage(`attached: ${places.join(', ')}`) };
}

export function failedVerdict({ reason, message }: AttachFailure): Verdict {
  // What a plugin of another version says must not make the API server refuse the whole condition.
  const valid = /^[A-Za-z][A-Za-z0-9]{0,99}$/.test(reason);
  return { status: 'False', reason: valid ? reason : 'Internal', message: fitMessage(message) };
}

/** For a pod that runs without the networks that it asks for. */
export function notAttachedVerdict(pod: NodePod): Verdict {
  const error = new WeftError('NotAttached', {
    network: networksOf(pod) ?? pod.annotations[networksAnnotation],
    step: 'ADD',
    cause: 'the pod runs without its networks: it was started without weft, or its record is lost',
    remedy: 'delete the pod so that it is attached anew',
  });
  return { status: 'False', reason: error.reason, message: error.message };
}

/** True for a pod that runs and asks for networks of its own (DESIGN §3.5): one that must have a record. */
export function mustBeAttached(pod: NodePod): boolean {
  if (pod.hostNetwork || !pod.started || pod.finished || pod.deleting) return false;
  return pod.annotations[defaultNetworkAnnotation] !== undefined || networksOf(pod) !== '';
}

/** The names that the annotation has, parted by commas; '' for none, undefined where it breaks the grammar. */
export function networksOf({ annotations, namespace }: NodePod): string | undefined {
  try {
    const { selections } = parseNetworksAnnotation(annotations[networksAnnotation], namespace);
    const instead = annotations[defaultNetworkAnnotation];
    return [...(instead === undefined ? [] : [instead]), ...selections.map(networkLabel)].join(', ');
  } catch {
    return undefined;
  }
}
