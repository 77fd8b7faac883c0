import { shown } from '../api/schema-validator.ts';
import { isObject } from '../cni/json.ts';
import { type Finding, finding } from './finding.ts';
import { childPath } from './json-path.ts';
import type { LocatedPlugin } from './located-plugin.ts';

/** Interfaces that every network namespace has, and the word that tuning replaces by the pod's. */
const safeNames: readonly string[] = ['all', 'default', 'lo', 'IFNAME'];

/** The keys of tuning's `sysctl`: only those of the network, and not those of an interface of the node. */
export function sysctlFindings({ conf, path }: LocatedPlugin): readonly Finding[] {
  const { sysctl } = conf;
  if (!isObject(sysctl)) return [];
  return Object.keys(sysctl).flatMap((key) => keyFinding(key, childPath(childPath(path, 'sysctl'), key)));
}

function keyFinding(key: string, path: string): readonly Finding[] {
  // tuning takes both separators, and turns dots into slashes.
  const parts = key.split(/[./]/);
  if (/\s/.test(key) || parts[0] !== 'net' || parts.length < 3 || parts.some((part) => part === '')) {
    const message = `${shown(key)} is no sysctl of a network namespace; write one that starts with "net.", such as "net.core.somaxconn"`;
    return [finding('InvalidSysctl', path, message)];
  }
  const [, family = '', table = '', name = ''] = parts;
  const isPerInterface = /^ipv[46]$/.test(family) && /^(conf|neigh)$/.test(table);
  if (!isPerInterface || safeNames.includes(name) || name === '') return [];
  const message = `${shown(key)} is for the interface ${shown(name)} whatever this pod's is called; write "IFNAME" in its place`;
  return [finding('InvalidSysctl', path, message, 'warning')];
}
