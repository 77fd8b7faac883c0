import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Release, Slots } from '../../../src/agent/serve/slots.ts';
import { settle } from '../../fakes/fake-clock.ts';

describe('slots', () => {
  it('are given at once up to the limit, then first come first served', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    const releases: Release[] = [];
    for (let index = 0; index < 5; index += 1) {
      const turn = slots.take();
      expect(turn.immediate).toBe(index < 2);
      void turn.granted.then((release) => {
        order.push(index);
        releases.push(release);
      });
    }
    await settle();
    expect(order).toEqual([0, 1]);
    expect([slots.taken, slots.waiting]).toEqual([2, 3]);
    for (const expected of [
      [0, 1, 2],
      [0, 1, 2, 3],
      [0, 1, 2, 3, 4],
    ]) {
      releases.shift()?.();
      await settle();
      expect(order).toEqual(expected);
    }
  });

  it('are not given back twice by one holder', async () => {
    const slots = new Slots(1);
    const release = await slots.take().granted;
    release();
    release();
    expect(slots.taken).toBe(0);
    await slots.take().granted;
    expect(slots.take().immediate).toBe(false);
  });

  it('pass over who left the queue', async () => {
    const slots = new Slots(1);
    const release = await slots.take().granted;
    const left = slots.take();
    const next = slots.take();
    left.leave();
    await expect(left.granted).rejects.toMatchObject({ reason: 'AgentProtocol' });
    release();
    await next.granted;
    expect([slots.taken, slots.waiting]).toEqual([1, 0]);
  });

  it('are refused with AgentStopping to who waits and who comes, once stopped', async () => {
    const slots = new Slots(1);
    const release = await slots.take().granted;
    const waiting = slots.take();
    slots.stop();
    await expect(waiting.granted).rejects.toMatchObject({ reason: 'AgentStopping', code: 11 });
    await expect(slots.take().granted).rejects.toMatchObject({ reason: 'AgentStopping' });
    release();
    expect(slots.taken).toBe(0);
  });

  it('are never more than the limit, and none gets lost, whatever the order of coming, leaving and giving back', async () => {
    const action = fc.oneof(
      fc.constant('take' as const),
      fc.constant('release' as const),
      fc.constant('leave' as const),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(action, { maxLength: 60 }),
        async (limit, actions) => {
          const slots = new Slots(limit);
          const held: Release[] = [];
          const turns: ReturnType<Slots['take']>[] = [];
          for (const what of actions) {
            if (what === 'take') {
              const turn = slots.take();
              turns.push(turn);
              turn.granted.then(
                (release) => held.push(release),
                () => {},
              );
            } else if (what === 'release') held.shift()?.();
            else turns.shift()?.leave();
            await settle();
            expect(held.length).toBe(slots.taken);
            expect(slots.taken).toBeLessThanOrEqual(limit);
            if (slots.waiting > 0) expect(slots.taken).toBe(limit);
          }
          while (held.length > 0) {
            held.shift()?.();
            await settle();
          }
          expect([slots.taken, slots.waiting]).toEqual([0, 0]);
        },
      ),
    );
  });
});
