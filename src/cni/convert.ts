import { WeftError } from '../errors/weft-error.ts';
import { family } from './address.ts';
import { type CniIp, type CniResult, parseResult } from './result.ts';
import { setMember } from './splice.ts';
import { type CniVersion, resultFamily } from './version.ts';

/**
 * A result's text in another version. Where the shape stays (CNI-150, CNI-153, CNI-155) only the text of `cniVersion`
 * is changed, or added, so that unknown fields and numbers above 2^53 survive; a text of the target version comes back
 * byte for byte. Otherwise, and where an index points nowhere (CNI-054), the known fields are written anew (CNI-151,
 * CNI-152, CNI-154) and unknown ones are gone (CNI-495).
 *
 * `fromConfigVersion` is the version of the configuration that the plugin was called with; it counts where the text
 * says none. DelegateOutput for a text that parseResult refuses, and for a target that has no place for the result.
 */
export function convertResult(text: string, fromConfigVersion: CniVersion, to: CniVersion): string {
  return convertParsed(text, parseResult(text, fromConfigVersion), to);
}

/** The same for a text of which `result` is what parseResult gave: reading it twice costs an interpreter. */
export function convertParsed(text: string, result: CniResult, to: CniVersion): string {
  const rewritten = resultFamily(result.cniVersion) !== resultFamily(to) || result.ips.some(isDangling);
  if (rewritten) return serializeResult(result, to);
  if (result.undeclared !== true && result.cniVersion === to) return text;
  return setMember(text.trim() === 'null' ? '{}' : text, 'cniVersion', JSON.stringify(to));
}

/** The text of a result in a version's own shape, keys in the order of the specification, empty fields left out. */
export function serializeResult(result: CniResult, version: CniVersion): string {
  const shape = resultFamily(version);
  if (shape === 'ip4') return JSON.stringify(oneAddressPerFamily(result, version));
  const labelled = shape === 'ips-with-version';
  const interfaces: readonly object[] = labelled
    ? result.interfaces.map(({ name, mac, sandbox }) => ({ name, mac, sandbox }))
    : result.interfaces;
  return JSON.stringify({
    cniVersion: version,
    interfaces: listed(interfaces),
    ips: listed(result.ips.map((ip) => ipOf(ip, labelled))),
    routes: listed(result.routes),
    // Go writes an empty dns up to 0.4.0 and leaves it out from 1.0.0 on (CNI-135).
    dns: labelled || Object.keys(result.dns).length > 0 ? result.dns : undefined,
  });
}

/** 0.1.0 and 0.2.0 have one address of each family, and routes only beside an address (CNI-152). */
function oneAddressPerFamily(result: CniResult, version: CniVersion): object {
  const ip4 = addressOf(result, 4);
  const ip6 = addressOf(result, 6);
  if (ip4 === undefined && ip6 === undefined) {
    throw new WeftError('DelegateOutput', {
      cause: `a result without an address cannot be written in CNI version ${version}`,
    });
  }
  return { cniVersion: version, ip4, ip6, dns: result.dns };
}

function addressOf(result: CniResult, wanted: 4 | 6): object | undefined {
  const ip = result.ips.find(({ address, unlabelled }) => unlabelled !== true && family(address) === wanted);
  if (ip === undefined) return undefined;
  const routes = result.routes
    .filter(({ dst }) => family(dst) === wanted)
    .map(({ dst, gw }) => ({ dst, gw }));
  return { ip: ip.address, gateway: ip.gateway, routes: listed(routes) };
}

/** `version` is computed from the address: a v4-mapped one counts as 4 (CNI-154). */
function ipOf(ip: CniIp, labelled: boolean): object {
  const { address, gateway } = ip;
  return {
    version: labelled ? String(family(address)) : undefined,
    interface: ip.interface,
    address,
    gateway,
  };
}

function isDangling({ dangling }: CniIp): boolean {
  return dangling === true;
}

/** Empty lists are left out (CNI-135). */
function listed<Item>(items: readonly Item[]): readonly Item[] | undefined {
  return items.length === 0 ? undefined : items;
}
