import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DefaultRouteStep } from '../../../src/attachment/plan.ts';
import {
  isDue,
  isHalfAdded,
  isLive,
  isParked,
  isUndone,
  oneMoreTry,
  parkedOf,
  undosOf,
  withoutJournal,
} from '../../../src/attachment/teardown.ts';
import { delegate, recordOf, stepIn } from './records.ts';

const a = { ...delegate, id: 'a' };
const b = { ...delegate, id: 'b' };
const c = { ...delegate, id: 'c' };
const route: DefaultRouteStep = {
  kind: 'default-route',
  id: 'r',
  ifname: 'net1',
  gateways: [],
  deadlineMs: 1,
};

describe('what DEL has to undo', () => {
  it('is everything that may exist, last first [CNI-283] [NPWG-329]', () => {
    const record = recordOf([
      stepIn('attached', a, { result: '{"a":1}' }),
      stepIn('running', b),
      stepIn('pending', c),
      stepIn('attached', route),
    ]);
    expect(undosOf(record)).toEqual([
      { index: 1, step: b },
      { index: 0, step: a, result: '{"a":1}' },
    ]);
    expect(isUndone(record)).toBe(false);
  });

  it('is known with how far the ADD of each came, and its own arguments', () => {
    const record = recordOf([stepIn('running', a, { begun: 1, cniArgs: 'MAC=02:00:00:00:00:05' })]);
    expect(undosOf(record)).toEqual([{ index: 0, step: a, begun: 1, cniArgs: 'MAC=02:00:00:00:00:05' }]);
  });

  it('is nothing where only a default route was moved', () => {
    expect(isUndone(recordOf([stepIn('pending', a), stepIn('attached', route)]))).toBe(true);
  });

  it('includes what was pending where the journal is lost', () => {
    const record = recordOf([stepIn('attached', a), stepIn('pending', b)]);
    expect(undosOf(withoutJournal(record)).map(({ step }) => step.id)).toEqual(['b', 'a']);
    expect(withoutJournal(record).steps.map(({ state }) => state)).toEqual(['attached', 'running']);
  });
});

describe('a record', () => {
  it('is live only with every step attached', () => {
    expect(isLive(recordOf([stepIn('attached', a), stepIn('attached', route)]))).toBe(true);
    expect(isLive(recordOf([stepIn('attached', a), stepIn('running', b)]))).toBe(false);
    expect(isLive(recordOf([]))).toBe(false);
  });

  it('is half made only where the links of before are known and not every step is attached', () => {
    const linksBefore = ['lo'];
    const running = [stepIn('attached', a), stepIn('running', b)];
    expect(isHalfAdded(recordOf(running, { linksBefore }))).toBe(true);
    expect(isHalfAdded(recordOf(running))).toBe(false);
    expect(isHalfAdded(recordOf([], { linksBefore }))).toBe(false);
    expect(isHalfAdded(recordOf([stepIn('attached', a)], { linksBefore }))).toBe(false);
  });
});

describe('a leftover', () => {
  const failed = recordOf([stepIn('deleting', a), stepIn('pending', b), stepIn('attached', route)], {
    teardown: oneMoreTry(undefined, 1000),
  });

  it('holds what may still exist and nothing else', () => {
    expect(parkedOf(failed, 1000, false).steps.map(({ state }) => state)).toEqual([
      'leftover',
      'pending',
      'pending',
    ]);
  });

  it('is parked, and due after half a minute', () => {
    const parked = parkedOf(failed, 1000, false);
    expect([isParked(failed), isParked(parked)]).toEqual([false, true]);
    expect([isDue(parked, 30_999), isDue(parked, 31_000)]).toEqual([false, true]);
  });

  it('waits twice as long after each retry, up to an hour', () => {
    let record = parkedOf(failed, 0, false);
    const pauses: number[] = [];
    for (let retry = 0; retry < 30; retry += 1) {
      pauses.push((record.teardown?.nextAt ?? 0) / 1000);
      record = parkedOf(record, 0, true);
    }
    expect(pauses.slice(0, 9)).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    expect(new Set(pauses.slice(7))).toEqual(new Set([3600]));
  });

  it('is parked and due also where a retry was killed in the middle or just before the end', () => {
    const parked = parkedOf(failed, 1000, false);
    for (const state of ['deleting', 'pending'] as const) {
      const killed = { ...parked, steps: [stepIn(state, a), stepIn('pending', b)] };
      expect([isParked(killed), isDue(killed, 31_000)]).toEqual([true, true]);
    }
  });

  it('whose runtime never came back has its first pause and no calls', () => {
    expect(parkedOf(recordOf([stepIn('attached', a)]), 1000, false).teardown).toEqual({
      calls: 0,
      firstAt: 1000,
      retries: 0,
      nextAt: 31_000,
    });
  });

  it('is no record that is undone or was never torn down', () => {
    expect(isParked(recordOf([stepIn('pending', a)]))).toBe(false);
    expect(isParked(recordOf([stepIn('attached', a)], { damaged: 'x.damaged' }))).toBe(false);
    expect(isDue(recordOf([stepIn('attached', a)]), Number.MAX_SAFE_INTEGER)).toBe(false);
  });

  it('that stands for damaged bytes alone is parked and never due', () => {
    const stand = recordOf([stepIn('pending', a)], { damaged: 'x.damaged' });
    expect([isParked(stand), isDue(stand, Number.MAX_SAFE_INTEGER)]).toEqual([true, false]);
  });
});

describe('the count of failed DELs', () => {
  it('goes up by one, and the time of the first stays', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), (times) => {
        let tries: ReturnType<typeof oneMoreTry> | undefined;
        for (const at of times) tries = oneMoreTry(tries, at);
        expect(tries).toEqual({ calls: times.length, firstAt: times[0], retries: 0, nextAt: 0 });
      }),
    );
  });
});
