import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRateLimits } from '../../../src/controller/rate-limiter.ts';
import { WorkQueue } from '../../../src/controller/work-queue.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';

/** What a queue hands out within `ms`, without anybody being done with it. */
async function handed(queue: WorkQueue, clock: FakeClock, ms: number): Promise<string[]> {
  const keys: string[] = [];
  const taking = (async () => {
    for (;;) {
      const key = await queue.take();
      if (key === undefined) return;
      keys.push(key);
    }
  })();
  await settle();
  await clock.pass(ms);
  queue.close();
  await taking;
  return keys;
}

describe('WorkQueue', () => {
  it('hands keys out in the order in which they came, each once', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue({ clock });
    for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key);
    expect(queue.depth).toBe(3);
    expect(await handed(queue, clock, 0)).toEqual(['b', 'a', 'c']);
  });

  it('keeps a key that comes while a worker has it until the worker is done', async () => {
    const queue = new WorkQueue({ clock: new FakeClock() });
    queue.add('a');
    expect(await queue.take()).toBe('a');
    queue.add('a');
    queue.add('b');
    expect(await queue.take()).toBe('b');
    expect(queue.depth).toBe(0);
    queue.done('a');
    expect(await queue.take()).toBe('a');
    queue.done('a');
    expect(queue.depth).toBe(0);
  });

  it('gives a key that was added for two times at the earlier one', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue({ clock });
    queue.addAfter('a', 500);
    queue.addAfter('a', 100);
    queue.addAfter('a', 900);
    expect(clock.pending).toBe(1);
    await clock.pass(99);
    expect(queue.depth).toBe(0);
    await clock.pass(1);
    expect(queue.depth).toBe(1);
    await clock.pass(10_000);
    expect(await handed(queue, clock, 0)).toEqual(['a']);
  });

  it('doubles the pause of a key with each failure up to the longest, and begins anew after a success', () => {
    const queue = new WorkQueue({ clock: new FakeClock() });
    const pauses = Array.from({ length: 16 }, () => queue.addRateLimited('a'));
    expect(pauses.slice(0, 5)).toEqual([5, 10, 20, 40, 80]);
    expect(pauses.slice(14)).toEqual([60_000, 60_000]);
    expect(queue.failures('a')).toBe(16);
    expect(queue.addRateLimited('b')).toBe(5);
    queue.forget('a');
    expect(queue.addRateLimited('a')).toBe(5);
    queue.close();
  });

  it('lets all keys together come back only so fast', async () => {
    const clock = new FakeClock();
    const limits = { ...defaultRateLimits, burst: 3, perSecond: 10 };
    const queue = new WorkQueue({ clock, limits });
    const pauses = ['a', 'b', 'c', 'd', 'e'].map((key) => queue.addRateLimited(key));
    expect(pauses.map(Math.round)).toEqual([5, 5, 5, 100, 200]);
    await clock.pass(10_000);
    expect(queue.addRateLimited('f')).toBe(5);
    queue.close();
  });

  it('lets everybody go when it is closed, and takes nothing more', async () => {
    const clock = new FakeClock();
    const queue = new WorkQueue({ clock });
    const waiting = [queue.take(), queue.take()];
    queue.addAfter('later', 100);
    queue.close();
    expect(await Promise.all(waiting)).toEqual([undefined, undefined]);
    queue.add('a');
    queue.addAfter('a', 1);
    expect(await queue.take()).toBeUndefined();
    expect([queue.depth, clock.pending]).toEqual([0, 0]);
  });

  const key = fc.constantFrom('a', 'b', 'c');
  const command = fc.oneof(
    fc.record({ do: fc.constant('add' as const), key }),
    fc.record({ do: fc.constant('after' as const), key, ms: fc.integer({ min: 0, max: 300 }) }),
    fc.record({ do: fc.constant('fail' as const), key }),
    fc.record({ do: fc.constant('take' as const) }),
    fc.record({ do: fc.constant('done' as const), key }),
    fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: 200 }) }),
  );

  it('loses no key, and never gives one to two workers at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), async (commands) => {
        const clock = new FakeClock();
        const queue = new WorkQueue({ clock });
        /** Keys that somebody has to look at after the last time that a worker took them. */
        const owed = new Set<string>();
        const held = new Set<string>();
        const take = async (): Promise<void> => {
          const taken = await queue.take();
          if (taken === undefined) return;
          expect(held.has(taken)).toBe(false);
          held.add(taken);
          owed.delete(taken);
        };
        for (const step of commands) {
          if (step.do === 'add' || step.do === 'after' || step.do === 'fail') owed.add(step.key);
          // A worker that waits takes it at once, and only then it owes nothing.
          if (step.do === 'add') queue.add(step.key);
          else if (step.do === 'after') queue.addAfter(step.key, step.ms);
          else if (step.do === 'fail') queue.addRateLimited(step.key);
          else if (step.do === 'pass') await clock.pass(step.ms);
          else if (step.do === 'take') void take();
          else if (held.delete(step.key)) queue.done(step.key);
          await settle();
        }
        for (let round = 0; round < 100 && owed.size > 0; round += 1) {
          for (const mine of [...held]) if (held.delete(mine)) queue.done(mine);
          void take();
          await clock.pass(1_000);
        }
        expect([...owed]).toEqual([]);
        queue.close();
      }),
    );
  });
});
