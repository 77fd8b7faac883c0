import type { Resource } from '../kube/resource.ts';

/** The kinds of object that the views are made from. */
export const podResource: Resource = { group: '', version: 'v1', plural: 'pods' };
export const nodeResource: Resource = { group: '', version: 'v1', plural: 'nodes' };
export const networkResource: Resource = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  plural: 'network-attachment-definitions',
};
export const weftNodeResource: Resource = { group: 'weft.dev', version: 'v1alpha1', plural: 'weftnodes' };
export const weftConfigResource: Resource = { group: 'weft.dev', version: 'v1alpha1', plural: 'weftconfigs' };
