import type { AttachmentRecord } from '../attachment/record.ts';
import { isHalfAdded, isParked, oneMoreTry, parkedOf, type Undo, undosOf } from '../attachment/teardown.ts';
import { toDelError } from '../errors/cni-error.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { shareDeadline } from './budgets.ts';
import { delChain } from './chain.ts';
import type { DelegateContext } from './delegate.ts';
import { dropDeviceInfo } from './device-info-files.ts';
import { removeHalfMade } from './half-made.ts';
import { type Operation, WorkingRecord } from './working-record.ts';

/** So many DELs fail towards the runtime, or for so long; then what is left becomes a leftover (DESIGN §3.4). */
const tolerantCalls = 3;
const tolerantMs = 60_000;

/** What became of a DEL that did not fail. */
export interface Detached {
  /** `clean`: nothing is left. `leftover`: weft gave up for now, durably; the record says on what. */
  readonly how: 'clean' | 'leftover';
  readonly record: AttachmentRecord;
}

/**
 * Undoes a record, last attachment first, every one even if another fails, and removes it (DESIGN §3.4, DEL). Throws
 * TeardownFailed while the runtime shall call again; StateUnwritable if not even that could be written down.
 */
export function detach(operation: Operation, record: AttachmentRecord, deadline: number): Detached {
  const parked = isParked(record);
  const halfAdded = isHalfAdded(record);
  const working = new WorkingRecord(operation, record, 'best-effort');
  const errors = undoAll(operation, working, deadline);
  // A leftover's sandbox may be another's by now.
  if (halfAdded && !parked) removeHalfMade(operation, working);
  dropDeviceInfo(operation.sys, working.record);
  const first = errors[0];
  if (first === undefined) return finish(operation, working);
  const now = operation.sys.wallMs();
  const tries = oneMoreTry(working.record.teardown, now);
  working.amend({ teardown: tries });
  if (!parked && tries.calls <= tolerantCalls && now - tries.firstAt < tolerantMs) {
    operation.store.settle(working.next());
    throw teardownFailed(first, errors.length);
  }
  park(operation, working, parked);
  return { how: 'leftover', record: working.record };
}

/**
 * Runs every undo that is wanted, each with an equal share of the remaining time. Returns the failures, in the order they
 * happened. A step that could not be undone stays in state `deleting`.
 */
export function undoAll(
  operation: Operation,
  working: WorkingRecord,
  deadline: number,
  isWanted: (undo: Undo) => boolean = () => true,
): readonly WeftError[] {
  const undos = undosOf(working.record).filter(isWanted);
  const errors: WeftError[] = [];
  for (const [done, undo] of undos.entries()) {
    const share = shareDeadline(operation.sys.monotonicMs(), deadline, undos.length - done);
    const error = undoOne(operation, working, undo, share);
    if (error !== undefined) errors.push(error);
  }
  return errors;
}

/** Makes the record a durable leftover, which later DELs try again. `again`: it was one before. */
export function park(operation: Operation, working: WorkingRecord, again: boolean): void {
  working.become(parkedOf(working.record, operation.sys.wallMs(), again));
  operation.store.park(working.next());
}

function undoOne(
  operation: Operation,
  working: WorkingRecord,
  undo: Undo,
  deadline: number,
): WeftError | undefined {
  const { sys } = operation;
  const context = contextOfUndo(operation.context, undo);
  working.move(undo.index, 'deleting');
  try {
    delChain(
      { sys, context, deadline, onFork: (child) => working.running(undo.index, child) },
      undo.step,
      undo.result,
      undo.begun,
    );
    working.move(undo.index, 'pending');
    return undefined;
  } catch (error) {
    const failure = asWeftError(error);
    working.move(undo.index, 'deleting', { error: toDelError(failure, working.record.cniVersion) });
    return failure;
  }
}

function contextOfUndo(context: DelegateContext, { cniArgs }: Undo): DelegateContext {
  return cniArgs === undefined ? context : { ...context, cniArgs, argsAreOwn: true };
}

/** A record that stands for damaged bytes stays as a leftover, because nobody knows what else they held. */
function finish(operation: Operation, working: WorkingRecord): Detached {
  if (working.record.damaged !== undefined) {
    operation.store.park(working.next());
    return { how: 'leftover', record: working.record };
  }
  operation.store.remove();
  return { how: 'clean', record: working.record };
}

function teardownFailed(first: WeftError, failures: number): WeftError {
  const { failure } = first;
  const others = failures === 1 ? '' : ` (and ${failures - 1} more)`;
  return new WeftError('TeardownFailed', {
    ...failure,
    cause: `${failure.cause}${others}`,
    code: first.reason === 'DelegateFailed' ? first.code : undefined,
  });
}
