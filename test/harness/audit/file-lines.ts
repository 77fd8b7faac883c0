import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readOrEmpty } from './proc.ts';

/** Everything below a directory, with the hash of each file. `label` stands for the directory in the lines. */
export function directoryLines(label: string, dir: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(dir);
  } catch {
    return [`${label}: no directory`];
  }
  return names.flatMap((name) => entryLines(`${label}/${name}`, join(dir, name)));
}

function entryLines(label: string, path: string): readonly string[] {
  try {
    const stat = lstatSync(path);
    if (stat.isDirectory()) return [`${label}/`, ...directoryLines(label, path)];
    if (stat.isSocket()) return [`${label} socket`];
    if (stat.isSymbolicLink()) return [`${label} -> ${readlinkSync(path)}`];
    if (!stat.isFile()) return [`${label} special`];
    const hash = createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 12);
    return [`${label} file ${stat.size} bytes ${hash}`];
  } catch {
    // Gone between listing and looking.
    return [];
  }
}

/** Only the names in a directory. Not there: no line, because making it is a change as well. */
export function nameLines(dir: string): readonly string[] {
  try {
    return [`${dir}/`, ...readdirSync(dir).map((name) => `${dir}/${name} there`)];
  } catch {
    return [];
  }
}

/** Files below the directories on which somebody holds a flock now. */
export function heldLockLines(dirs: readonly string[]): readonly string[] {
  const held = new Set(
    readOrEmpty('/proc/locks')
      .split('\n')
      .flatMap((line) => /FLOCK.* [0-9a-f]+:[0-9a-f]+:(\d+) /.exec(line)?.[1] ?? []),
  );
  return dirs
    .flatMap((dir) => filesBelow(dir))
    .flatMap((path) => {
      try {
        return held.has(String(lstatSync(path).ino)) ? [`lock held on ${path}`] : [];
      } catch {
        return [];
      }
    });
}

function filesBelow(dir: string): readonly string[] {
  try {
    const entries = readdirSync(dir, { recursive: true, withFileTypes: true });
    return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  } catch {
    return [];
  }
}
