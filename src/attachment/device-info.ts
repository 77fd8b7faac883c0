import { isObject, type JsonObject, parseJson } from '../cni/json.ts';

/**
 * What a device information file says (device-info-spec 1.1, section 3). Only what the specification requires is
 * looked at; all that is in the file goes on to the pod's status: optional keys, those of 1.0, modes yet to come
 * (NPWG-180 to 184).
 */
export interface DeviceInfo {
  readonly type: DeviceType;
  /** `MAJOR.MINOR.PATCH`, of the specification. */
  readonly version: string;
  /** The object named like the type, and whatever else is there. */
  readonly [key: string]: unknown;
}

export type DeviceType = 'pci' | 'vdpa' | 'vhost-user' | 'memif';

/** A file that cannot be used is an answer: ADD goes on without it (NPWG-196). */
export type ReadDeviceInfo =
  | { readonly ok: true; readonly info: DeviceInfo }
  /** A plain sentence's end: `type is "gpu", must be …`. */
  | { readonly ok: false; readonly fault: string };

/** Larger than any: real ones have some hundred bytes. It goes into the record and into an annotation. */
export const deviceInfoBytes: number = 16 * 1024;

/** Required texts of each type's object. A choice is only checked where the specification closes it: a memif may have a new mode. */
const required: Readonly<Record<DeviceType, Readonly<Record<string, readonly string[]>>>> = {
  pci: { 'pci-address': [] },
  vdpa: { 'parent-device': [], driver: ['vhost', 'virtio'], path: [] },
  'vhost-user': { mode: ['client', 'server'], path: [] },
  memif: { role: ['master', 'slave'], path: [], mode: [] },
};

/** Reads the text of a device information file. */
export function readDeviceInfo(text: string): ReadDeviceInfo {
  const value = parsed(text);
  if (!isObject(value)) return { ok: false, fault: 'it is no JSON object' };
  const fault = faultOf(value);
  return fault === undefined ? { ok: true, info: value as unknown as DeviceInfo } : { ok: false, fault };
}

function faultOf(info: JsonObject): string | undefined {
  const type = info['type'];
  if (!isType(type)) return `type is ${shown(type)}, must be one of ${Object.keys(required).join(', ')}`;
  const version = info['version'];
  if (typeof version !== 'string' || !/^[0-9]+\.[0-9]+\.[0-9]+$/.test(version))
    return `version is ${shown(version)}, must be MAJOR.MINOR.PATCH`;
  // Another major version may mean anything by the same words.
  if (!version.startsWith('1.')) return `version is ${shown(version)}, and weft knows 1.x.y`;
  const device = info[type];
  if (!isObject(device)) return `${type} is ${shown(device)}, must be an object`;
  return deviceFault(type, device);
}

function deviceFault(type: DeviceType, device: JsonObject): string | undefined {
  for (const [key, choices] of Object.entries(required[type])) {
    const value = device[key];
    const field = `${type}.${key}`;
    if (typeof value !== 'string' || value === '') return `${field} is ${shown(value)}, must be a text`;
    if (choices.length > 0 && !choices.includes(value))
      return `${field} is ${shown(value)}, must be ${choices.join(' or ')}`;
  }
  return undefined;
}

function isType(value: unknown): value is DeviceType {
  return typeof value === 'string' && Object.hasOwn(required, value);
}

function parsed(text: string): unknown {
  try {
    return parseJson(text, 'the file');
  } catch {
    return undefined;
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value).slice(0, 40);
}
