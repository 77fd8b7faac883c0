import { textFromBase64 } from '../cni/base64.ts';
import { isObject, type JsonObject, parseObject } from '../cni/json.ts';
import { elements } from '../cni/splice.ts';
import { attachmentInfoFile, defaultDeviceInfoDir } from './device-info-paths.ts';
import { attempt, type CachedAttachment, stepOf } from './libcni-cache.ts';

/** The call that the file stands for, as far as Multus did not write it down. */
export interface ScratchRequest {
  readonly containerId: string;
  /** CNI_IFNAME. */
  readonly ifname: string;
  /** CNI_ARGS. */
  readonly cniArgs: string;
}

/**
 * Multus's scratch file (`<dir>/<containerID>`, a JSON array of its DelegateNetConf, as of 4.3.0): the delegates in
 * order of ADD, the first with the request's interface unless it asked for another, the others with the requested name
 * or net<index>. Empty if it cannot be read.
 *
 * Not in it: results, and what the pod asked of `portMappings` and `bandwidth` (`json:"-"`).
 */
export function readScratchFile(text: string, request: ScratchRequest): readonly CachedAttachment[] {
  const delegates = attempt(() => elements(text)) ?? [];
  return delegates.flatMap((delegate, index) => {
    const attachment = attempt(() => delegateOf(delegate, index, request));
    return attachment === undefined ? [] : [attachment];
  });
}

/** How many delegates the file speaks of; undefined where it cannot be read. */
export function countDelegates(text: string): number | undefined {
  return attempt(() => elements(text).length);
}

function delegateOf(text: string, index: number, request: ScratchRequest): CachedAttachment | undefined {
  const delegate = parseObject(text, 'a delegate');
  const config = configOf(delegate);
  if (config === undefined) return undefined;
  const ifname = word(delegate['ifnameRequest']) ?? (index === 0 ? request.ifname : `net${index}`);
  const name = word(delegate['Name']) ?? '';
  const deviceId = word(delegate['deviceID']);
  const deviceInfoFile =
    index === 0 || deviceId === undefined
      ? undefined
      : attachmentInfoFile(defaultDeviceInfoDir, request.containerId, { network: name, ifname });
  const runtimeConfig = index === 0 ? new Map() : requestsOf(delegate, deviceInfoFile);
  const step = stepOf(config, ifname, name.replace(/^.*\//, ''), runtimeConfig);
  if (step === undefined) return undefined;
  const info = deviceInfoFile === undefined ? {} : { deviceInfoFile };
  const network = name === '' ? step.network : name;
  return { step: { ...step, network }, cniArgs: argsOf(delegate, request.cniArgs), ...info };
}

/**
 * The configuration as ADD had it. Of a list that Multus 4.3.0 found on disk (`clusterNetwork`) `Bytes` has only the keys
 * that CNI knows, without a bridge's name or an address range; whole are the plugins in `CNINetworkConfigList`.
 */
function configOf(delegate: JsonObject): string | undefined {
  const list = delegate['CNINetworkConfigList'];
  const whole = isObject(list) ? attempt(() => listOf(list)) : undefined;
  return whole ?? (typeof delegate['Bytes'] === 'string' ? textFromBase64(delegate['Bytes']) : undefined);
}

function listOf(list: JsonObject): string | undefined {
  const items = list['Plugins'];
  if (!Array.isArray(items) || items.length === 0) return undefined;
  const plugins = items.map((item: unknown) => {
    const bytes = isObject(item) ? item['Bytes'] : undefined;
    return typeof bytes === 'string' ? textFromBase64(bytes) : undefined;
  });
  if (plugins.includes(undefined)) return undefined;
  const head = { cniVersion: list['CNIVersion'], name: list['Name'], disableCheck: list['DisableCheck'] };
  return `${JSON.stringify(head).slice(0, -1)},"plugins":[${plugins.join(',')}]}`;
}

/** Capability arguments that Multus derives from the pod's request, never for the first delegate. */
function requestsOf(delegate: JsonObject, deviceInfoFile: string | undefined): ReadonlyMap<string, string> {
  const wanted: Readonly<Record<string, unknown>> = {
    ips: delegate['ipRequest'],
    mac: delegate['macRequest'],
    infinibandGUID: delegate['infinibandGUIDRequest'],
    deviceID: delegate['deviceID'],
    CNIDeviceInfoFile: deviceInfoFile,
  };
  const given = Object.entries(wanted).filter(([, value]) => value !== undefined);
  return new Map(given.map(([key, value]) => [key, JSON.stringify(value)]));
}

/** ADD had the pod's addresses in CNI_ARGS too, each delegate its own. */
function argsOf(delegate: JsonObject, cniArgs: string): string {
  const mac = word(delegate['macRequest']);
  const ips = delegate['ipRequest'];
  const parts = [
    cniArgs,
    mac === undefined ? '' : `MAC=${mac}`,
    Array.isArray(ips) && ips.length > 0 ? `IP=${ips.map(String).join(',')}` : '',
  ];
  return parts.filter((part) => part !== '').join(';');
}

function word(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}
