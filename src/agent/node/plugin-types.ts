import { readdirSync } from 'node:fs';
import type { NodePlugins } from '../../api/weft-node.ts';
import { statusOf } from '../sources/file-stamp.ts';
import { byBytes } from '../sources/stamped-directory.ts';

/** Our own: no network may name it. */
const ownType = 'weft';

/** The programs in these directories, links followed, whatever they are; hidden files are those of installers. Never throws. */
export function pluginTypes(directories: readonly string[]): NodePlugins {
  const types = new Set<string>();
  const unseen = new Set<string>();
  for (const directory of directories) {
    const names = namesIn(directory);
    if (names === undefined) unseen.add(directory);
    for (const name of names ?? []) if (isProgram(`${directory}/${name}`)) types.add(name);
  }
  types.delete(ownType);
  return {
    count: types.size,
    types: [...types].sort(byBytes),
    ...(unseen.size > 0 && { unseen: [...unseen].sort(byBytes) }),
  };
}

function namesIn(directory: string): readonly string[] | undefined {
  try {
    return readdirSync(directory).filter((name) => !name.startsWith('.'));
  } catch {
    return undefined;
  }
}

function isProgram(path: string): boolean {
  const status = statusOf(path);
  return typeof status === 'object' && status.isFile() && (status.mode & 0o111) !== 0;
}
