import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { parseAddress, parseCidr } from './address.ts';
import { parseJson } from './json.ts';
import {
  type Fields,
  fieldsOf,
  filledOf,
  integerOf,
  objectOf,
  objectsOf,
  pathOf,
  textOf,
  textsOf,
} from './json-fields.ts';
import { type CniVersion, isCniVersion, resultFamily } from './version.ts';

/** An interface that a plugin reports. Optional fields are absent where the plugin left them empty or 0. */
export interface CniInterface {
  readonly name: string;
  readonly mac?: string;
  readonly mtu?: number;
  /** CNI_NETNS of an interface in the sandbox; absent for one on the host (CNI-053). */
  readonly sandbox?: string;
  readonly socketPath?: string;
  readonly pciID?: string;
}

/** An address that a plugin reports, as spelled by it. */
export interface CniIp {
  /** CIDR with host bits (CNI-134). */
  readonly address: string;
  readonly gateway?: string;
  /** Index into `interfaces`; absent where the plugin gave none, -1 or one out of range (CNI-136). */
  readonly interface?: number;
  /** True where the plugin's index points nowhere: callers use it unlooked and fall over it. */
  readonly dangling?: true;
  /** True where a 0.3.0 to 0.4.0 result has no `version` of "4" or "6": dropped on the way to 0.2.0 (CNI-153). */
  readonly unlabelled?: true;
}

/** A route that a plugin reports. 0 is a value in `table` and `scope` and absence in the others (CNI-133). */
export interface CniRoute {
  /** CIDR. */
  readonly dst: string;
  readonly gw?: string;
  readonly mtu?: number;
  readonly advmss?: number;
  readonly priority?: number;
  readonly table?: number;
  readonly scope?: number;
}

/** DNS settings that a plugin reports. Empty lists and strings are absent. */
export interface CniDns {
  readonly nameservers?: readonly string[];
  readonly domain?: string;
  readonly search?: readonly string[];
  readonly options?: readonly string[];
}

/** A result of any version. Unknown fields are not part of it; the text keeps them. */
export interface CniResult {
  /** The version that the text was read as. */
  readonly cniVersion: CniVersion;
  /** True where the text itself does not say so and the configuration's version was taken. */
  readonly undeclared?: true;
  readonly interfaces: readonly CniInterface[];
  readonly ips: readonly CniIp[];
  readonly routes: readonly CniRoute[];
  readonly dns: CniDns;
}

/**
 * Reads what a plugin printed after a successful ADD. A result without cniVersion is of the configuration's version;
 * one of another known version is taken as that (CNI-259). `null` is an empty result (CNI-256). DelegateOutput for
 * everything that is no result: no JSON, an unknown version, a field of the wrong kind, an address that Go would not
 * read (CNI-492) or that is missing (CNI-493).
 */
export function parseResult(text: string, configVersion: CniVersion): CniResult {
  const fields = fieldsOf(documentOf(text), '', unusable);
  const said = declaredVersion(fields);
  const cniVersion = said ?? configVersion;
  const undeclared = said === undefined ? { undeclared: true as const } : {};
  const dns = dnsOf(objectOf(fields, 'dns'));
  if (resultFamily(cniVersion) === 'ip4')
    return { cniVersion, ...undeclared, interfaces: [], ...perFamily(fields), dns };
  const interfaces = objectsOf(fields, 'interfaces').map(interfaceOf);
  const labelled = resultFamily(cniVersion) === 'ips-with-version';
  const ips = objectsOf(fields, 'ips').map((ip) => ipOf(ip, 'address', interfaces.length, labelled));
  return {
    cniVersion,
    ...undeclared,
    interfaces,
    ips,
    routes: objectsOf(fields, 'routes').map(routeOf),
    dns,
  };
}

/**
 * The same for a prevResult, whose version must share its shape with the configuration's (CNI-156). InvalidConfig if
 * it does not, or if the text is no result.
 */
export function parsePrevResult(text: string, configVersion: CniVersion): CniResult {
  const result = readPrevResult(text, configVersion);
  if (resultFamily(result.cniVersion) === resultFamily(configVersion)) return result;
  const cause = `prevResult of version ${result.cniVersion} does not fit a configuration of version ${configVersion}`;
  throw new WeftError('InvalidConfig', { cause });
}

function readPrevResult(text: string, configVersion: CniVersion): CniResult {
  try {
    return parseResult(text, configVersion);
  } catch (error) {
    throw new WeftError('InvalidConfig', { cause: `prevResult: ${asWeftError(error).failure.cause}`, error });
  }
}

function documentOf(text: string): unknown {
  if (text.trim() === '') throw unusable('the plugin printed nothing');
  try {
    return parseJson(text, 'what the plugin printed') ?? {};
  } catch (error) {
    throw new WeftError('DelegateOutput', { cause: asWeftError(error).failure.cause, error });
  }
}

function declaredVersion(fields: Fields): CniVersion | undefined {
  const version = filledOf(fields, 'cniVersion');
  if (version === undefined || isCniVersion(version)) return version;
  throw unusable(`its cniVersion ${JSON.stringify(version.slice(0, 20))} is unknown`);
}

/** 0.1.0 and 0.2.0: IPv4 first, then IPv6, addresses as well as routes (CNI-151). */
function perFamily(fields: Fields): Pick<CniResult, 'ips' | 'routes'> {
  const found = ['ip4', 'ip6'].flatMap((key) => objectOf(fields, key) ?? []);
  return {
    ips: found.map((ip) => ipOf(ip, 'ip', 0, false)),
    routes: found.flatMap((ip) => objectsOf(ip, 'routes').map(routeOf)),
  };
}

function interfaceOf(fields: Fields): CniInterface {
  return present<CniInterface>({
    name: textOf(fields, 'name') ?? '',
    mac: filledOf(fields, 'mac'),
    mtu: integerOf(fields, 'mtu') || undefined,
    sandbox: filledOf(fields, 'sandbox'),
    socketPath: filledOf(fields, 'socketPath'),
    pciID: filledOf(fields, 'pciID'),
  });
}

function ipOf(fields: Fields, addressKey: 'address' | 'ip', interfaces: number, labelled: boolean): CniIp {
  const index = integerOf(fields, 'interface');
  const bound = index !== undefined && index >= 0 && index < interfaces;
  const label = labelled ? textOf(fields, 'version') : '4';
  return present<CniIp>({
    address: cidrOf(fields, addressKey),
    gateway: addressOf(fields, 'gateway'),
    interface: bound ? index : undefined,
    dangling: bound || index === undefined ? undefined : true,
    unlabelled: label === '4' || label === '6' ? undefined : true,
  });
}

function routeOf(fields: Fields): CniRoute {
  return present<CniRoute>({
    dst: cidrOf(fields, 'dst'),
    gw: addressOf(fields, 'gw'),
    mtu: integerOf(fields, 'mtu') || undefined,
    advmss: integerOf(fields, 'advmss') || undefined,
    priority: integerOf(fields, 'priority') || undefined,
    table: integerOf(fields, 'table'),
    scope: integerOf(fields, 'scope'),
  });
}

function dnsOf(fields: Fields | undefined): CniDns {
  if (fields === undefined) return {};
  const list = (key: string): readonly string[] | undefined => {
    const items = textsOf(fields, key);
    return items.length === 0 ? undefined : items;
  };
  return present<CniDns>({
    nameservers: list('nameservers'),
    domain: filledOf(fields, 'domain'),
    search: list('search'),
    options: list('options'),
  });
}

function cidrOf(fields: Fields, key: string): string {
  const text = textOf(fields, key);
  if (text === undefined) throw unusable(`${pathOf(fields, key)} is missing`);
  if (parseCidr(text) === undefined)
    throw unusable(`${pathOf(fields, key)} ${quoted(text)} is no address with prefix`);
  return text;
}

function addressOf(fields: Fields, key: string): string | undefined {
  const text = filledOf(fields, key);
  if (text === undefined || parseAddress(text) !== undefined) return text;
  throw unusable(`${pathOf(fields, key)} ${quoted(text)} is no address`);
}

/** The object without its undefined fields: absent and undefined differ for JSON and for the reader's types. */
function present<T extends object>(fields: { [K in keyof T]-?: T[K] | undefined }): T {
  const out: Partial<T> = {};
  for (const key in fields) {
    const value = fields[key];
    if (value !== undefined) out[key] = value;
  }
  return out as T;
}

function unusable(complaint: string): WeftError {
  return new WeftError('DelegateOutput', { cause: `the result is unusable: ${complaint}` });
}

function quoted(text: string): string {
  return JSON.stringify(text.slice(0, 45));
}
