/** The rows of `reasons` for what a pod asks for and what the node has for it, in a file of their own because the table is long. */
export const requestReasons = {
  InvalidAnnotation: {
    code: 7,
    retry: 'never',
    summary: "the pod's network annotation breaks the NPWG grammar",
    remedy: "correct the pod's annotation",
  },
  NetworkNotFound: {
    code: 7,
    retry: 'later',
    summary: 'the pod asks for a network that does not exist',
    remedy: 'create the NetworkAttachmentDefinition or correct its name',
  },
  NetworkInvalid: {
    code: 7,
    retry: 'never',
    summary: "a network's configuration cannot be used",
    remedy: 'correct the NetworkAttachmentDefinition',
  },
  NetworkForbidden: {
    code: 7,
    retry: 'never',
    summary: 'namespace isolation forbids this network to this pod',
    remedy: "use a network of the pod's own or of a global namespace",
  },
  NetworkRestricted: {
    code: 7,
    retry: 'never',
    summary:
      "spec.tenancy of WeftConfig does not let this namespace's own networks, or its pods' cni-args, name that plugin, interface or path of the node",
    remedy: 'name what spec.tenancy allows, or use a network of the administrator',
  },
  CapabilityMissing: {
    code: 7,
    retry: 'never',
    summary: 'the pod asks for something that no plugin of the network declares as a capability',
    remedy: "declare the capability in the network's configuration or drop the request",
  },
  DuplicateInterface: {
    code: 7,
    retry: 'never',
    summary: 'two attachments of one pod want the same interface name',
    remedy: 'give each attachment its own interface name',
  },
  TooManyAttachments: {
    code: 7,
    retry: 'never',
    summary: 'the pod asks for more attachments than weft allows',
    remedy: 'ask for fewer networks',
  },
  PodMismatch: {
    code: 11,
    retry: 'later',
    summary: 'under the name of the pod that the runtime means, the API server has another pod, or none',
    remedy: 'wait; the runtime tries again, or gives up a pod that is gone',
  },
  DeviceNotAllocated: {
    code: 7,
    retry: 'never',
    summary:
      'a network needs a device, and the kubelet has allocated the pod none of that resource, or too few',
    remedy: "request the resource, once for each such network, in the pod's containers",
  },
  DevicesUnknown: {
    code: 11,
    retry: 'later',
    summary: 'the kubelet did not tell which devices the pod has',
    remedy: "check that the kubelet runs and that weft-agent's --pod-resources-socket is its socket",
  },
  DefaultNetworkMissing: {
    code: 11,
    retry: 'later',
    summary: 'no default network was found on the node',
    remedy: "install the cluster's default CNI configuration on the node, or name it with --default-network",
  },
  DefaultNetworkAmbiguous: {
    code: 7,
    retry: 'never',
    summary: 'several configurations could be the default network',
    remedy: 'name one with --default-network, or remove the others',
  },

  DefaultNetworkNotReady: {
    code: 11,
    retry: 'later',
    summary: 'the readiness indicator file of WeftConfig is not there, so the default network is not ready',
    remedy: 'wait until the default network is up, or correct spec.readinessIndicatorFile',
  },

  NotReady: {
    code: 50,
    retry: 'later',
    summary: 'STATUS was asked, and weft has not been ready on this node since its boot',
    remedy: "look into weft-agent's log on this node",
  },
} as const;
