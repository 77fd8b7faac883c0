import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  defaultBudgets,
  forwardDeadline,
  gcDeadline,
  shareDeadline,
  staleDeadline,
} from '../../../src/executor/budgets.ts';

describe('the time budgets', () => {
  it('are those of DESIGN §3.1', () => {
    expect(defaultBudgets).toEqual({
      connect: 100,
      plan: 4800,
      lock: 20_000,
      delegate: 30_000,
      add: 60_000,
      del: 50_000,
      status: 1000,
      done: 1000,
    });
  });

  it('keep a third of ADD for its rollback, and let one hanging delegate run its 30 s before', () => {
    const forward = forwardDeadline(1000, defaultBudgets) - 1000;
    expect(forward).toBe(40_000);
    expect(forward).toBeGreaterThan(defaultBudgets.delegate);
  });

  it('give undos that all hang equal shares, which end at the deadline', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 0, max: 60_000 }), (count, total) => {
        let now = 5;
        const shares: number[] = [];
        for (let left = count; left > 0; left -= 1) {
          const share = shareDeadline(now, 5 + total, left);
          shares.push(share - now);
          now = share;
        }
        expect(now).toBeCloseTo(5 + total, 5);
        for (const share of shares) expect(share).toBeCloseTo(total / count, 5);
      }),
    );
  });

  it('are no shorter than a caller wants them, up to the deadline', () => {
    expect(shareDeadline(0, 30, 3, 15)).toBe(15);
    expect(shareDeadline(0, 30, 3, 5)).toBe(10);
    expect(shareDeadline(20, 30, 3, 15)).toBe(30);
    expect(shareDeadline(40, 30, 3, 15)).toBe(40);
  });

  it('give what a quick undo leaves to the rest, and never time in the past', () => {
    expect(shareDeadline(0, 30, 3)).toBe(10);
    expect(shareDeadline(1, 31, 2)).toBe(16);
    expect(shareDeadline(40, 30, 2)).toBe(40);
    expect(shareDeadline(0, 30, 0)).toBe(30);
  });
});

describe('the time of a GC', () => {
  it('ends before an ADD that waits for it gives up, two thirds of it being for stale sandboxes', () => {
    expect(gcDeadline(100, defaultBudgets)).toBe(15_100);
    expect(staleDeadline(100, defaultBudgets)).toBe(10_100);
  });

  it('is a second at least', () => {
    expect(gcDeadline(0, { ...defaultBudgets, lock: 0 })).toBe(1000);
  });
});
