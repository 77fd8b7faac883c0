import { readdirSync, readFileSync } from 'node:fs';
import type { HostLink } from '../../api/weft-node.ts';
import { maxListed } from '../../api/weft-node-limits.ts';
import { byBytes } from '../sources/stamped-directory.ts';

/** The links of this network namespace, whatever `/sys` is mounted. */
const linkTable = '/proc/net/dev';

/** As plugins name the host's end of a pod's link: `veth1a2b3c4d`, `cali0123456789a`, `lxc…`, `eni…`, `1a2b3c4d5e6f_h`. */
const generated = /[0-9a-f]{6,}(_h)?$/;

/**
 * The links that a network may name as its parent, by name. Left out are the loopback and the host's ends of pods'
 * links, of which a node has hundreds that change with each pod. Never throws; what cannot be read has none.
 */
export function hostLinks(
  sysDirectory: string = '/sys/class/net',
  table: string = linkTable,
): readonly HostLink[] {
  const names = linkNames(textOf(table)).filter(
    (name) => name !== 'lo' && !(generated.test(name) && isPodEnd(`${sysDirectory}/${name}`)),
  );
  return names
    .sort(byBytes)
    .slice(0, maxListed)
    .map((name) => ({ name }));
}

/** The names in a text of the form of /proc/net/dev: two lines of head, then `  name: counters`. */
export function linkNames(table: string): string[] {
  return table
    .split('\n')
    .slice(2)
    .flatMap((line) => {
      const colon = line.lastIndexOf(':');
      return colon > 0 ? [line.slice(0, colon).trim()] : [];
    });
}

/** One of a pair has another link's index in `iflink`; so has a vlan, but that one has a lower link beside it. */
function isPodEnd(directory: string): boolean {
  const index = textOf(`${directory}/ifindex`).trim();
  // Without /sys, or with that of another namespace, the name alone speaks.
  if (index === '') return true;
  const peer = textOf(`${directory}/iflink`).trim();
  return peer !== index && !entries(directory).some((entry) => entry.startsWith('lower_'));
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
