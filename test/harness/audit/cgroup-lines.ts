import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseMounts } from './mount-lines.ts';

/**
 * The groups of every hierarchy, version 1 and 2. All groups at the top are listed; those further below only where the
 * one at the top holds one of the `markers`, because the machine's other trees (systemd's, a login's) change all day.
 */
export function cgroupLines(mountinfo: string, markers: readonly string[]): readonly string[] {
  const hierarchies = parseMounts(mountinfo).filter((mount) => /^cgroup2?$/.test(mount.type));
  return hierarchies.flatMap(({ point }) =>
    childrenOf(point).flatMap((name) => {
      const path = join(point, name);
      return markers.some((marker) => name.includes(marker)) ? treeLines(path) : [`cgroup ${path}`];
    }),
  );
}

function treeLines(path: string): readonly string[] {
  return [`cgroup ${path}`, ...childrenOf(path).flatMap((name) => treeLines(join(path, name)))];
}

function childrenOf(dir: string): readonly string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  } catch {
    // Removed meanwhile.
    return [];
  }
}
