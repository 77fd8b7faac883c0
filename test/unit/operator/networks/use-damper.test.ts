import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lingerMs, UseDamper } from '../../../../src/operator/networks/use-damper.ts';

describe('UseDamper', () => {
  it('says at once that a network is used, and later that it is not', () => {
    const damper = new UseDamper();
    expect(damper.judge('ns/a', 'none', undefined, 0)).toMatchObject({ status: 'False', reason: 'NotUsed' });
    expect(damper.judge('ns/a', 'pods', 'False', 10)).toMatchObject({ status: 'True', reason: 'UsedByPods' });
    expect(damper.judge('ns/a', 'none', 'True', 20)).toMatchObject({ status: 'True', againInMs: lingerMs });
    expect(damper.judge('ns/a', 'none', 'True', 20 + lingerMs - 1)).toMatchObject({ againInMs: 1 });
    expect(damper.judge('ns/a', 'none', 'True', 20 + lingerMs)).toMatchObject({ status: 'False' });
  });

  it('calls a network used that WeftConfig gives to pods, whether there are any or not', () => {
    expect(new UseDamper().judge('ns/a', 'given', 'False', 0)).toMatchObject({
      status: 'True',
      reason: 'GivenByWeftConfig',
    });
  });

  it('begins anew with a network that was deleted and made again', () => {
    const damper = new UseDamper();
    damper.judge('ns/a', 'none', 'True', 0);
    damper.forget('ns/a');
    expect(damper.judge('ns/a', 'none', 'True', lingerMs)).toMatchObject({ againInMs: lingerMs });
  });

  it('changes what it says twice in the time that it waits at most, whatever pods do', () => {
    const step = fc.record({
      ms: fc.integer({ min: 1, max: lingerMs }),
      use: fc.constantFrom('pods', 'none'),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const damper = new UseDamper();
        let now = 0;
        let said: 'True' | 'False' = 'False';
        const falls: number[] = [];
        for (const { ms, use } of steps) {
          now += ms;
          const { status } = damper.judge('ns/a', use, said, now);
          if (said === 'True' && status === 'False') falls.push(now);
          // Whoever uses it is never told that it is unused.
          if (use === 'pods') expect(status).toBe('True');
          said = status;
        }
        for (const [index, at] of falls.slice(1).entries())
          expect(at - (falls[index] ?? 0)).toBeGreaterThanOrEqual(lingerMs);
      }),
    );
  });
});
