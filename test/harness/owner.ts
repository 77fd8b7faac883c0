import { readFileSync } from 'node:fs';

/**
 * Names of what a test makes on the machine: they say which process made it, so that a later run can tell the debris
 * of a dead one (kill -9, power cut of the developer's patience) from what a living neighbour uses.
 */
const prefix = 'weft-t';

let counter = 0;

/** A name nobody else on this machine uses: `weft-t-<pid>-<start ticks>-<number>`. At most 40 characters. */
export function ownedName(): string {
  counter += 1;
  return `${prefix}-${process.pid}-${startTicksOf(process.pid) ?? '0'}-${counter}`;
}

/** True for a name of ownedName whose maker is gone. False for strangers' names. */
export function isDebris(name: string): boolean {
  const match = /^weft-t-(\d+)-(\d+)-\d+/.exec(name);
  if (match === null) return false;
  return startTicksOf(Number(match[1])) !== match[2];
}

/** Field 22 of /proc/PID/stat: a reused process id has another one. undefined: no such process. */
export function startTicksOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The command name is in brackets and may hold spaces and brackets itself.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}
