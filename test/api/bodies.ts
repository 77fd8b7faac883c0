import type { Resource } from '../../src/kube/resource.ts';

export const pods: Resource = { group: '', version: 'v1', plural: 'pods' };
export const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps' };

/** A pod that is bound to a node already, because no scheduler runs. */
export function podBody(name: string, nodeName: string, data = ''): object {
  return {
    metadata: { name, annotations: { data } },
    spec: { nodeName, containers: [{ name: 'main', image: 'none' }] },
  };
}

/** A config map whose annotation `data` is what the tests look at. */
export function configMapBody(
  name: string,
  data: string,
  labels: Readonly<Record<string, string>> = {},
): object {
  return { metadata: { name, labels, annotations: { data } } };
}
