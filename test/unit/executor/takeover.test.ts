import { describe, expect, it } from 'vitest';
import { endGroup, killRemains } from '../../../src/executor/takeover.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { delegate, recordOf, stepIn } from '../attachment/records.ts';
import { caught } from '../cni/caught.ts';

/** Counts down how many are alive, one less with each kill. */
function groupOf(count: number): {
  readonly sys: MemorySys;
  readonly alive: () => number;
  readonly killed: number[];
} {
  const killed: number[] = [];
  const sys = new (class extends MemorySys {
    override killGroup(pgid: number): void {
      killed.push(pgid);
    }
  })(new World());
  return { sys, alive: () => Math.max(0, count - killed.length), killed };
}

describe('what a dead operation left running', () => {
  it('is killed until none of it is alive, with pauses', () => {
    const { sys, alive, killed } = groupOf(3);
    endGroup(sys, 42, alive);
    expect(killed).toEqual([42, 42, 42]);
    expect(sys.calls.filter((call) => call === 'sleepMs')).toHaveLength(3);
  });

  it('makes the sandbox busy where it cannot be killed for five seconds', () => {
    const { sys } = groupOf(0);
    const start = sys.monotonicMs();
    const { reason, failure } = caught(() => endGroup(sys, 42, () => 1));
    expect(reason).toBe('SandboxBusy');
    expect(failure).toMatchObject({
      step: 'take over',
      cause: 'process group 42 of an earlier call cannot be killed',
    });
    expect(Math.round((sys.monotonicMs() - start) / 100)).toBe(50);
  });

  it('is looked for with its start and its container, and in this boot only', () => {
    const asked: unknown[] = [];
    const sys = new (class extends MemorySys {
      override groupMembers(...args: readonly unknown[]): readonly number[] {
        asked.push(args);
        return [];
      }
    })(new World());
    const process = { pgid: 42, startTicks: '7' };
    const record = recordOf([stepIn('pending'), stepIn('running', delegate, { process })]);
    killRemains(sys, record, 'boot-2');
    expect(asked).toEqual([]);
    killRemains(sys, record, 'boot-1');
    expect(asked).toEqual([[42, '7', 'c0ffee']]);
  });
});
