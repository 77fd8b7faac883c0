import type { World } from '../../fakes/sys-memory/world.ts';
import { call, nodeFiles, type Outcome, type VerbOptions } from './memory-node.ts';

/** One world in which a process was killed at one point. */
export interface Crash {
  readonly world: World;
  /** Where: `before rename /run/weft/…`. */
  readonly point: string;
}

/**
 * The same story killed at every point of its last call, each time in a world of its own. A kill after one call is a
 * kill before the next, so of these two one is taken.
 */
export function* crashes(story: () => World, verb: string, options: VerbOptions = {}): Generator<Crash> {
  const { points } = call(story(), verb, options).sys;
  for (const [killAt, point] of points.entries()) {
    if (points[killAt + 1]?.startsWith('before ') === true) continue;
    const world = story();
    call(world, verb, { ...options, killAt });
    yield { world, point };
  }
}

/** What the runtime does about a pod that it wants gone: it calls DEL, which must succeed, and nothing may be left. */
export function complaintsAfterDel(world: World, keep: readonly string[] = nodeFiles): readonly string[] {
  world.agent = undefined;
  const del = call(world, 'DEL');
  return [...(del.status === 0 ? [] : [`DEL: ${del.stdout}`]), ...world.remains(keep)];
}

/** Tells of each point at which something was wrong; empty if all was well. Counts the points into `counter`. */
export function complaints(
  found: Iterable<Crash>,
  counter: { points: number },
  audit: (world: World) => readonly string[] = complaintsAfterDel,
): readonly string[] {
  const all: string[] = [];
  for (const { world, point } of found) {
    counter.points += 1;
    for (const complaint of audit(world)) all.push(`${point}: ${complaint}`);
  }
  return all;
}

/** A call that changes the file system, by its label in `calls`. */
const writing = /^(open|write|fsync|rename|link|unlink|mkdir) /;

/** One world in which one writing call failed once. */
export interface Fault extends Crash {
  readonly outcome: Outcome;
}

/** The same story with every writing call of its last call failing once, with each of the errors. */
export function* faults(story: () => World, verb: string, errnos: readonly string[]): Generator<Fault> {
  const { calls } = call(story(), verb).sys;
  for (const [number, label] of calls.entries()) {
    if (!writing.test(label)) continue;
    for (const errno of errnos) {
      const world = story();
      const outcome = call(world, verb, { fail: { call: number, errno } });
      yield { world, point: `${errno} from ${label}`, outcome };
    }
  }
}
