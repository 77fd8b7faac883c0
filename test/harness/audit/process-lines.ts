import { allPids, commandOf, readOrEmpty } from './proc.ts';

/**
 * Processes whose environment, command line or cgroup holds one of the texts as a whole name, not as the beginning of a
 * longer one: clusters are called `e2e` and `e2e-demo`. Never this process.
 */
export function processLines(markers: readonly string[]): readonly string[] {
  if (markers.length === 0) return [];
  const others = allPids().filter((pid) => pid !== process.pid);
  return others.flatMap((pid) => {
    const command = readOrEmpty(`/proc/${pid}/cmdline`);
    // Zombies have neither of these two; their end is their parent's business.
    const text = [command, readOrEmpty(`/proc/${pid}/environ`)];
    if (command !== '') text.push(readOrEmpty(`/proc/${pid}/cgroup`));
    if (!markers.some((marker) => holdsName(text.join('\0'), marker))) return [];
    return [`process ${pid} ${commandOf(pid)}`];
  });
}

/** Whether the name stands in the text, and does not go on after it. */
export function holdsName(text: string, name: string): boolean {
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    if (!/[A-Za-z0-9_.-]/.test(text[at + name.length] ?? '')) return true;
  }
  return false;
}
