import { describe, expect, it } from 'vitest';
import type { StepRecord } from '../../../src/attachment/record.ts';
import { defaultBudgets } from '../../../src/executor/budgets.ts';
import { RecordStore } from '../../../src/executor/record-store.ts';
import { type JournalDuty, WorkingRecord } from '../../../src/executor/working-record.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { delegateOf, recordOf, stepIn } from '../attachment/records.ts';

const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };
const child = { handle: 7, pid: 101, startTicks: '707' };
const process = { pgid: 101, startTicks: '707' };
const chain = delegateOf({ ifname: 'net1', plugins: [{ type: 'a' }, { type: 'b' }] });

function working(step: StepRecord, duty: JournalDuty = 'required', errno?: string) {
  const fail = errno === undefined ? {} : { broken: { directory: '/run', errno: 'ENOSPC' as const } };
  const sys = new MemorySys(new World(), fail);
  const store = new RecordStore(sys, directories, 'k', 'boot-1');
  const context = { containerId: 'c', netns: '/n', cniArgs: '', cniPath: [] };
  const operation = { sys, store, budgets: defaultBudgets, context };
  return new WorkingRecord(operation, recordOf([step], { sequence: 3 }), duty);
}

describe('a record at work', () => {
  it('begins a step with the process that runs for it, and changes no other state by one', () => {
    const begun = working(stepIn('pending', chain));
    begun.running(0, child);
    expect(begun.stepAt(0)).toEqual({ step: chain, state: 'running', process });
    const undone = working(stepIn('deleting', chain));
    undone.running(0, child);
    expect(undone.stepAt(0)).toEqual({ step: chain, state: 'deleting', process });
  });

  it.each([
    [stepIn('running', chain, { process }), 0, { state: 'pending' }],
    [stepIn('running', chain, { process }), 1, { state: 'running', begun: 1 }],
    [stepIn('deleting', chain, { process }), 0, { state: 'deleting', begun: 0 }],
  ])('takes back of %j that plugin %i runs', (step, begun, after) => {
    const record = working(step);
    record.unrun(0, begun);
    expect(record.stepAt(0)).toEqual({ step: chain, ...after });
  });

  it('has no step behind its last', () => {
    expect(() => working(stepIn('pending', chain)).stepAt(1)).toThrow(new RangeError('no step 1'));
  });

  it('is written at rest one number later and without processes', () => {
    const record = working(stepIn('running', chain, { process }));
    expect(record.next()).toEqual(recordOf([stepIn('running', chain)], { sequence: 4 }));
    record.amend({ cniArgs: 'B=2' });
    expect(record.next()).toMatchObject({ sequence: 5, cniArgs: 'B=2' });
    record.become(recordOf([]));
    expect(record.record).toEqual(recordOf([]));
  });

  it('makes nothing while the journal cannot be written, and undoes all the same', () => {
    const making = working(stepIn('pending', chain), 'required', 'ENOSPC');
    expect(() => making.move(0, 'running')).toThrow('write the journal');
    expect(making.stepAt(0).state).toBe('pending');
    making.turnBack();
    making.move(0, 'running');
    expect(making.stepAt(0).state).toBe('running');
    const undoing = working(stepIn('attached', chain), 'best-effort', 'ENOSPC');
    undoing.move(0, 'deleting');
    expect(undoing.stepAt(0).state).toBe('deleting');
  });
});
