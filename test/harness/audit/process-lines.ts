import { allPids, commandOf, readOrEmpty } from './proc.ts';

/** Processes whose environment, command line or cgroup holds one of the texts; never this process. */
export function processLines(markers: readonly string[]): readonly string[] {
  if (markers.length === 0) return [];
  const others = allPids().filter((pid) => pid !== process.pid);
  return others.flatMap((pid) => {
    const command = readOrEmpty(`/proc/${pid}/cmdline`);
    // Zombies have neither of these two; their end is their parent's business.
    const text = [command, readOrEmpty(`/proc/${pid}/environ`)];
    if (command !== '') text.push(readOrEmpty(`/proc/${pid}/cgroup`));
    if (!markers.some((marker) => text.join('\0').includes(marker))) return [];
    return [`process ${pid} ${commandOf(pid)}`];
  });
}
