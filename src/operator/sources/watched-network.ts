import type { RawNetworkAttachmentDefinition } from '../../api/network-attachment-definition.schema.ts';
import {
  parseNetworkAttachmentDefinition,
  resourceNameAnnotation,
} from '../../api/network-attachment-definition.ts';
import type { NetworkAttachmentDefinitionStatus } from '../../api/network-attachment-definition-status.schema.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import { objectFindings } from '../../netconf/object-findings.ts';

/** What is kept of a network. Its resource version is not: a change of that alone is no news. */
export interface WatchedNetwork extends RawNetworkAttachmentDefinition {
  readonly metadata: RawNetworkAttachmentDefinition['metadata'] & {
    readonly namespace: string;
    readonly uid: string;
    /** 0: the server counts none. */
    readonly generation: number;
  };
  /** As it is in the object; another product's may be anything. Absent: there is none. */
  readonly status?: NetworkAttachmentDefinitionStatus;
  /** Why the object cannot be used whatever is in its configuration; then there is no `spec`. */
  readonly fault?: string;
}

/** Never throws. */
export function projectNetwork(object: RawObject): WatchedNetwork {
  const { name, namespace = '', uid = '' } = object.metadata;
  const generation = Number(object.metadata['generation'] ?? 0);
  const status = object['status'] as NetworkAttachmentDefinitionStatus | undefined;
  const annotations = keptAnnotations(object.metadata['annotations']);
  const kept = {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace, uid, generation, ...(annotations && { annotations }) },
    ...(typeof status === 'object' && status !== null && { status }),
  } as const;
  // What is not kept is not judged later: a configuration may be a megabyte.
  const fault = objectFindings(object).find(({ code }) => code === 'InvalidObject');
  if (fault !== undefined) return { ...kept, fault: `${fault.path}: ${fault.message}` };
  const { spec } = parseNetworkAttachmentDefinition(object, 'default');
  return { ...kept, ...(spec && { spec }) };
}

/** Ours and the device plugins'; above all not what kubectl keeps for itself, which is the object once more. */
function keptAnnotations(annotations: unknown): Record<string, string> | undefined {
  const kept = Object.entries((annotations ?? {}) as Record<string, unknown>).filter(
    (entry): entry is [string, string] =>
      (entry[0] === resourceNameAnnotation || entry[0].startsWith('weft.dev/')) &&
      typeof entry[1] === 'string',
  );
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
