import type { DelegateStep } from './plan.ts';
import type { AttachmentRecord, StepRecord, TeardownTries } from './record.ts';
import { mayExist } from './step-state.ts';

/** One attachment to undo. */
export interface Undo {
  /** Its place in the record's steps. */
  readonly index: number;
  readonly step: DelegateStep;
  /** Final result of its ADD; absent where ADD did not get that far. */
  readonly result?: string;
  /** How many plugins of the chain ADD has run, where it is known to be fewer than all. */
  readonly begun?: number;
  /** CNI_ARGS of this attachment alone; absent: the record's. */
  readonly cniArgs?: string;
}

/**
 * What DEL has to undo, last attachment first (CNI-283, NPWG-329). Steps of other kinds have no undo; one of a future
 * format is passed over, as its core fields say nothing about it.
 */
export function undosOf(record: AttachmentRecord): readonly Undo[] {
  const undos: Undo[] = [];
  for (const [index, step] of record.steps.entries()) {
    if (step.step.kind !== 'delegate' || !mayExist(step)) continue;
    const { result, begun, cniArgs } = step;
    undos.unshift({
      index,
      step: step.step,
      ...(result === undefined ? {} : { result }),
      ...(begun === undefined ? {} : { begun }),
      ...(cniArgs === undefined ? {} : { cniArgs }),
    });
  }
  return undos;
}

/** True if nothing of the record's attachments may exist any more. */
export function isUndone(record: AttachmentRecord): boolean {
  return undosOf(record).length === 0;
}

/** True if ADD succeeded and no DEL has begun: every step is attached. */
export function isLive(record: AttachmentRecord): boolean {
  return record.steps.length > 0 && record.steps.every((step) => step.state === 'attached');
}

/**
 * True if an ADD that did not succeed may have left links in the sandbox which no delegate's DEL knows; also when every
 * undo has run already.
 */
export function isHalfAdded(record: AttachmentRecord): boolean {
  return record.linksBefore !== undefined && record.steps.length > 0 && !isLive(record);
}

/** The record of an ADD of which nothing is half-made any more: it has succeeded, or has been rolled back. */
export function completed({ linksBefore: _before, ...record }: AttachmentRecord): AttachmentRecord {
  return record;
}

/**
 * The record as it must be read when the journal that went with it is lost: a step that was `pending` when the record
 * was written may have begun since.
 */
export function withoutJournal(record: AttachmentRecord): AttachmentRecord {
  const steps = record.steps.map(
    (step): StepRecord => (step.state === 'pending' ? { ...step, state: 'running' } : step),
  );
  return { ...record, steps };
}

/**
 * True for a record that stands for what is left of a sandbox and no longer for the sandbox. Its steps alone do not
 * tell: a retry that was killed has moved them on.
 */
export function isParked(record: AttachmentRecord): boolean {
  if ((record.teardown?.nextAt ?? 0) > 0) return true;
  return record.damaged !== undefined && isUndone(record);
}

/**
 * A parked record worth another try at this moment (wall clock, milliseconds): its undo failed, or succeeded and was
 * killed before the record went. One that stands for damaged bytes alone stays for a person.
 */
export function isDue(record: AttachmentRecord, nowMs: number): boolean {
  if (record.damaged !== undefined && isUndone(record)) return false;
  return isParked(record) && nowMs >= (record.teardown?.nextAt ?? 0);
}

/**
 * The record as a leftover: whatever may still exist waits for another try, first in half a minute, then after pauses
 * that double up to an hour. `again`: it was one before this try. Steps without undo are done with.
 */
export function parkedOf(record: AttachmentRecord, nowMs: number, again: boolean): AttachmentRecord {
  const steps = record.steps.map((step): StepRecord => {
    if (step.step.kind !== 'delegate') return { step: step.step, state: 'pending' };
    return mayExist(step) ? { ...step, state: 'leftover' } : step;
  });
  const before = record.teardown ?? { calls: 0, firstAt: nowMs, retries: 0, nextAt: 0 };
  const retries = again ? before.retries + 1 : before.retries;
  const pauseMs = Math.min(30_000 * 2 ** Math.min(retries, 20), 3_600_000);
  return { ...record, steps, teardown: { ...before, retries, nextAt: nowMs + pauseMs } };
}

/** The tries with one more failed DEL of the runtime. */
export function oneMoreTry(tries: TeardownTries | undefined, nowMs: number): TeardownTries {
  return {
    retries: 0,
    nextAt: 0,
    ...tries,
    calls: (tries?.calls ?? 0) + 1,
    firstAt: tries?.firstAt ?? nowMs,
  };
}
