import type { Severity } from './finding.ts';

/** One row of findingCodes. */
export interface CodeEntry {
  /** The usual one. */
  readonly severity: Severity;
  /** The other one, which depends on what the mistake breaks. */
  readonly also?: Severity;
  /** What was found, one plain sentence without a full stop. */
  readonly summary: string;
  /** What to do, without a full stop. */
  readonly remedy: string;
}

/**
 * Every code of a finding, as one table. docs/findings.md is generated from it. A code is stable: it is never renamed and
 * its meaning never changes.
 */
export const findingCodes = {
  // — the text —
  InvalidJson: {
    severity: 'error',
    summary: 'a text that must be JSON is not; the message names line and column',
    remedy: 'correct the text at that place',
  },
  DuplicateKey: {
    severity: 'warning',
    summary: 'an object has the same key twice, and only the last one counts',
    remedy: 'remove one of the two',
  },
  MistypedKey: {
    severity: 'error',
    also: 'warning',
    summary: 'a key that no plugin knows is spelled almost like one that it knows',
    remedy: 'write the key that the message names; an error means that the network needs it',
  },
  MisplacedKey: {
    severity: 'warning',
    also: 'error',
    summary: 'a key stands where nobody reads it, and belongs elsewhere in the configuration',
    remedy: 'move it to the place that the message names',
  },

  // — shape —
  InvalidObject: {
    severity: 'error',
    summary: 'the Kubernetes object itself is malformed',
    remedy: 'correct the field that the message names',
  },
  InvalidConfig: {
    severity: 'error',
    summary: 'the configuration is JSON, but no CNI configuration',
    remedy: 'correct the field that the message names',
  },
  MissingKey: {
    severity: 'error',
    also: 'warning',
    summary: 'a key without which the plugin fails, or does what nobody wants, is missing',
    remedy: 'add the key',
  },
  WrongType: {
    severity: 'error',
    summary: 'a value has the wrong kind, such as a number in quotes',
    remedy: 'write the kind of value that the message names',
  },
  UnknownValue: {
    severity: 'error',
    also: 'warning',
    summary: 'a value is none of those that the plugin knows',
    remedy: 'write one of the values that the message names',
  },
  OutOfRange: {
    severity: 'error',
    also: 'warning',
    summary: 'a number is too small or too big',
    remedy: 'write a number in the range that the message names',
  },
  ConflictingKeys: {
    severity: 'error',
    also: 'warning',
    summary: 'two settings that exclude each other are both there',
    remedy: 'keep one of the two',
  },

  // — what the values mean —
  IncompatibleVersion: {
    severity: 'error',
    also: 'warning',
    summary: 'cniVersion is no version of CNI, or too old for what the network asks for',
    remedy: 'write "1.0.0"',
  },
  InvalidName: {
    severity: 'error',
    summary: 'a name has characters or a length that are not allowed',
    remedy: 'write a name as the message says',
  },
  InvalidCidr: {
    severity: 'error',
    summary: 'a value must be an address with a prefix, such as 10.1.2.0/24, and is not',
    remedy: 'write address and prefix',
  },
  InvalidAddress: {
    severity: 'error',
    also: 'warning',
    summary: 'a value must be an IP address, and is not, or is one that cannot be used there',
    remedy: 'write an address as the message says',
  },
  InvalidMac: {
    severity: 'error',
    summary: 'a value must be a hardware address that an interface can have, and is not',
    remedy: 'write six bytes in hex, such as 02:00:00:00:00:01',
  },
  InvalidInterfaceName: {
    severity: 'error',
    summary: 'the kernel takes no interface of this name',
    remedy: 'write 1 to 15 bytes without "/", ":" and white space',
  },
  InvalidVlan: {
    severity: 'error',
    summary: 'a VLAN ID is out of range',
    remedy: 'write a number from 0 to 4094',
  },
  InvalidMtu: {
    severity: 'error',
    also: 'warning',
    summary: 'an MTU is one that no interface takes, or too small for IP',
    remedy: 'write a number from 68 to 65535, or leave it out',
  },
  InvalidSysctl: {
    severity: 'error',
    also: 'warning',
    summary: 'a sysctl is none that can be set for a network namespace',
    remedy: 'write a key below "net.", and its value in quotes',
  },
  HostBitsSet: {
    severity: 'error',
    summary: 'a subnet has bits set behind its prefix, and the plugin refuses that',
    remedy: 'write the network address that the message names',
  },
  SubnetTooSmall: {
    severity: 'error',
    summary: 'a subnet has no address that could be given to a pod',
    remedy: 'write a shorter prefix',
  },
  RangeOutsideSubnet: {
    severity: 'error',
    summary: 'the start or the end of a range is not in its subnet',
    remedy: 'correct the range or the subnet',
  },
  RangeReversed: {
    severity: 'error',
    summary: 'a range ends before it starts, or a least value is above the greatest',
    remedy: 'exchange start and end',
  },
  RangesOverlap: {
    severity: 'error',
    summary: 'two ranges of one network have addresses in common',
    remedy: 'make them disjoint',
  },
  GatewayOutsideSubnet: {
    severity: 'error',
    also: 'warning',
    summary: 'a gateway is not in the subnet that it is the gateway of, so the kernel refuses routes over it',
    remedy: 'write an address of the subnet',
  },
  GatewayInRange: {
    severity: 'warning',
    summary: 'a gateway is an address that may be given to a pod',
    remedy: 'exclude the address or move the range',
  },
  MixedFamilies: {
    severity: 'error',
    summary: 'IPv4 and IPv6 are mixed where only one of them can be',
    remedy: 'write both of the same family, or put the other family into a range of its own',
  },

  // — the chain —
  MetaPlugin: {
    severity: 'error',
    summary: 'the chain holds a plugin that would attach networks in turn, such as multus or weft',
    remedy: 'name the plugin that makes the interface',
  },
  ChainOrder: {
    severity: 'error',
    also: 'warning',
    summary: 'a plugin stands where it cannot work, such as one that needs an interface before there is one',
    remedy: 'order the chain as the message says',
  },
  IpamAsPlugin: {
    severity: 'error',
    summary: 'an IPAM plugin is where a plugin that makes an interface must be, or the other way round',
    remedy: 'move it to "ipam", or name another type',
  },
  MissingIpam: {
    severity: 'error',
    also: 'note',
    summary: 'a plugin has no "ipam"; a note means that it then gives an interface without an address',
    remedy: 'add "ipam" if the interface needs an address',
  },
  UndeclaredCapability: {
    severity: 'warning',
    also: 'note',
    summary: 'a plugin does nothing unless it declares the capability through which it gets its values',
    remedy: 'add "capabilities" as the message says',
  },
  ClusterPlugin: {
    severity: 'note',
    summary:
      'the plugin is made for a default network and may need more than this configuration as an additional one',
    remedy: "read the plugin's documentation",
  },
  UnknownPlugin: {
    severity: 'note',
    also: 'warning',
    summary:
      'weft does not know the plugin, so its settings were not checked; a warning names one that is spelled alike',
    remedy: 'check the spelling of "type"',
  },
  ConfigOnNode: {
    severity: 'note',
    summary: 'the object has no configuration of its own; each node takes its file of that name',
    remedy: 'check the file on the nodes, or write "spec.config"',
  },

  // — networks among each other and the cluster —
  HostLocalSpansNodes: {
    severity: 'warning',
    summary:
      'host-local counts on each node by itself, and this network spans nodes: two pods can get the same address',
    remedy: 'use whereabouts, static addresses, or a network with a range of its own for each node',
  },
  OverlappingNetworks: {
    severity: 'warning',
    summary: 'two networks on the same segment give out the same addresses without knowing of each other',
    remedy: 'make their ranges disjoint, or give both the same name and one "ipam"',
  },

  // — tenancy —
  ForbiddenPlugin: {
    severity: 'error',
    summary: 'the network is defined in a namespace whose own networks may not name this plugin',
    remedy: 'use an allowed plugin, or let an administrator define the network in an exempt namespace',
  },
  ForbiddenParent: {
    severity: 'error',
    summary:
      'the network is defined in a namespace whose own networks may not name this interface or device of the node',
    remedy: 'name an allowed interface, or let an administrator define the network in an exempt namespace',
  },
  ForbiddenPath: {
    severity: 'error',
    summary: 'the network is defined in a namespace whose own networks may not name this file of the node',
    remedy:
      'name a file in an allowed directory, or let an administrator define the network in an exempt namespace',
  },
  AmbiguousKey: {
    severity: 'error',
    summary:
      'the network is defined in a restricted namespace, and plugins could read a key in it otherwise than weft does',
    remedy: 'write the key once, as the message spells it',
  },
  InvalidSelector: {
    severity: 'error',
    summary:
      'the annotation weft.dev/allowed-namespaces is no label selector, so it opens the network to nobody',
    remedy: 'write one as for kubectl, such as "team in (red, blue)", or "*"',
  },

  // — annotations of pods —
  InvalidAnnotation: {
    severity: 'error',
    summary: "a pod's network annotation cannot be read, so the pod does not start",
    remedy: 'correct what the message names',
  },
  IgnoredKey: {
    severity: 'warning',
    summary: "a key of a pod's network annotation is not acted on",
    remedy: 'remove it',
  },
  DuplicateInterface: {
    severity: 'error',
    summary: 'two elements of a network annotation ask for the same interface name',
    remedy: 'give each its own name, or none',
  },
  ReservedInterface: {
    severity: 'error',
    summary:
      "an element of a network annotation asks for an interface name that the pod's default network has",
    remedy: 'write another name',
  },
} as const;

/** The stable name of a kind of finding. */
export type FindingCode = keyof typeof findingCodes;
