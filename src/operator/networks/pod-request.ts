import { asksForNetworks, requestAnnotations } from '../../selection/asks-for-networks.ts';

/** What of a pod decides which networks it uses; what the informer over all pods keeps for it. */
export interface PodRequest {
  readonly namespace: string;
  readonly name: string;
  /** Those annotations that ask for networks; undefined: the pod has none of them. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** The parts of a pod that are looked at; anything may be missing. */
interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly hostNetwork?: boolean };
  readonly status?: { readonly phase?: string };
}

/**
 * The request of a pod that uses networks, or will when it starts. undefined for pods of the host's network, for those
 * that have finished, and for those that are being deleted: what they had is torn down without the network (DESIGN §1,
 * rule 3).
 */
export function podRequest(pod: PodObject): PodRequest | undefined {
  const { metadata, spec, status } = pod;
  if (spec?.hostNetwork === true || metadata.deletionTimestamp !== undefined) return undefined;
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined;
  const { name, namespace = '', annotations = {} } = metadata;
  if (!asksForNetworks(annotations)) return { namespace, name };
  const kept = requestAnnotations.flatMap((key) => {
    const value = annotations[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return { namespace, name, annotations: Object.fromEntries(kept) };
}
