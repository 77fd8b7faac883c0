/** One network that a pod asks for: what the NPWG annotation calls a selection element, checked and with defaults. */
export interface NetworkSelection {
  /** Where it stands in the annotation, for messages: `[1]` in the JSON form, `item 2` in the short form. */
  readonly where: string;
  /**
   * Namespace of the NAD; the pod's where the element names none. '': there is no NAD, and `name` is the CNI name of a
   * file on the node, which only WeftConfig may ask for.
   */
  readonly namespace: string;
  /** Name of the NAD. */
  readonly name: string;
  /** Requested interface name, a valid one for the kernel. Absent: generated. */
  readonly ifname?: string;
  /** Addresses with or without prefix, as written; at least one. */
  readonly ips?: readonly string[];
  /** Six bytes, as written. */
  readonly mac?: string;
  /** `cni-args`: the JSON object's own text, so that numbers above 2^53 survive. */
  readonly cniArgs?: string;
  /** At least one. */
  readonly portMappings?: readonly PortMapping[];
  readonly bandwidth?: Bandwidth;
  /** Gateways, at most one a family. Empty: the attachment's own default routes win. */
  readonly defaultRoute?: readonly string[];
  /** Eight bytes, as written. */
  readonly infinibandGuid?: string;
}

/** Shape of the `portMappings` capability (CNI-235). */
export interface PortMapping {
  /** 1 to 65535. */
  readonly hostPort: number;
  /** 1 to 65535. */
  readonly containerPort: number;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
  /** An address. Not in the NPWG text, but the reference client has it. */
  readonly hostIP?: string;
}

/** Bits a second, and bits. At least one rate; a burst never without its rate. */
export interface Bandwidth {
  readonly ingressRate?: number;
  readonly ingressBurst?: number;
  readonly egressRate?: number;
  readonly egressBurst?: number;
}

/** What an annotation says. */
export interface Selections {
  /** In annotation order (NPWG-054). */
  readonly selections: readonly NetworkSelection[];
  /** Plain sentences about what was ignored. */
  readonly warnings: readonly string[];
}

/** The network as users know it: `namespace/name`, or the CNI name of a file (NPWG-142). */
export function networkLabel({ namespace, name }: Pick<NetworkSelection, 'namespace' | 'name'>): string {
  return namespace === '' ? name : `${namespace}/${name}`;
}
