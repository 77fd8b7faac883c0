import { readFileSync, rmSync } from 'node:fs';

/** A moment at which the plugin can be killed. */
export interface FaultPoint {
  /** From 1, in the order in which a clean call passes them. */
  readonly number: number;
  /** `<entry>:before`, `<entry>:after`, or a place inside an entry: `fork:forked`. */
  readonly name: string;
}

/** The points that a call has passed, from the file that WEFT_FAULT_LOG named; the file is removed. */
export function takePoints(log: string): readonly FaultPoint[] {
  const points = parsePoints(readFileSync(log, 'utf8'));
  rmSync(log);
  return points;
}

/** Lines `<number> <name>`; throws if the numbers are not 1, 2, 3 …, because then two processes have written. */
export function parsePoints(text: string): readonly FaultPoint[] {
  const lines = text.split('\n').filter((line) => line !== '');
  return lines.map((line, index) => {
    const [number = '', name = ''] = line.split(' ');
    if (Number(number) !== index + 1 || name === '') throw new Error(`point ${index + 1}: "${line}"`);
    return { number: index + 1, name };
  });
}

/**
 * The points that differ in what a kill leaves: between the end of one entry and the beginning of the next the plugin
 * touches nothing (points.test.ts proves it with strace), so of such a pair one is enough.
 */
export function distinctPoints(points: readonly FaultPoint[]): readonly FaultPoint[] {
  return points.filter(
    (point, index) => !point.name.endsWith(':after') || points[index + 1]?.name.endsWith(':before') !== true,
  );
}

/**
 * True where a child of the plugin is at work, so that it matters how long the plugin lives on: a delegate that has
 * its whole input, and what looks into a sandbox or changes its routes.
 */
export function isBesideChild(point: FaultPoint): boolean {
  return ['finish:fed', 'netns:forked'].includes(point.name);
}

/** `open 8, write 12, …`: how many points there are of each entry. */
export function pointSummary(points: readonly FaultPoint[]): string {
  const counts = new Map<string, number>();
  for (const { name } of points) {
    const entry = name.slice(0, name.indexOf(':'));
    counts.set(entry, (counts.get(entry) ?? 0) + 1);
  }
  return [...counts].map(([entry, count]) => `${entry} ${count}`).join(', ');
}
