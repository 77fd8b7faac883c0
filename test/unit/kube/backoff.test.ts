import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Backoff, defaultBackoff } from '../../../src/kube/backoff.ts';

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

describe('Backoff', () => {
  it('doubles from half a second to half a minute, each pause between half and one and a half of its middle', () => {
    fc.assert(
      fc.property(fc.array(random, { minLength: 40, maxLength: 40 }), (numbers) => {
        const source = [...numbers];
        const backoff = new Backoff(defaultBackoff, () => source.shift() ?? 0);
        for (let tried = 0; tried < 20; tried += 1) {
          const middle = Math.min(500 * 2 ** tried, 30_000);
          const pause = backoff.next();
          expect(pause).toBeGreaterThanOrEqual(middle * 0.5 - 1);
          expect(pause).toBeLessThanOrEqual(middle * 1.5 + 1);
        }
      }),
    );
  });

  it('waits at least as long as the server asks, at most half longer, and never minutes on end', () => {
    fc.assert(
      fc.property(random, random, fc.integer({ min: 2_000, max: 10 ** 9 }), (first, second, asked) => {
        const source = [first, second];
        const pause = new Backoff({ firstMs: 10, maxMs: 10 }, () => source.shift() ?? 0).next(asked);
        expect(pause).toBeGreaterThanOrEqual(Math.min(asked, 120_000));
        expect(pause).toBeLessThanOrEqual(180_001);
      }),
    );
  });

  it('spreads those who were told the same', () => {
    const pauses = Array.from({ length: 20 }, (_, index) =>
      new Backoff(defaultBackoff, () => index / 20).next(5_000),
    );
    expect(new Set(pauses).size).toBe(20);
  });

  it('begins anew after a success', () => {
    const backoff = new Backoff(defaultBackoff, () => 0.5);
    expect([backoff.next(), backoff.next(), backoff.next()]).toEqual([500, 1000, 2000]);
    backoff.reset();
    expect(backoff.next()).toBe(500);
  });
});
