import type { Resource } from '../../kube/resource.ts';

/** The kinds of object that the operator watches, each once and all over the cluster. */
export const podResource: Resource = { group: '', version: 'v1', plural: 'pods' };
/** Kubernetes' own. */
export const kubeNodeResource: Resource = { group: '', version: 'v1', plural: 'nodes' };
export const namespaceResource: Resource = { group: '', version: 'v1', plural: 'namespaces' };
export const networkResource: Resource = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  plural: 'network-attachment-definitions',
};
export const configResource: Resource = { group: 'weft.dev', version: 'v1alpha1', plural: 'weftconfigs' };
/** WeftNodes. */
export const nodeResource: Resource = { group: 'weft.dev', version: 'v1alpha1', plural: 'weftnodes' };
