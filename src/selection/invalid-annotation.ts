import { WeftError } from '../errors/weft-error.ts';

/** The pod annotation that selects networks (NPWG-040). */
export const networksAnnotation = 'k8s.v1.cni.cncf.io/networks';

/** `cause` starts with the element and key, such as `[1].ips[0]`, and shows the value. */
export function invalidAnnotation(cause: string): WeftError {
  return new WeftError('InvalidAnnotation', { step: `annotation ${networksAnnotation}`, cause });
}
