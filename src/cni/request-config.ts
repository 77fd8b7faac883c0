import { WeftError } from '../errors/weft-error.ts';
import type { PluginConf } from './plugin-conf.ts';
import { appendMember, editObject, getMember, members, setMember } from './splice.ts';

/** What goes into a plugin's configuration for one call. */
export interface RequestOptions {
  /** Name of the list (CNI-220). */
  readonly name: string;
  /** Version of the list (CNI-220). */
  readonly cniVersion: string;
  /** Capability → JSON text of its value. Only those that the plugin declares are sent (CNI-223). */
  readonly runtimeConfig?: ReadonlyMap<string, string> | undefined;
  /** JSON text of an object, merged over `args.cni`, one level deep; it wins (NPWG-080, NPWG-081). */
  readonly cniArgs?: string | undefined;
  /** The attachment's device: top-level `deviceID` and `pciBusID`, which SR-IOV plugins read (NPWG-191). */
  readonly deviceId?: string | undefined;
  /** JSON text of a result in `cniVersion` (CNI-221, CNI-228). */
  readonly prevResult?: string | undefined;
}

/** Keys that only the runtime may fill (CNI-220, CNI-224, CNI-225), as `folded` spells them. */
const reserved: ReadonlySet<string> = new Set([
  'name',
  'cniversion',
  'capabilities',
  'runtimeconfig',
  'prevresult',
]);

const deviceKeys = ['deviceID', 'pciBusID'];

/**
 * The text for a plugin's standard input. The reserved keys and `cni.dev/*` are set or removed in every spelling that
 * a Go plugin would take for them, so that the author of a network cannot forge them; every other byte stays
 * (CNI-214, CNI-226). NetworkInvalid if `args` or `args.cni` is not an object and must be merged into (NPWG-082).
 */
export function requestConfig(plugin: PluginConf, options: RequestOptions): string {
  const set = new Map([
    ['name', JSON.stringify(options.name)],
    ['cniVersion', JSON.stringify(options.cniVersion)],
  ]);
  const args = mergedArgs(plugin.text, options.cniArgs);
  if (args !== undefined) set.set('args', args);
  const runtimeConfig = runtimeConfigOf(plugin, options.runtimeConfig);
  if (runtimeConfig !== undefined) set.set('runtimeConfig', runtimeConfig);
  if (options.prevResult !== undefined) set.set('prevResult', options.prevResult);
  if (options.deviceId === undefined) return editObject(plugin.text, { set, remove: isReserved });
  for (const key of deviceKeys) set.set(key, JSON.stringify(options.deviceId));
  return editObject(plugin.text, { set, remove: (key) => isReserved(key) || isDeviceKey(key) });
}

/** A request's configuration with one more member in its `runtimeConfig`, which is made where there is none. */
export function withRuntimeConfig(config: string, capability: string, valueText: string): string {
  const runtimeConfig = getMember(config, 'runtimeConfig');
  const members = setMember(runtimeConfig ?? '{}', capability, valueText);
  return runtimeConfig === undefined
    ? appendMember(config, 'runtimeConfig', members)
    : setMember(config, 'runtimeConfig', members);
}

function runtimeConfigOf(plugin: PluginConf, values: RequestOptions['runtimeConfig']): string | undefined {
  if (values === undefined) return undefined;
  const parts: string[] = [];
  for (const [capability, text] of values) {
    if (plugin.capabilities.includes(capability)) parts.push(`${JSON.stringify(capability)}:${text}`);
  }
  return parts.length === 0 ? undefined : `{${parts.join(',')}}`;
}

function mergedArgs(text: string, cniArgs: string | undefined): string | undefined {
  if (cniArgs === undefined) return undefined;
  const wanted = new Map(members(cniArgs).map(({ key, value }) => [key, value]));
  if (wanted.size === 0) return undefined;
  const args = objectText(text, 'args', 'args');
  const cni = editObject(objectText(args, 'cni', 'args.cni'), { set: wanted });
  return editObject(args, { set: new Map([['cni', cni]]) });
}

/** The text of a member that is an object, `{}` where it is absent or null. */
function objectText(text: string, key: string, path: string): string {
  const value = getMember(text, key) ?? 'null';
  if (value === 'null') return '{}';
  if (value.startsWith('{')) return value;
  throw new WeftError('NetworkInvalid', { cause: `${path} must be an object for cni-args to go into` });
}

/** Known to the network's author or not, a device has one source: the kubelet. */
function isDeviceKey(key: string): boolean {
  return deviceKeys.some((known) => folded(known) === folded(key));
}

function isReserved(key: string): boolean {
  const name = folded(key);
  return reserved.has(name) || name.startsWith('cni.dev/');
}

/**
 * A key as encoding/json compares it: it takes a key for a field in any case, and its folding knows two letters outside
 * ASCII, the long s and the Kelvin sign. The last spelling in the text would win over ours.
 */
export function folded(key: string): string {
  return key.replaceAll('\u017f', 's').replaceAll('\u212a', 'k').toLowerCase();
}
