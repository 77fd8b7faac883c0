import { maxSelectorLength } from '../../../api/label-selector.ts';
import {
  allowedNamespacesAnnotation,
  maxConfigLength,
  type NetworkAttachmentDefinition,
  parseNetworkAttachmentDefinition,
  resourceNameAnnotation,
} from '../../../api/network-attachment-definition.ts';
import { asWeftError, WeftError } from '../../../errors/weft-error.ts';
import { objectKey, type RawObject } from '../../../kube/raw-object.ts';

/** A network, or why it cannot be used: a pod that asks for it must not be told that it is missing. */
export type KnownNetwork = NetworkAttachmentDefinition | WeftError;

/** The annotations of a network that decide something. */
const keptAnnotations: readonly string[] = [allowedNamespacesAnnotation, resourceNameAnnotation];

/** What is kept of a network as the API serves it: its name, what its annotations decide, its configuration. Never throws. */
export function projectNetwork(object: RawObject): KnownNetwork {
  const { name, namespace = '' } = object.metadata;
  try {
    const { metadata, spec } = parseNetworkAttachmentDefinition(object, namespace);
    const length = spec?.config?.length ?? 0;
    if (length > maxConfigLength) {
      const cause = `spec.config has ${length} characters, at most ${maxConfigLength} are allowed`;
      throw new WeftError('NetworkInvalid', { cause });
    }
    const annotations = keptOf(metadata.annotations);
    return {
      metadata: { name: metadata.name, namespace: metadata.namespace, ...(annotations && { annotations }) },
      ...(spec && { spec }),
    };
  } catch (error) {
    const { reason, failure } = asWeftError(error);
    // Without the error underneath, which may hold on to the whole object.
    return new WeftError(reason, { cause: failure.cause, network: objectKey(name, namespace) });
  }
}

function keptOf(annotations: Readonly<Record<string, string>> = {}): Record<string, string> | undefined {
  const kept = keptAnnotations.flatMap((key) => {
    const value = annotations[key];
    // A longer selector is invalid whatever follows.
    return value === undefined ? [] : [[key, value.slice(0, maxSelectorLength + 1)] as const];
  });
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
