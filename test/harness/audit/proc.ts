import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/** Every process of the machine, in the order in which they were numbered. */
export function allPids(): readonly number[] {
  const names = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return names.map(Number).sort((a, b) => a - b);
}

/** A file's text; '' where it is gone, as files of /proc are with their process. */
export function readOrEmpty(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Where a link leads; '' where it is gone. */
export function linkOrEmpty(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** True for a process that has ended and that its parent has not asked for yet. */
export function isZombie(pid: number): boolean {
  const stat = readOrEmpty(`/proc/${pid}/stat`);
  // The command name stands in brackets and may hold anything.
  return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
}

/** The command line with blanks between its words; for kernel threads and zombies the name in brackets. */
export function commandOf(pid: number): string {
  const words = readOrEmpty(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
  return words === '' ? `[${readOrEmpty(`/proc/${pid}/comm`).trim()}]` : words.slice(0, 300);
}
