import { describe, expect, it } from 'vitest';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { type CallLimits, withDeadline } from '../../../src/kube/deadline.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

function limits(clock: FakeClock, end: AbortController = new AbortController()): CallLimits {
  return { clock, timeoutMs: 100, signal: end.signal };
}

/** Ends only when its signal says so. */
function hanging(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const end = (): void => reject(new Error('aborted'));
    if (signal.aborted) end();
    signal.addEventListener('abort', end);
  });
}

describe('withDeadline', () => {
  it('gives what the call gives, and leaves no timer', async () => {
    const clock = new FakeClock();
    expect(await withDeadline(limits(clock), async () => 5)).toBe(5);
    expect(clock.pending).toBe(0);
  });

  it('ends the call when its time is up', async () => {
    const clock = new FakeClock();
    const ended = withDeadline(limits(clock), hanging).catch((error: unknown) => error);
    await clock.pass(99);
    expect(clock.pending).toBe(1);
    await clock.pass(1);
    expect(await ended).toMatchObject({ reason: 'ApiTimeout' });
  });

  it.each(['before', 'during'])(
    'ends the call when nobody wants it, also if that was known %s',
    async (moment) => {
      const clock = new FakeClock();
      const end = new AbortController();
      if (moment === 'before') end.abort();
      const call = withDeadline(limits(clock, end), hanging);
      end.abort();
      await expect(call).rejects.toMatchObject({ reason: 'ApiUnreachable' });
      expect(clock.pending).toBe(0);
    },
  );

  it('passes on errors of ours as they are', async () => {
    const ours = new WeftError('ApiAccessInvalid', { cause: 'no token' });
    await expect(withDeadline(limits(new FakeClock()), () => Promise.reject(ours))).rejects.toBe(ours);
  });
});
