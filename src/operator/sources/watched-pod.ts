import type { RawObject } from '../../kube/raw-object.ts';
import { type PodRequest, podRequest } from '../networks/pod-request.ts';

/** What is kept of a pod that uses networks, or will. */
export interface WatchedPod extends PodRequest {
  readonly uid: string;
  /** '': it has none yet. */
  readonly node: string;
}

/** undefined for pods that use no networks, or none any more. Never throws. */
export function projectPod(object: RawObject): WatchedPod | undefined {
  const request = podRequest(object);
  if (request === undefined) return undefined;
  const { nodeName = '' } = (object['spec'] ?? {}) as { readonly nodeName?: string };
  return { ...request, uid: object.metadata.uid ?? '', node: nodeName };
}
