import { isObject, type JsonObject } from '../cni/json.ts';
import { type Finding, finding } from './finding.ts';
import { cidrRange, hostBits, type IpRange, inRange, ipNumber } from './ip-range.ts';
import { childPath } from './json-path.ts';
import { isGiven, type LocatedPlugin, listOf, textOf } from './located-plugin.ts';
import {
  type CheckedRange,
  checkRange,
  gatewayFindings,
  overlapsWithin,
  type RangeKeys,
  routeFindings,
  subnetFindings,
  usesGateway,
} from './range-findings.ts';
import { whereaboutsCidr } from './value-formats.ts';

/** What is wrong with the addresses that a plugin's IPAM gives out. */
export function addressFindings(plugin: LocatedPlugin): readonly Finding[] {
  const path = childPath(plugin.path, 'ipam');
  switch (plugin.ipamType) {
    case 'host-local':
      return hostLocalFindings(plugin.ipam, path);
    case 'whereabouts':
      return whereaboutsFindings(plugin.ipam, path);
    case 'static':
      return staticFindings(plugin, path);
    default:
      return routeFindings(plugin.ipam, path, []);
  }
}

const hostLocalKeys: RangeKeys = { subnet: 'subnet', start: 'rangeStart', end: 'rangeEnd' };
const whereaboutsKeys: RangeKeys = { subnet: 'range', start: 'range_start', end: 'range_end' };

function hostLocalFindings(ipam: JsonObject, path: string): readonly Finding[] {
  const single = isGiven(ipam['subnet']) ? [[hostLocalRange(ipam, ipam, path)]] : [];
  const sets = listOf(ipam['ranges']).map((set, outer) =>
    listOf(set).flatMap((range, inner) =>
      isObject(range)
        ? [hostLocalRange(range, ipam, childPath(childPath(childPath(path, 'ranges'), outer), inner))]
        : [],
    ),
  );
  const all = [...single, ...sets];
  const ranges = all.flat();
  return [
    ...ranges.flatMap(({ findings }) => findings),
    ...all.flatMap(familyFindings),
    ...overlapsWithin(ranges),
    ...routeFindings(ipam, path, wholes(ranges)),
  ];
}

function hostLocalRange(range: JsonObject, ipam: JsonObject, path: string): CheckedRange {
  const subnet = textOf(range['subnet']);
  const checked = checkRange(range, subnet, hostLocalKeys, path);
  const isUsed = checked.whole !== undefined && usesGateway(ipam, checked.whole.family);
  const gateway = gatewayFindings(textOf(range['gateway']), subnet, childPath(path, 'gateway'), isUsed);
  const subnets = subnetFindings(subnet, childPath(path, 'subnet'));
  return { ...checked, findings: [...subnets, ...checked.findings, ...gateway] };
}

/** A pod gets one address of each set, so a set is of one family. */
function familyFindings(set: readonly CheckedRange[]): readonly Finding[] {
  const [first] = set;
  const other = set.find(
    ({ whole }) => whole !== undefined && first?.whole !== undefined && whole.family !== first.whole.family,
  );
  if (other === undefined) return [];
  const message =
    'IPv4 and IPv6 are in one set, of which a pod gets one address; write each in a list of its own';
  return [finding('MixedFamilies', other.path, message)];
}

function whereaboutsFindings(ipam: JsonObject, path: string): readonly Finding[] {
  const listed = listOf(ipam['ipRanges']).flatMap((range, index) =>
    isObject(range) ? [{ range, path: childPath(childPath(path, 'ipRanges'), index) }] : [],
  );
  const all = [...(isGiven(ipam['range']) ? [{ range: ipam, path }] : []), ...listed];
  const checked = all.map(({ range, path: at }) => whereaboutsRange(range, at));
  const isEmpty = !['range', 'ipRanges', 'addresses', 'configuration_path'].some((key) => isGiven(ipam[key]));
  return [
    ...(isEmpty ? [noRange(path)] : []),
    ...checked.flatMap(({ findings }) => findings),
    ...overlapsWithin(checked),
    ...whereaboutsGateway(ipam, all, checked, path),
    ...routeFindings(ipam, path, wholes(checked)),
  ];
}

/** Not an error: a file of the node may have it. */
function noRange(path: string): Finding {
  const message =
    'no range is here, so each node needs one in its whereabouts.conf; write "range": "10.1.2.0/24"';
  return finding('MissingKey', childPath(path, 'range'), message, 'warning');
}

function whereaboutsRange(range: JsonObject, path: string): CheckedRange {
  const text = textOf(range['range']);
  const subnet = whereaboutsCidr(text);
  const dash = text.indexOf('-');
  // The form START-CIDR has the end of the range before the prefix.
  const ends =
    dash === -1
      ? range
      : { ...range, range_start: text.slice(0, dash).trim(), range_end: subnet.split('/')[0] ?? '' };
  const checked = checkRange(ends, subnet, whereaboutsKeys, path);
  return dash === -1 ? checked : { ...checked, findings: atRange(checked.findings, path) };
}

/** Whose start and end stand in `range` itself. */
function atRange(findings: readonly Finding[], path: string): readonly Finding[] {
  return findings.map((found) => ({ ...found, path: childPath(path, 'range') }));
}

/** whereabouts gives the gateway to a pod like any other address. */
function whereaboutsGateway(
  ipam: JsonObject,
  ranges: readonly { readonly range: JsonObject }[],
  checked: readonly CheckedRange[],
  path: string,
): readonly Finding[] {
  const gateway = textOf(ipam['gateway']);
  const address = ipNumber(gateway);
  const [first] = ranges;
  if (address === undefined || first === undefined) return [];
  const at = childPath(path, 'gateway');
  const same = checked.findIndex(({ whole }) => whole?.family === address.family);
  const range = ranges[same];
  if (range === undefined) return [];
  const outside = gatewayFindings(
    gateway,
    whereaboutsCidr(textOf(range.range['range'])),
    at,
    usesGateway(ipam, address.family),
  );
  if (outside.length > 0) return outside;
  const isGivenOut = checked.some(({ range: given }) => given !== undefined && inRange(address, given));
  const excluded = ranges
    .flatMap(({ range: { exclude } }) => listOf(exclude))
    .some((text) => {
      const part = cidrRange(textOf(text));
      return part !== undefined && inRange(address, part);
    });
  if (!isGivenOut || excluded) return [];
  const bits = address.family === 4 ? 32 : 128;
  const message = `whereabouts may give the gateway ${gateway} to a pod; write "exclude": ["${gateway}/${bits}"]`;
  return [finding('GatewayInRange', at, message)];
}

function staticFindings({ conf, ipam, path: pluginPath }: LocatedPlugin, path: string): readonly Finding[] {
  const list = listOf(ipam['addresses']);
  const each = list.flatMap((entry, index) =>
    isObject(entry) ? [{ entry, path: childPath(childPath(path, 'addresses'), index) }] : [],
  );
  const subnets = each.flatMap(({ entry }) => cidrRange(textOf(entry['address'])) ?? []);
  const { capabilities, args } = conf;
  const fromPods = isObject(capabilities) && capabilities['ips'] === true;
  return [
    ...(list.length === 0 && !fromPods && args === undefined ? [noAddress(pluginPath)] : []),
    ...each.flatMap(({ entry, path: at }) => staticAddress(entry, at)),
    ...routeFindings(ipam, path, subnets),
  ];
}

function noAddress(path: string): Finding {
  const message =
    'static has no addresses and pods cannot send any; write "addresses" in "ipam", or "capabilities": {"ips": true} beside "type"';
  return finding('UndeclaredCapability', path, message);
}

function staticAddress(entry: JsonObject, path: string): readonly Finding[] {
  const text = textOf(entry['address']);
  const whole = cidrRange(text);
  if (whole === undefined) return [];
  const at = childPath(path, 'gateway');
  // Never an error: the plugin's own documentation has such an example, and another address may cover it.
  const gateway = gatewayFindings(textOf(entry['gateway']), text, at, false);
  const value = ipNumber(text.split('/')[0] ?? '')?.value;
  const isEdge = value === whole.first || (whole.family === 4 && value === whole.last);
  if (!isEdge || (hostBits(text) ?? 0) < 2) return gateway;
  const message = `${text} is the address of the network itself or its broadcast address; write the address of the pod`;
  return [finding('InvalidAddress', childPath(path, 'address'), message, 'warning'), ...gateway];
}

function wholes(ranges: readonly CheckedRange[]): readonly IpRange[] {
  return ranges.flatMap(({ whole }) => whole ?? []);
}
