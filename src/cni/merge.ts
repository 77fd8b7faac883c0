import type { CniResult } from './result.ts';
import { resultFamily } from './version.ts';

/**
 * What a runtime gets where weft stands behind other plugins in a chain: the result of those before with the default
 * network's added to it (CNI-051). Interfaces, addresses and routes of the earlier ones come first, so that their
 * indexes stay. The shape of 0.1.0 and 0.2.0 has one address of each family: there the default network's count, since
 * they are the pod's. DNS is the default network's where it says anything. Both results must be of the same shape.
 */
export function mergeResults(previous: CniResult, own: CniResult): CniResult {
  const shift = previous.interfaces.length;
  const ips = own.ips.map((ip) =>
    ip.interface === undefined ? ip : { ...ip, interface: ip.interface + shift },
  );
  const onePerFamily = resultFamily(own.cniVersion) === 'ip4';
  return {
    cniVersion: own.cniVersion,
    interfaces: [...previous.interfaces, ...own.interfaces],
    ips: onePerFamily ? [...ips, ...previous.ips] : [...previous.ips, ...ips],
    routes: [...previous.routes, ...own.routes],
    dns: Object.keys(own.dns).length > 0 ? own.dns : previous.dns,
  };
}
