import { undosOf } from '../attachment/teardown.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { shareDeadline } from './budgets.ts';
import { detach, undoAll } from './detach.ts';
import { dropDeviceInfo } from './device-info-files.ts';
import type { GcRun } from './gc-run.ts';
import { isSpared } from './gc-scope.ts';
import type { KnownRecord } from './gc-survey.ts';
import { tryLockContainer } from './lock.ts';
import { removeSources } from './rebuild.ts';
import { contextOf, netnsOf } from './record-context.ts';
import { RecordStore } from './record-store.ts';
import { killRemains } from './takeover.ts';
import { type Operation, WorkingRecord } from './working-record.ts';

/** Less than that kills plugins that are only slow; the sandboxes for which no time is left wait for the next GC. */
const leastMs = 2000;

/** A real DEL of each (CNI-117), one after the other. Returns what failed; what was not begun in time counts as one. */
export function collectStale(
  run: GcRun,
  stale: readonly KnownRecord[],
  deadline: number,
): readonly WeftError[] {
  const { sys } = run;
  const errors: WeftError[] = [];
  for (const [done, item] of stale.entries()) {
    const now = sys.monotonicMs();
    const left = stale.length - done;
    if (now >= deadline) return [...errors, noTimeLeft(left)];
    errors.push(...collectOne(run, item, shareDeadline(now, deadline, left, leastMs)));
  }
  return errors;
}

function collectOne(run: GcRun, { key, record }: KnownRecord, deadline: number): readonly WeftError[] {
  const { sys, directories, bootId, budgets } = run;
  const lock = tryLockContainer(sys, directories, record.sandbox.containerId);
  // Nothing of ours holds it now; a plugin older than GC may.
  if (lock === undefined) return [busy(record.sandbox.containerId)];
  const store = new RecordStore(sys, directories, key, bootId);
  let gone = false;
  try {
    killRemains(sys, record, bootId);
    const context = contextOf(record, { netns: netnsOf(sys, record, bootId), cniPath: run.cniPath });
    gone = undo({ sys, store, budgets, context }, { key, record }, deadline);
    return [];
  } catch (error) {
    return [failed(asWeftError(error), record.sandbox.containerId)];
  } finally {
    store.close();
    if (gone) lock.retire();
    else lock.release();
  }
}

/** True if nothing is left of it. Throws what could not be undone; the record still says so. */
function undo(operation: Operation, { record }: KnownRecord, deadline: number): boolean {
  if (record.steps.some((step) => isSpared(step) && step.state !== 'pending')) {
    undoSome(operation, record, deadline);
    return false;
  }
  const { how, record: left } = detach(operation, record, deadline);
  removeSources(operation.sys, record);
  if (how === 'clean') return true;
  const [first] = undosOf(left);
  if (first === undefined) return true;
  const { msg } = left.steps[first.index]?.error ?? { msg: 'its undo failed' };
  throw new WeftError('TeardownFailed', {
    network: first.step.network,
    cause: `${first.step.ifname} stays as a leftover: ${msg}`,
  });
}

/** All but the attachments of networks without GC, for which the runtime's DEL will come (CNI-311). */
function undoSome(operation: Operation, record: KnownRecord['record'], deadline: number): void {
  const working = new WorkingRecord(operation, record, 'best-effort');
  const [first] = undoAll(operation, working, deadline, (undo) => !isSpared(working.stepAt(undo.index)));
  dropDeviceInfo(operation.sys, working.record);
  operation.store.settle(working.next());
  if (first !== undefined) throw first;
}

/** A DEL names its sandbox by the request; here there are many. */
function failed({ reason, failure }: WeftError, containerId: string): WeftError {
  return new WeftError(reason, {
    ...failure,
    step: `${failure.step ?? 'DEL'} of ${containerId.slice(0, 12)}`,
  });
}

function busy(containerId: string): WeftError {
  const cause = `container ${containerId.slice(0, 12)} is locked by another process`;
  return new WeftError('SandboxBusy', { step: 'GC', cause });
}

function noTimeLeft(count: number): WeftError {
  const remedy = 'the next GC goes on; see what their plugins wait for';
  return new WeftError('DelegateTimeout', {
    step: 'GC',
    cause: `no time was left for ${count} stale sandboxes`,
    remedy,
  });
}
