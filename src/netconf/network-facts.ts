import { isObject, type JsonObject, parseObject } from '../cni/json.ts';
import type { NetworkList } from '../cni/network-list.ts';
import { cidrRange, type IpRange, inRange, ipNumber } from './ip-range.ts';
import { childPath } from './json-path.ts';
import { whereaboutsCidr } from './value-formats.ts';

/** A text of the configuration and where it stands. */
export interface Located {
  /** As it is written. */
  readonly value: string;
  /** JSON path in the object: `spec.config.plugins[0].master`. */
  readonly path: string;
}

/** What a network builds on: an interface of the node, a bridge, or a device by its hardware address or path. */
export interface Parent extends Located {
  readonly kind: 'link' | 'bridge' | 'device';
  /** True: it is an interface of the pod, made by an earlier plugin, and nothing of the node. */
  readonly inPod?: true;
}

/** Addresses that an IPAM plugin gives out by itself. */
export interface OwnRange extends IpRange {
  /** The IPAM plugin: `host-local` or `whereabouts`. */
  readonly ipam: string;
  /** Of the subnet. */
  readonly path: string;
}

/**
 * What a network's configuration names on the node, for those who compare networks or decide who may name what.
 *
 * The reference plugins find their keys in any case (Go's encoding/json), so `Master` counts as `master`; of several
 * spellings every value is listed, because which one counts depends on the plugin.
 */
export interface NetworkFacts {
  /** `type` of each plugin, in the order of the chain. */
  readonly plugins: readonly Located[];
  /** `ipam.type` of the plugins that have one. */
  readonly ipams: readonly Located[];
  readonly parents: readonly Parent[];
  /** Directories, files and sockets of the node that plugins are told to use: `ipam.dataDir`, `daemonSocketPath`, … */
  readonly paths: readonly Located[];
  /** The L2 segments that its interfaces are on. Equal texts are the same segment, on one node: `link eth0 vlan 10`. */
  readonly segments: readonly string[];
  readonly ranges: readonly OwnRange[];
}

/** Keys whose value names an interface of the node, by what they name. */
const parentKeys: readonly (readonly [string, Parent['kind']])[] = [
  ['master', 'link'],
  ['device', 'link'],
  ['bridge', 'bridge'],
  ['hwaddr', 'device'],
  ['kernelpath', 'device'],
  ['pciBusID', 'device'],
  ['deviceID', 'device'],
];

/** Keys of a plugin or of its IPAM that name something in the node's file system. */
const pathKeys: readonly string[] = [
  'dataDir',
  'resolvConf',
  'daemonSocketPath',
  'configuration_path',
  'log_file',
  'logFile',
  'log_file_path',
  'socket_file',
  'kubeconfig',
  'cniBinDir',
  'cniConfDir',
  'confDir',
  'binDir',
  'subnetFile',
  'nodename_file',
  'nodenameFile',
  'pluginLogFile',
];

/** Reads the facts of a network. `base`: where its configuration stands in the object. Never throws for a parsed network. */
export function networkFacts(network: NetworkList, base = 'spec.config'): NetworkFacts {
  const isList = parseObject(network.text, base)['plugins'] !== undefined;
  const each = network.plugins.map(({ text }, index) =>
    pluginFacts(parseObject(text, base), isList ? childPath(childPath(base, 'plugins'), index) : base),
  );
  return {
    plugins: each.flatMap(({ plugins }) => plugins),
    ipams: each.flatMap(({ ipams }) => ipams),
    parents: each.flatMap(({ parents }) => parents),
    paths: each.flatMap(({ paths }) => paths),
    segments: each.flatMap(({ segments }) => segments),
    ranges: each.flatMap(({ ranges }) => ranges),
  };
}

function pluginFacts(plugin: JsonObject, path: string): NetworkFacts {
  const ipams = anyCase(plugin, 'ipam', path).flatMap(({ value, path: at }) =>
    isObject(value) ? [{ value, path: at }] : [],
  );
  return {
    plugins: texts(plugin, 'type', path),
    ipams: ipams.flatMap((ipam) => texts(ipam.value, 'type', ipam.path)),
    parents: [...parents(plugin, path), ...bondLinks(plugin, path)].map((parent) =>
      isInPod(plugin, parent) ? { ...parent, inPod: true } : parent,
    ),
    paths: [
      ...pathsIn(plugin, path),
      ...anyCase(plugin, 'kubernetes', path).flatMap((nested) => nestedPaths(nested)),
      ...ipams.flatMap((ipam) => [
        ...pathsIn(ipam.value, ipam.path),
        ...anyCase(ipam.value, 'kubernetes', ipam.path).flatMap((nested) => nestedPaths(nested)),
      ]),
    ],
    segments: segmentsOf(plugin),
    ranges: ipams.flatMap((ipam) => rangesOf(ipam.value, ipam.path)),
  };
}

/** Every value whose key Go's encoding/json would take for `key`. */
function anyCase(object: JsonObject, key: string, path: string): readonly { value: unknown; path: string }[] {
  const wanted = folded(key);
  return Object.keys(object)
    .filter((candidate) => folded(candidate) === wanted)
    .map((candidate) => ({ value: object[candidate], path: childPath(path, candidate) }));
}

/** Upper case first, so that `ſ` becomes `s` as it does for Go, and the Kelvin sign `k`. */
function folded(key: string): string {
  return key.toUpperCase().toLowerCase();
}

function texts(object: JsonObject, key: string, path: string): readonly Located[] {
  return anyCase(object, key, path).flatMap(({ value, path: at }) =>
    typeof value === 'string' && value !== '' ? [{ value, path: at }] : [],
  );
}

function parents(plugin: JsonObject, path: string): readonly Parent[] {
  return parentKeys.flatMap(([key, kind]) =>
    texts(plugin, key, path).map((located): Parent => ({ ...located, kind })),
  );
}

/** `linkInContainer` of macvlan, ipvlan and vlan, `linksInContainer` of bond. */
function isInPod(plugin: JsonObject, { kind }: Parent): boolean {
  if (kind !== 'link') return false;
  return ['linkInContainer', 'linksInContainer'].some((key) =>
    anyCase(plugin, key, '').some(({ value }) => value === true),
  );
}

/** The interfaces that the bond plugin joins. */
function bondLinks(plugin: JsonObject, path: string): readonly Parent[] {
  return anyCase(plugin, 'links', path).flatMap(({ value, path: at }) =>
    (Array.isArray(value) ? value : []).flatMap((link: unknown, index) =>
      isObject(link)
        ? texts(link, 'name', childPath(at, index)).map((name): Parent => ({ ...name, kind: 'link' }))
        : [],
    ),
  );
}

function pathsIn(object: JsonObject, path: string): readonly Located[] {
  return pathKeys.flatMap((key) => texts(object, key, path));
}

function nestedPaths({ value, path }: { value: unknown; path: string }): readonly Located[] {
  return isObject(value) ? pathsIn(value, path) : [];
}

function segmentsOf(plugin: JsonObject): readonly string[] {
  const master = textOf(plugin['master']);
  switch (plugin['type']) {
    case 'bridge':
      return [`bridge ${textOf(plugin['bridge']) || 'cni0'}${tag(plugin['vlan'])}`];
    case 'ovs':
      return textOf(plugin['bridge']) === '' ? [] : [`ovs ${textOf(plugin['bridge'])}${tag(plugin['vlan'])}`];
    case 'macvlan':
    case 'ipvlan':
      return master === '' || plugin['linkInContainer'] === true ? [] : [`link ${linkSegment(master)}`];
    case 'vlan':
      return master === '' || plugin['linkInContainer'] === true
        ? []
        : [`link ${master}${tag(plugin['vlanId'])}`];
    case 'host-device':
      return textOf(plugin['device']) === '' ? [] : [`link ${linkSegment(textOf(plugin['device']))}`];
    default:
      return [];
  }
}

/** `eth0.10` is how everybody calls VLAN 10 of eth0. */
function linkSegment(link: string): string {
  const match = /^(.+)\.([0-9]{1,4})$/.exec(link);
  return match === null ? link : `${match[1] ?? ''}${tag(Number(match[2]))}`;
}

function tag(vlan: unknown): string {
  return typeof vlan === 'number' && vlan > 0 ? ` vlan ${vlan}` : '';
}

function rangesOf(ipam: JsonObject, path: string): readonly OwnRange[] {
  if (ipam['type'] === 'host-local') return hostLocalRanges(ipam, path);
  if (ipam['type'] === 'whereabouts') return whereaboutsRanges(ipam, path);
  return [];
}

function hostLocalRanges(ipam: JsonObject, path: string): readonly OwnRange[] {
  const sets = Array.isArray(ipam['ranges']) ? (ipam['ranges'] as readonly unknown[]) : [];
  const listed = sets.flatMap((set, outer) =>
    (Array.isArray(set) ? set : []).flatMap((range: unknown, inner) =>
      isObject(range)
        ? hostLocalRange(range, childPath(childPath(childPath(path, 'ranges'), outer), inner))
        : [],
    ),
  );
  return [...hostLocalRange(ipam, path), ...listed];
}

function hostLocalRange(range: JsonObject, path: string): readonly OwnRange[] {
  const whole = cidrRange(textOf(range['subnet']));
  if (whole === undefined) return [];
  return [ownRange(whole, range['rangeStart'], range['rangeEnd'], 'host-local', childPath(path, 'subnet'))];
}

function whereaboutsRanges(ipam: JsonObject, path: string): readonly OwnRange[] {
  const listed = Array.isArray(ipam['ipRanges']) ? (ipam['ipRanges'] as readonly unknown[]) : [];
  return [
    { range: ipam, path },
    ...listed.map((range, index) => ({ range, path: childPath(childPath(path, 'ipRanges'), index) })),
  ].flatMap(({ range, path: at }) => {
    return isObject(range) ? whereaboutsRange(range, childPath(at, 'range')) : [];
  });
}

/** The form START-CIDR has both ends in `range`, the end before the prefix. */
function whereaboutsRange(range: JsonObject, path: string): readonly OwnRange[] {
  const text = textOf(range['range']);
  const subnet = whereaboutsCidr(text);
  const whole = cidrRange(subnet);
  if (whole === undefined) return [];
  const dash = text.indexOf('-');
  if (dash === -1) return [ownRange(whole, range['range_start'], range['range_end'], 'whereabouts', path)];
  return [ownRange(whole, text.slice(0, dash).trim(), subnet.split('/')[0], 'whereabouts', path)];
}

/** Ends that are absent, or not in the subnet, are those of the subnet. */
function ownRange(whole: IpRange, start: unknown, end: unknown, ipam: string, path: string): OwnRange {
  const first = within(whole, start) ?? whole.first;
  const last = within(whole, end) ?? whole.last;
  return { family: whole.family, first, last, ipam, path };
}

function within(whole: IpRange, text: unknown): bigint | undefined {
  const address = ipNumber(textOf(text));
  return address !== undefined && inRange(address, whole) ? address.value : undefined;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
