import { shown } from '../api/schema-validator.ts';
import { isObject, type JsonObject } from '../cni/json.ts';
import { type Finding, finding } from './finding.ts';
import {
  cidrRange,
  hasHostBits,
  hostBits,
  type IpRange,
  inRange,
  ipNumber,
  ipText,
  networkText,
  overlap,
} from './ip-range.ts';
import { childPath } from './json-path.ts';
import { listOf, textOf } from './located-plugin.ts';

/** The spelling of a range's keys, which differ between IPAM plugins. */
export interface RangeKeys {
  readonly subnet: string;
  readonly start: string;
  readonly end: string;
}

/** A range that was checked. `range` is absent where it cannot be told. */
export interface CheckedRange {
  readonly path: string;
  readonly range?: IpRange;
  readonly whole?: IpRange;
  readonly findings: readonly Finding[];
}

/** Start and end of a range in its subnet. `subnet`: a CIDR, as text; everything that is no address was reported before. */
export function checkRange(range: JsonObject, subnet: string, keys: RangeKeys, path: string): CheckedRange {
  const whole = cidrRange(subnet);
  if (whole === undefined) return { path, findings: [] };
  const start = endFinding(range, keys.start, whole, subnet, path);
  const end = endFinding(range, keys.end, whole, subnet, path);
  const first = ipNumber(textOf(range[keys.start]))?.value ?? whole.first;
  const last = ipNumber(textOf(range[keys.end]))?.value ?? whole.last;
  const findings = [...start, ...end];
  if (findings.length > 0) return { path, whole, findings };
  if (first > last) {
    const at = childPath(path, keys.start);
    const message = `${keys.start} ${textOf(range[keys.start])} is behind ${keys.end} ${textOf(range[keys.end])}; write the lower address as ${keys.start}`;
    return { path, whole, findings: [finding('RangeReversed', at, message)] };
  }
  return { path, whole, range: { family: whole.family, first, last }, findings };
}

function endFinding(
  range: JsonObject,
  key: string,
  whole: IpRange,
  subnet: string,
  path: string,
): readonly Finding[] {
  const text = textOf(range[key]);
  const address = ipNumber(text);
  if (address === undefined || inRange(address, whole)) return [];
  const message = `${key} ${text} is not in ${subnet}; write an address from ${textOfRange(whole)}`;
  return [finding('RangeOutsideSubnet', childPath(path, key), message)];
}

/** Subnets as host-local wants them: the network's address, and room for pods. */
export function subnetFindings(subnet: string, path: string): readonly Finding[] {
  if (cidrRange(subnet) === undefined) return [];
  if ((hostBits(subnet) ?? 0) < 2) {
    const message = `${subnet} has no address left for pods; write a prefix of at most ${subnet.includes(':') ? '/126' : '/30'}`;
    return [finding('SubnetTooSmall', path, message)];
  }
  if (!hasHostBits(subnet)) return [];
  return [finding('HostBitsSet', path, `${subnet} is no network address; write "${networkText(subnet)}"`)];
}

/** Two of these ranges with addresses in common: the later one's path. */
export function overlapsWithin(ranges: readonly CheckedRange[]): readonly Finding[] {
  return ranges.flatMap(({ range, path }, index) => {
    const other = ranges
      .slice(0, index)
      .find(({ range: before }) => range !== undefined && before !== undefined && overlap(range, before));
    if (other === undefined) return [];
    const message = `the range has addresses in common with ${other.path}; write ranges that are disjoint`;
    return [finding('RangesOverlap', path, message)];
  });
}

/**
 * A gateway that is not in the subnet: routes over it are refused by the kernel, so it is an error where there are routes
 * that need it.
 */
export function gatewayFindings(
  gateway: string,
  subnet: string,
  path: string,
  isUsed: boolean,
): readonly Finding[] {
  const address = ipNumber(gateway);
  const whole = cidrRange(subnet);
  if (address === undefined || whole === undefined) return [];
  if (address.family !== whole.family) {
    const message = `the gateway ${gateway} is IPv${address.family} and ${subnet} is IPv${whole.family}; write an IPv${whole.family} address`;
    return [finding('MixedFamilies', path, message)];
  }
  if (inRange(address, whole)) return [];
  const message = `the gateway ${gateway} is not in ${subnet}; write an address from ${textOfRange(whole)}`;
  return [finding('GatewayOutsideSubnet', path, message, isUsed ? 'error' : 'warning')];
}

/** Routes of an IPAM plugin. `subnets`: of the addresses that it gives. */
export function routeFindings(
  ipam: JsonObject,
  path: string,
  subnets: readonly IpRange[],
): readonly Finding[] {
  return listOf(ipam['routes']).flatMap((route, index) => {
    if (!isObject(route)) return [];
    const at = childPath(childPath(path, 'routes'), index);
    return [...destinationFindings(route, at), ...hopFindings(route, at, subnets)];
  });
}

function destinationFindings(route: JsonObject, path: string): readonly Finding[] {
  const dst = textOf(route['dst']);
  // For IPv6 the kernel clears them itself.
  if (!hasHostBits(dst) || cidrRange(dst)?.family === 6) return [];
  const message = `the kernel takes no IPv4 route to ${dst}, which has bits set behind its prefix; write "${networkText(dst)}"`;
  return [finding('HostBitsSet', childPath(path, 'dst'), message)];
}

function hopFindings(route: JsonObject, path: string, subnets: readonly IpRange[]): readonly Finding[] {
  const gw = textOf(route['gw']);
  const hop = ipNumber(gw);
  const dst = cidrRange(textOf(route['dst']));
  if (hop === undefined || dst === undefined) return [];
  const at = childPath(path, 'gw');
  if (hop.family !== dst.family) {
    const message = `gw ${gw} is IPv${hop.family} and dst is IPv${dst.family}; write an IPv${dst.family} address`;
    return [finding('MixedFamilies', at, message)];
  }
  const own = subnets.filter(({ family }) => family === hop.family);
  if (own.length === 0 || own.some((subnet) => inRange(hop, subnet))) return [];
  const message = `gw ${shown(gw)} is not in a subnet of this network; write an address that the pod can reach directly`;
  return [finding('GatewayOutsideSubnet', at, message, 'warning')];
}

/** True if a route of this family takes the gateway of the address. */
export function usesGateway(ipam: JsonObject, family: 4 | 6): boolean {
  return listOf(ipam['routes']).some(
    (route) =>
      isObject(route) && textOf(route['gw']) === '' && cidrRange(textOf(route['dst']))?.family === family,
  );
}

/** `10.1.2.1 to 10.1.2.254`, without the network's own address and the last. */
function textOfRange({ family, first, last }: IpRange): string {
  const inner = last - first >= 3n;
  const low = ipText({ family, value: inner ? first + 1n : first });
  return `${low} to ${ipText({ family, value: inner ? last - 1n : last })}`;
}
