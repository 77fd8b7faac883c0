/** Where chance begins in this run; a test that uses it prints it. `WEFT_SEED=…` repeats a run. */
export const seed: number = Number(process.env['WEFT_SEED'] ?? Date.now() % 1_000_000);

/** Numbers in [0, 1) that depend on the seed only (mulberry32). */
export function* chance(): Generator<number, never> {
  let state = seed;
  for (;;) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}
