import { parseObject } from '../cni/json.ts';
import type { Sys } from './sys.ts';

/** Keys by which plugins are told an interface of the node: macvlan, ipvlan, vlan and their kin; host-device. */
const keys = ['master', 'device'];

/** Of all namespaces this process's, whatever `/sys` is mounted. A node may have thousands of links. */
const linkTable = '/proc/net/dev';
const maxTable = 4 * 1024 * 1024;

/**
 * The interface of the node that a delegate was told to use and that is not there; undefined where it is there, or where that
 * is not known. Plugins do not say which: macvlan's whole message is `Link not found`. Asked only once one has failed so.
 * `stdin`: what the delegate got. Never throws.
 */
export function missingInterface(sys: Pick<Sys, 'readText'>, stdin: string): string | undefined {
  try {
    const config = parseObject(stdin, 'stdin');
    // Then it is looked for in the sandbox.
    if (config['linkInContainer'] === true) return undefined;
    const names = linksOf(sys.readText(linkTable, maxTable));
    return keys
      .map((key) => config[key])
      .find((name): name is string => typeof name === 'string' && name !== '' && !names.includes(name));
  } catch {
    return undefined;
  }
}

/** Whether a plugin says that it did not find an interface: netlink's words, and the kernel's. */
export function speaksOfInterface(message: string): boolean {
  return /\blink\b.*\bnot found|no such (device|network interface)/i.test(message);
}

/** Two lines of head, then `  name: counters`; the counters hold no colon. */
function linksOf(table: string): readonly string[] {
  return table
    .split('\n')
    .slice(2)
    .map((line) => line.slice(0, Math.max(0, line.lastIndexOf(':'))).trim());
}
