import { shown } from '../api/schema-validator.ts';
import { checkContainerId } from '../cni/env.ts';
import type { JsonObject } from '../cni/json.ts';
import { atLeast, cniVersions, isCniVersion } from '../cni/version.ts';
import { type Finding, finding } from './finding.ts';
import { childPath } from './json-path.ts';
import { listOf, textOf } from './located-plugin.ts';

/** What is wrong with the name and the version of a configuration. `plugins`: how many its chain has. */
export function headFindings(conf: JsonObject, path: string, plugins: number): readonly Finding[] {
  return [...nameFindings(conf, path), ...versionFindings(conf, path, plugins)];
}

/** Without a name it has the object's (NPWG-025). */
function nameFindings(conf: JsonObject, path: string): readonly Finding[] {
  const name = textOf(conf['name']);
  const complaint = name === '' ? undefined : checkContainerId(name);
  if (complaint === undefined) return [];
  const meant = name
    .trim()
    .replace(/[^A-Za-z0-9_.-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+|-+$/g, '');
  const advice = meant === '' ? 'write letters and digits' : `write ${shown(meant)}`;
  return [finding('InvalidName', childPath(path, 'name'), `name ${complaint}; ${advice}`)];
}

/** Without a version it speaks what the runtime speaks (NPWG-324). */
function versionFindings(conf: JsonObject, path: string, plugins: number): readonly Finding[] {
  const at = childPath(path, 'cniVersion');
  const version = textOf(conf['cniVersion']);
  const offered = listOf(conf['cniVersions']);
  const wrong = offered.flatMap((value, index) =>
    typeof value !== 'string' || isCniVersion(value)
      ? []
      : [unknownVersion(value, childPath(childPath(path, 'cniVersions'), index))],
  );
  if (version === '' || (offered.some((value) => isCniVersion(textOf(value))) && wrong.length === 0))
    return wrong;
  if (!isCniVersion(version)) return [...wrong, unknownVersion(version, at)];
  if (plugins < 2 || atLeast(version, '0.3.0')) return wrong;
  const message = `chains came with cniVersion 0.3.0, so later plugins of this one get no result under ${version}; write "1.0.0"`;
  return [...wrong, finding('IncompatibleVersion', at, message, 'warning')];
}

function unknownVersion(version: string, path: string): Finding {
  const numbers = version
    .replace(/[^0-9.]/g, '')
    .split('.')
    .filter((part) => part !== '');
  const near = cniVersions.findLast((known) => known.startsWith(`${numbers.slice(0, 2).join('.')}.`));
  const meant = near ?? (numbers[0] === '0' ? '0.4.0' : '1.0.0');
  const message = `${shown(version)} is no version of CNI; write "${meant}"; there are ${cniVersions.join(', ')}`;
  return finding('IncompatibleVersion', path, message);
}
