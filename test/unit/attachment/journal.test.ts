import { describe, expect, it } from 'vitest';
import { applyJournal, encodeEntry } from '../../../src/attachment/journal.ts';
import { delegate, recordOf, stepIn } from './records.ts';

const first = { ...delegate, id: 'first' };
const second = { ...delegate, id: 'second' };
const record = recordOf([stepIn('pending', first), stepIn('pending', second)], { sequence: 4 });
const process = { pgid: 9, startTicks: '1' };

const lines = [
  encodeEntry(4, stepIn('running', first, { process })),
  encodeEntry(4, stepIn('attached', first, { result: '{"ips":[]}' })),
  encodeEntry(4, stepIn('running', second, { process })),
];
const journal = lines.join('');

describe('the step journal', () => {
  it('gives the record the last state of each step', () => {
    expect(applyJournal(record, journal).steps).toEqual([
      stepIn('attached', first, { result: '{"ips":[]}' }),
      stepIn('running', second, { process }),
    ]);
  });

  it('changes nothing where it belongs to another sequence', () => {
    expect(applyJournal({ ...record, sequence: 5 }, journal).steps).toEqual(record.steps);
  });

  it('torn at any byte says as much as its whole lines', () => {
    for (let length = 0; length <= journal.length; length += 1) {
      const cut = journal.slice(0, length);
      // A line that lacks only its line feed is whole.
      const whole = lines.filter((_, index) => length >= lines.slice(0, index + 1).join('').length - 1);
      expect(applyJournal(record, cut), `cut at ${length}`).toEqual(applyJournal(record, whole.join('')));
    }
  });

  it('torn at any byte and gone on with by the next process says what that process says', () => {
    const last = encodeEntry(4, stepIn('deleting', second));
    for (let length = 0; length < journal.length; length += 1) {
      const resumed = applyJournal(record, `${journal.slice(0, length)}\n${last}`);
      expect(resumed.steps[1], `cut at ${length}`).toEqual(stepIn('deleting', second));
    }
  });

  it('ignores steps that the record does not have, and lines of any other kind', () => {
    const strange = [
      '{}',
      '[]',
      'null',
      '1',
      '{"base":4,"id":"first"}',
      encodeEntry(4, stepIn('running')),
    ].join('\n');
    expect(applyJournal(record, strange)).toEqual(record);
  });

  it('never replaces what a step is', () => {
    const forged = JSON.stringify({ base: 4, id: 'first', step: { state: 'running', step: second } });
    expect(applyJournal(record, forged).steps[0]?.step).toEqual(first);
  });
});
