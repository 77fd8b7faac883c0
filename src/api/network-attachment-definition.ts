import { WeftError } from '../errors/weft-error.ts';
import { isLabel } from './dns-name.ts';
import { validateNetworkAttachmentDefinition } from './network-attachment-definition.generated.js';
import type { RawNetworkAttachmentDefinition } from './network-attachment-definition.schema.ts';
import { shown, violation } from './schema-validator.ts';

/** The parts of `k8s.cni.cncf.io/v1` NetworkAttachmentDefinition (NAD) that weft reads. Everything else is tolerated. */
export interface NetworkAttachmentDefinition {
  readonly metadata: NadMetadata;
  /** Optional by NPWG-005, and so is what is in it. */
  readonly spec?: NadSpec;
}

/** Annotation of a NAD: its attachments use devices that the kubelet allocates under this resource name (NPWG-188). */
export const resourceNameAnnotation = 'k8s.v1.cni.cncf.io/resourceName';

/**
 * Annotation of a NAD: a label selector for the namespaces whose pods may use it too, where isolation keeps namespaces
 * to their own networks.
 */
export const allowedNamespacesAnnotation = 'weft.dev/allowed-namespaces';

/**
 * Longest configuration that is taken in, in UTF-16 units. Real ones have some kilobytes; anybody who may create networks
 * could otherwise fill the memory of every agent, as the API server takes more than a megabyte.
 */
export const maxConfigLength = 65_536;

interface NadMetadata {
  readonly name: string;
  /** Where the document names none, the default namespace that its source has. */
  readonly namespace: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

interface NadSpec {
  /** A CNI configuration or list as text. Absent and '' both mean: look it up on the node's disk (NPWG-006, 020). */
  readonly config?: string;
}

/**
 * Checks one parsed document and keeps what weft reads. NetworkInvalid names object and field. What is in
 * `spec.config` is not looked at: a pod that does not ask for the network must not suffer from it.
 */
export function parseNetworkAttachmentDefinition(
  document: unknown,
  defaultNamespace: string,
): NetworkAttachmentDefinition {
  const fault = violation(validateNetworkAttachmentDefinition, document);
  if (fault !== undefined) throw new WeftError('NetworkInvalid', { cause: fault, network: nameOf(document) });
  const { metadata, spec } = document as RawNetworkAttachmentDefinition;
  const namespace = metadata.namespace || defaultNamespace;
  if (!isLabel(namespace)) {
    const cause = `metadata.namespace ${shown(namespace)} is not a namespace's name`;
    throw new WeftError('NetworkInvalid', { cause, network: metadata.name });
  }
  return {
    metadata: {
      name: metadata.name,
      namespace,
      ...(metadata.annotations && { annotations: metadata.annotations }),
    },
    ...(spec && { spec: spec.config === undefined ? {} : { config: spec.config } }),
  };
}

/** The resource whose devices the network's attachments use; undefined: it needs none. */
export function resourceNameOf({ metadata }: NetworkAttachmentDefinition): string | undefined {
  return metadata.annotations?.[resourceNameAnnotation] || undefined;
}

/** How the user knows a document that may be anything. */
function nameOf(document: unknown): string | undefined {
  const metadata = (document as { metadata?: { name?: unknown; namespace?: unknown } } | null)?.metadata;
  if (typeof metadata?.name !== 'string') return undefined;
  return typeof metadata.namespace === 'string' ? `${metadata.namespace}/${metadata.name}` : metadata.name;
}
