import { isLabel, isSubdomain } from '../api/dns-name.ts';
import { shown } from '../api/schema-validator.ts';
import { parseAddress, parseCidr } from '../cni/address.ts';
import { checkIfname } from '../cni/env.ts';
import { isHardwareAddress } from '../cni/hardware-address.ts';
import { invalidAnnotation } from './invalid-annotation.ts';
import type { Bandwidth, NetworkSelection, PortMapping } from './network-selection.ts';
import type {
  RawBandwidth,
  RawPortMapping,
  RawSelectionElement,
} from './network-selection-element.schema.ts';

/**
 * Checks what the strings of one element mean; its shape is right already. InvalidAnnotation names `where`, key and
 * value. `cniArgsText` is the raw text of `cni-args`.
 *
 * `ipam-claim-reference` is for the IPAM plugin, which reads it from the annotation itself: nothing of it enters the
 * plan (NPWG-094).
 */
export function checkElement(
  raw: RawSelectionElement,
  cniArgsText: string | undefined,
  where: string,
  podNamespace: string,
): NetworkSelection {
  const guid = raw['infiniband-guid'];
  const gateways = raw['default-route'];
  checkNames(raw, where);
  for (const [index, ip] of (raw.ips ?? []).entries()) {
    demand(isAddressOrCidr(ip), `${where}.ips[${index}]`, ip, 'an address, with or without prefix');
  }
  if (raw.mac !== undefined)
    demand(isHardwareAddress(raw.mac, 6), `${where}.mac`, raw.mac, 'six bytes in hex');
  if (guid !== undefined)
    demand(isHardwareAddress(guid, 8), `${where}.infiniband-guid`, guid, 'eight bytes in hex');
  for (const [index, gateway] of (gateways ?? []).entries()) {
    const field = `${where}.default-route[${index}]`;
    demand(parseAddress(gateway) !== undefined, field, gateway, 'an address without prefix');
  }
  return {
    where,
    namespace: raw.namespace || podNamespace,
    name: raw.name,
    ...(raw.interface !== undefined && { ifname: raw.interface }),
    ...(raw.ips && { ips: raw.ips }),
    ...(raw.mac !== undefined && { mac: raw.mac }),
    ...(cniArgsText !== undefined && { cniArgs: cniArgsText }),
    ...(raw.portMappings && {
      portMappings: raw.portMappings.map((port, at) => portMapping(port, where, at)),
    }),
    ...(raw.bandwidth && { bandwidth: bandwidth(raw.bandwidth, where) }),
    ...(gateways && { defaultRoute: gateways }),
    ...(guid !== undefined && { infinibandGuid: guid }),
  };
}

/** The JSON form takes dotted names, which the API server lets through too (NPWG-313). */
function checkNames(raw: RawSelectionElement, where: string): void {
  demand(isSubdomain(raw.name), `${where}.name`, raw.name, "a network's name");
  // '' is the pod's namespace (NPWG-071).
  if (raw.namespace)
    demand(isLabel(raw.namespace), `${where}.namespace`, raw.namespace, "a namespace's name");
  const complaint = raw.interface === undefined ? undefined : checkIfname(raw.interface);
  if (complaint !== undefined) throw invalidAnnotation(`${where}.interface ${complaint}`);
  const claim = raw['ipam-claim-reference'];
  if (claim === '') throw invalidAnnotation(`${where}.ipam-claim-reference is empty`);
  if (claim !== undefined && raw.ips !== undefined) {
    throw invalidAnnotation(`${where} has both ips and ipam-claim-reference, only one of them may be there`);
  }
}

function portMapping(raw: RawPortMapping, where: string, index: number): PortMapping {
  const field = `${where}.portMappings[${index}]`;
  const protocol = protocolOf(raw.protocol ?? 'tcp');
  if (protocol === undefined)
    throw invalidAnnotation(`${field}.protocol is ${shown(raw.protocol)}, must be tcp, udp or sctp`);
  const { hostPort, containerPort, hostIP } = raw;
  // '' is what Go clients of the reference plugin write for "every address".
  if (hostIP === undefined || hostIP === '') return { hostPort, containerPort, protocol };
  demand(parseAddress(hostIP) !== undefined, `${field}.hostIP`, hostIP, 'an address without prefix');
  return { hostPort, containerPort, protocol, hostIP };
}

/** Lower case, as NPWG-084 wants it written. */
function protocolOf(text: string): PortMapping['protocol'] | undefined {
  const known: readonly PortMapping['protocol'][] = ['tcp', 'udp', 'sctp'];
  return known.find((protocol) => protocol === text.toLowerCase());
}

/** Only what was asked for: a zero in an absent direction would be a request of its own (NPWG-086). */
function bandwidth(raw: RawBandwidth, where: string): Bandwidth {
  const { ingressRate, ingressBurst, egressRate, egressBurst } = raw;
  const field = `${where}.bandwidth`;
  if (
    ingressRate === undefined &&
    egressRate === undefined &&
    ingressBurst === undefined &&
    egressBurst === undefined
  ) {
    throw invalidAnnotation(`${field} has neither ingressRate nor egressRate`);
  }
  if (ingressBurst !== undefined && ingressRate === undefined) {
    throw invalidAnnotation(`${field}.ingressBurst is there without ingressRate`);
  }
  if (egressBurst !== undefined && egressRate === undefined) {
    throw invalidAnnotation(`${field}.egressBurst is there without egressRate`);
  }
  return {
    ...(ingressRate !== undefined && { ingressRate }),
    ...(ingressBurst !== undefined && { ingressBurst }),
    ...(egressRate !== undefined && { egressRate }),
    ...(egressBurst !== undefined && { egressBurst }),
  };
}

function isAddressOrCidr(text: string): boolean {
  return (text.includes('/') ? parseCidr(text) : parseAddress(text)) !== undefined;
}

function demand(holds: boolean, field: string, value: string, wanted: string): void {
  if (!holds) throw invalidAnnotation(`${field} is ${shown(value)}, must be ${wanted}`);
}
