import type { NodePod } from '../sources/kube/node-pod.ts';

/**
 * True for a pod that another meta-plugin attached before weft was there, Multus for one: it has a network-status and
 * weft has never said anything about it. Its networks are there, and its DEL is weft's (DESIGN §3.4, DEL without a
 * record).
 */
export function isAttachedByOthers({ networkStatus, condition }: NodePod): boolean {
  if (networkStatus === undefined || condition !== undefined) return false;
  try {
    const entries: unknown = JSON.parse(networkStatus);
    return Array.isArray(entries) && entries.length > 0;
  } catch {
    return false;
  }
}
