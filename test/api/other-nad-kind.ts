const plural = 'network-attachment-definitions';
const group = 'k8s.cni.cncf.io';

/** Name of the kind's definition, whoever brings it. */
export const nadKindName: string = `${plural}.${group}`;

/** The kind NetworkAttachmentDefinition as another product may have brought it: no status, no columns, anything goes. */
export const otherNadKind: object = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: nadKindName, labels: { 'app.kubernetes.io/managed-by': 'another' } },
  spec: {
    group,
    scope: 'Namespaced',
    names: {
      plural,
      singular: 'network-attachment-definition',
      kind: 'NetworkAttachmentDefinition',
      shortNames: ['net-attach-def'],
    },
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
};
