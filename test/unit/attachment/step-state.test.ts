import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepRecord, StepState } from '../../../src/attachment/record.ts';
import { advance, mayExist, mayFollow } from '../../../src/attachment/step-state.ts';
import { delegate, stepIn } from './records.ts';

const states: readonly StepState[] = ['pending', 'running', 'attached', 'deleting', 'leftover'];

/** By hand from DESIGN §3.3 and 3.4. */
const allowed = [
  'pending>running',
  'running>attached',
  'running>deleting',
  // Its program could not be started, so nothing was made.
  'running>pending',
  'attached>deleting',
  'deleting>deleting',
  'deleting>pending',
  'deleting>leftover',
  'leftover>deleting',
];

const process = { pgid: 10, startTicks: '7' };
const error = { cniVersion: '1.0.0', code: 100, msg: 'no', details: '' };

describe('the states of a step', () => {
  it.each(states.flatMap((from) => states.map((to) => [from, to] as const)))('from %s to %s', (from, to) => {
    const isAllowed = allowed.includes(`${from}>${to}`);
    expect(mayFollow(from, to)).toBe(isAllowed);
    if (isAllowed) expect(advance(stepIn(from), to).state).toBe(to);
    else expect(() => advance(stepIn(from), to)).toThrow(`cannot go from ${from} to ${to}`);
  });

  it('only a step that is pending is sure not to exist', () => {
    expect(states.filter((state) => mayExist(stepIn(state)))).toEqual(
      states.filter((state) => state !== 'pending'),
    );
  });

  it('keeps the result while anything may exist, and forgets all of it at the end', () => {
    const attached = advance(stepIn('running'), 'attached', { result: '{}', tookMs: 3 });
    const deleting = advance(attached, 'deleting');
    const failed = advance(deleting, 'deleting', { error });
    expect(failed).toEqual({ step: delegate, state: 'deleting', result: '{}', tookMs: 3, error });
    expect(advance(failed, 'leftover')).toEqual({
      step: delegate,
      state: 'leftover',
      result: '{}',
      tookMs: 3,
    });
    expect(advance(failed, 'pending')).toEqual({ step: delegate, state: 'pending' });
  });

  it('forgets the process with each transition', () => {
    const running = advance(stepIn('pending'), 'running', { process });
    expect(running.process).toEqual(process);
    expect(advance(running, 'deleting')).toEqual({ step: delegate, state: 'deleting' });
  });

  it('nothing that was attached or left over gets back to pending but through deleting', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...states), { maxLength: 12 }), (wanted) => {
        let step: StepRecord = stepIn('pending');
        for (const to of wanted) {
          if (!mayFollow(step.state, to)) continue;
          const next = advance(step, to);
          if (next.state === 'pending') expect(['deleting', 'running']).toContain(step.state);
          step = next;
        }
      }),
    );
  });
});
