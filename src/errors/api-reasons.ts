/** The rows of `reasons` for failures of the Kubernetes API, in a file of their own because the table is long. */
export const apiReasons = {
  ApiAccessInvalid: {
    code: 7,
    retry: 'never',
    summary: "the kubeconfig or the service account's files cannot be used to reach the API server",
    remedy: 'correct the file that is named',
  },
  ApiUnreachable: {
    code: 11,
    retry: 'later',
    summary: 'no connection to the API server, or it broke off',
    remedy: "check the API server's address and certificate, and the network between",
  },
  ApiTimeout: {
    code: 11,
    retry: 'later',
    summary: 'the API server did not answer in time',
    remedy: 'check the load of the API server and the network between',
  },
  ApiBusy: {
    code: 11,
    retry: 'later',
    summary: 'the API server asks its clients to come back later',
    remedy: 'check the load of the API server',
  },
  ApiUnauthorized: {
    code: 11,
    retry: 'later',
    summary: 'the API server does not accept the token or the client certificate',
    remedy: 'check that the token or the certificate is of this cluster and not expired',
  },
  ApiForbidden: {
    code: 7,
    retry: 'never',
    summary: 'the API server does not allow this request to this account',
    remedy: "grant the right that the message names, as weft's manifests do",
  },
  ApiNotFound: {
    code: 7,
    retry: 'later',
    summary: 'the API server has no such object, or no such kind of object',
    remedy: 'create the object, or install its CustomResourceDefinition',
  },
  ApiConflict: {
    code: 11,
    retry: 'later',
    summary: 'the object exists already, was changed by somebody else, or is not the one that was meant',
    remedy: 'read the object again and build the change anew',
  },
  ApiInvalid: {
    code: 7,
    retry: 'never',
    summary: 'the API server refuses the request or the object in it as malformed',
    remedy: 'correct what the message names',
  },
  ApiExpired: {
    code: 11,
    retry: 'later',
    summary: 'the API server has forgotten the version from which a list or a watch wanted to go on',
    remedy: 'nothing to do: the list is read again',
  },
  ApiFailed: {
    code: 11,
    retry: 'later',
    summary: 'the API server failed, or answered with something that is not its protocol',
    remedy: "look into the API server's log",
  },
} as const;
