import { isLabel, isSubdomain } from '../api/dns-name.ts';
import { shown } from '../api/schema-validator.ts';
import { checkIfname } from '../cni/env.ts';
import { invalidAnnotation } from './invalid-annotation.ts';
import type { NetworkSelection, Selections } from './network-selection.ts';

/**
 * `[namespace/]name[@ifname]`, divided by commas (NPWG-043). `@` and the white space around the parts are the
 * reference client's extension (NPWG-044). The interface name follows the kernel's rules and not those of DNS, so
 * that `eth0.10` passes (NPWG-048).
 */
export function parseShortForm(text: string, podNamespace: string): Selections {
  const selections = text
    .split(',')
    .map((item, index) => parseItem(item.trim(), `item ${index + 1}`, podNamespace));
  return { selections, warnings: [] };
}

function parseItem(item: string, where: string, podNamespace: string): NetworkSelection {
  if (item === '') throw invalidAnnotation(`${where} is empty`);
  const [path = '', ifname, ...moreIfnames] = item.split('@').map(trimmed);
  const parts = path.split('/').map(trimmed);
  if (parts.length > 2 || moreIfnames.length > 0) {
    throw invalidAnnotation(`${where} is ${shown(item)}, must be [namespace/]name[@interface]`);
  }
  const name = parts.at(-1) ?? '';
  const namespace = parts.length === 2 ? (parts[0] ?? '') : podNamespace;
  if (parts.length === 2 && !isLabel(namespace)) {
    throw invalidAnnotation(`${where}: ${shown(namespace)} is not a namespace's name`);
  }
  // Dots are for the JSON form only (NPWG-313): the text says one label here.
  if (!isSubdomain(name) || name.includes('.')) {
    throw invalidAnnotation(`${where}: ${shown(name)} is not a network's name`);
  }
  if (ifname === undefined) return { where, namespace, name };
  const complaint = checkIfname(ifname);
  if (complaint !== undefined) throw invalidAnnotation(`${where}: the interface name ${complaint}`);
  return { where, namespace, name, ifname };
}

function trimmed(text: string): string {
  return text.trim();
}
