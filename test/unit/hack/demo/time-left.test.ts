import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aboutText, fractionDone, secondsLeft } from '../../../../hack/demo/time-left.ts';

const small = { name: 'small', seconds: 100 };
const large = { name: 'large', seconds: 500, packages: 1000 };

describe('the time that is left', () => {
  it('is all of the work before anything is done, halved by twice the cores', () => {
    const states = [
      { build: small, done: 0 },
      { build: large, done: 0 },
    ];
    expect(secondsLeft(states, 0, 2)).toBe(600);
    expect(secondsLeft(states, 0, 4)).toBe(300);
  });

  it('is nothing when all is done, and when there is nothing to do', () => {
    expect(secondsLeft([{ build: small, done: 1 }], 400, 2)).toBe(0);
    expect(secondsLeft([], 0, 2)).toBe(0);
  });

  it('grows on a machine that turns out to be slow, and shrinks on a quick one', () => {
    const states = [
      { build: small, done: 1 },
      { build: large, done: 0 },
    ];
    expect(secondsLeft(states, 100, 2)).toBe(500);
    expect(secondsLeft(states, 400, 2)).toBeGreaterThan(900);
    expect(secondsLeft(states, 20, 2)).toBeLessThan(400);
  });

  it('never grows by work that gets done, and is never negative', () => {
    const part = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(part, part, fc.nat(5000), fc.integer({ min: 1, max: 64 }), (a, b, elapsed, cores) => {
        const [less, more] = [Math.min(a, b), Math.max(a, b)];
        const later = secondsLeft([{ build: large, done: more }], elapsed, cores);
        expect(later).toBeGreaterThanOrEqual(0);
        expect(later).toBeLessThanOrEqual(secondsLeft([{ build: large, done: less }], elapsed, cores));
      }),
    );
  });
});

describe('how far a build is', () => {
  it("goes by its compiler's count as soon as there is one", () => {
    expect(fractionDone(large, 250, 900)).toBe(0.25);
  });

  it('goes by the clock before, at half of its pace: two are built at once', () => {
    expect(fractionDone(large, 0, 500)).toBe(0.5);
    expect(fractionDone(small, 0, 50)).toBe(0.25);
  });

  it('is never all of it while it runs', () => {
    expect(fractionDone(large, 5000, 0)).toBeLessThan(1);
    expect(fractionDone(small, 0, 5000)).toBeLessThan(1);
  });
});

describe('a time as people say it', () => {
  it.each([
    [3, 'some seconds'],
    [38, 'about 40 s'],
    [89, 'about 90 s'],
    [90, 'about 2 min'],
    [1000, 'about 17 min'],
  ])('%d s: %s', (seconds, text) => {
    expect(aboutText(seconds)).toBe(text);
  });
});
