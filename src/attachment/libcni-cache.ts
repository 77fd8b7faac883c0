import { textFromBase64 } from '../cni/base64.ts';
import { parseObject } from '../cni/json.ts';
import { type NetworkList, parseNetwork } from '../cni/network-list.ts';
import { requestConfig } from '../cni/request-config.ts';
import { getMember, members } from '../cni/splice.ts';
import type { DelegateStep } from './plan.ts';

/** One attachment that another runtime of libcni made, as its cache or Multus's scratch file remembers it. */
export interface CachedAttachment {
  /** Everything but `id` and `isDefault` is known. */
  readonly step: DelegateStep;
  /** The ADD's result, in the version of `step`; absent where it is not kept. */
  readonly result?: string;
  /** CNI_ARGS as of ADD, this attachment's own addresses included; '' where it is not kept. */
  readonly cniArgs: string;
  /** The attachment's device information file, which ends with it; absent where it has none. */
  readonly deviceInfoFile?: string;
}

/** Chains with one of these are meta-plugins whose delegates have entries of their own. */
const metaPlugins: readonly string[] = ['weft', 'multus', 'multus-shim', 'genie'];

/**
 * An entry of libcni's cache (`<dir>/results/*`, kind cniCacheV1, CNI-285) if it is the container's; undefined for
 * another container's, for another kind, for meta-plugins and for what cannot be read. Its file name is ambiguous, so
 * only its fields count (CNI-286).
 */
export function readCacheEntry(text: string, containerId: string): CachedAttachment | undefined {
  return attempt(() => {
    const entry = parseObject(text, 'a cache entry');
    if (entry['kind'] !== 'cniCacheV1' || entry['containerId'] !== containerId) return undefined;
    const config = typeof entry['config'] === 'string' ? textFromBase64(entry['config']) : undefined;
    if (config === undefined || typeof entry['ifName'] !== 'string') return undefined;
    const runtimeConfig = new Map(
      members(getMember(text, 'capabilityArgs') ?? '{}').map(({ key, value }) => [key, value]),
    );
    const step = stepOf(config, entry['ifName'], String(entry['networkName']), runtimeConfig);
    const result = getMember(text, 'result');
    if (step === undefined) return undefined;
    return {
      step,
      cniArgs: argsOf(entry['cniArgs']),
      ...(result === undefined || result === 'null' ? {} : { result }),
      ...infoFile(runtimeConfig),
    };
  });
}

/**
 * The type of the meta-plugin whose call an entry of the runtime's own cache stands for; undefined for every other file
 * and for another container's. A runtime that has changed its configuration since never removes such an entry.
 */
export function metaPluginOf(text: string, containerId: string): string | undefined {
  return attempt(() => {
    const entry = parseObject(text, 'a cache entry');
    if (entry['kind'] !== 'cniCacheV1' || entry['containerId'] !== containerId) return undefined;
    const config = typeof entry['config'] === 'string' ? textFromBase64(entry['config']) : undefined;
    const { plugins } = parseNetwork(config ?? '', 'a cached configuration', { fallbackName: 'any' });
    return plugins.find(({ type }) => metaPlugins.includes(type))?.type;
  });
}

function infoFile(runtimeConfig: ReadonlyMap<string, string>): { readonly deviceInfoFile?: string } {
  const value = runtimeConfig.get('CNIDeviceInfoFile');
  const path: unknown = value === undefined ? undefined : JSON.parse(value);
  // What another program's file names is removed later, so it must be what the specification says and nothing else.
  if (typeof path !== 'string' || !/^\/(var\/)?run\/k8s\.cni\.cncf\.io\/devinfo\/cni\/[^/]+$/.test(path))
    return {};
  return { deviceInfoFile: path };
}

/**
 * The step that a configuration kept by another runtime stands for; undefined for a meta-plugin's. Throws where it is no
 * network.
 */
export function stepOf(
  config: string,
  ifname: string,
  fallbackName: string,
  runtimeConfig: ReadonlyMap<string, string>,
): DelegateStep | undefined {
  const list = parseNetwork(config, 'a cached configuration', { fallbackName });
  if (list.plugins.some(({ type }) => metaPlugins.includes(type))) return undefined;
  return {
    kind: 'delegate',
    id: `cached-${ifname}`,
    network: list.name,
    networkName: list.name,
    ifname,
    cniVersion: list.cniVersion,
    plugins: pluginsOf(list, runtimeConfig),
    disableCheck: list.disableCheck,
    ...(list.disableGC && { disableGC: true }),
    isDefault: false,
    deadlineMs: 30_000,
  };
}

function pluginsOf(list: NetworkList, runtimeConfig: ReadonlyMap<string, string>): DelegateStep['plugins'] {
  const { name, cniVersion } = list;
  return list.plugins.map((plugin) => ({
    type: plugin.type,
    config: requestConfig(plugin, { name, cniVersion, runtimeConfig }),
  }));
}

/** `[["K8S_POD_NAME","a"],…]` back to `K8S_POD_NAME=a;…`. */
function argsOf(pairs: unknown): string {
  if (!Array.isArray(pairs)) return '';
  return pairs
    .flatMap((pair) => (Array.isArray(pair) ? [`${String(pair[0])}=${String(pair[1])}`] : []))
    .join(';');
}

/** What another program wrote may be anything; what cannot be read is no knowledge, and DEL goes on without it. */
export function attempt<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
