import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { delegateError, maxMessage } from '../../../src/cni/error-result.ts';

const noise = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)), maxLength: 300 }),
  fc.json(),
);
const exit = fc.oneof(
  fc.record({ status: fc.nat({ max: 255 }) }),
  fc.record({ signal: fc.nat({ max: 64 }) }),
);

describe('delegateError', () => {
  it('gives one printable line and a code above 0, whatever the delegate printed', () => {
    fc.assert(
      fc.property(noise, noise, exit, (stdout, stderr, end) => {
        const { code, message } = delegateError(stdout, stderr, end);
        expect(code).toBeGreaterThan(0);
        expect(message.length).toBeGreaterThan(0);
        expect(message.length).toBeLessThanOrEqual(maxMessage);
        expect(message.isWellFormed()).toBe(true);
        expect(message).not.toMatch(/[\x00-\x1f\x7f-\x9f]/);
      }),
      { numRuns: 1000 },
    );
  });

  it('[CNI-057] keeps the code of an error document', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 }), fc.boolean(), (code, spaced) => {
        const stdout = JSON.stringify({ cniVersion: '1.0.0', code, msg: 'full' }, null, spaced ? 1 : 0);
        expect(delegateError(stdout, 'noise', { status: 1 })).toEqual({ code, message: 'full' });
      }),
    );
  });

  it('does not read a flood to its end', () => {
    const flood = `${'x'.repeat(5000)}\n`.repeat(2000);
    const started = performance.now();
    expect(delegateError('', flood, { signal: 15 }).message).toHaveLength(maxMessage);
    expect(performance.now() - started).toBeLessThan(100);
  });
});
