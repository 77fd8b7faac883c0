import { defaultNetworkAnnotation } from './default-network-annotation.ts';
import { networksAnnotation } from './invalid-annotation.ts';

/** The annotations that decide what a pod gets. */
export const requestAnnotations: readonly string[] = [networksAnnotation, defaultNetworkAnnotation];

/** True for a pod with a request of its own; whether that can be read is not looked at. */
export function asksForNetworks(annotations: Readonly<Record<string, string>>): boolean {
  return (
    (annotations[networksAnnotation] ?? '') !== '' || annotations[defaultNetworkAnnotation] !== undefined
  );
}
