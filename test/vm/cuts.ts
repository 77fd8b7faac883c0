import type { Stop } from './cut-history.ts';

/** When the power goes. */
export type Cut =
  /** A plugin stands at a point. */
  | ({ readonly kind: 'point' } & Stop)
  /** In a time of ADDs and DELs: so many milliseconds after so many were answered. */
  | { readonly kind: 'traffic'; readonly answers: number; readonly afterMs: number }
  /** So many milliseconds after the first of what an agent installs could be seen. */
  | { readonly kind: 'install'; readonly afterMs: number };

/**
 * Those of `make test`: the first delegate is done and nothing but the first record says so; and the middle of the
 * traffic.
 */
export const fewCuts: readonly Cut[] = [
  { kind: 'point', verb: 'ADD', at: 'finish:reaped', synced: true },
  { kind: 'traffic', answers: 4, afterMs: 600 },
];

/** Those of `make test-long`: all over ADD and DEL, anywhere in the traffic, and in the agent's installation. */
export const manyCuts: readonly Cut[] = [
  ...fewCuts,
  ...spread(8).map((at, index): Cut => ({ kind: 'point', verb: 'ADD', at, synced: index % 2 === 0 })),
  ...spread(4).map((at, index): Cut => ({ kind: 'point', verb: 'DEL', at, synced: index % 2 === 0 })),
  ...[1, 3, 6, 9].map((answers): Cut => ({ kind: 'traffic', answers, afterMs: answers * 130 })),
  ...[0, 60].map((afterMs): Cut => ({ kind: 'install', afterMs })),
];

/** The middles of `count` equal parts of 0 to 1. */
function spread(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => (index + 0.5) / count);
}

/** For messages. */
export function describeCut(cut: Cut): string {
  if (cut.kind === 'traffic') return `${cut.afterMs} ms after ${cut.answers} answers`;
  if (cut.kind === 'install') return `${cut.afterMs} ms into the agent's installation`;
  const at = typeof cut.at === 'string' ? cut.at : `${Math.round(cut.at * 100)} %`;
  return `${cut.verb} at ${at}${cut.synced ? ', synced' : ''}`;
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
