import type { AttachmentRecord, StepRecord } from '../attachment/record.ts';
import { advance, type StepNote } from '../attachment/step-state.ts';
import type { Budgets } from './budgets.ts';
import type { DelegateContext } from './delegate.ts';
import type { RecordStore } from './record-store.ts';
import type { Child, Sys } from './sys.ts';

/** What every operation on one sandbox needs. The caller holds the container's lock. */
export interface Operation {
  readonly sys: Sys;
  readonly store: RecordStore;
  readonly budgets: Budgets;
  readonly context: DelegateContext;
}

/**
 * Whether a step may go on while the journal cannot be written. Making something is never worth more than knowing of
 * it; undoing it is, as an undo that is done twice does no harm.
 */
export type JournalDuty = 'required' | 'best-effort';

/** A record in memory while its steps change; every change is journalled as it happens. */
export class WorkingRecord {
  private readonly operation: Operation;
  private current: AttachmentRecord;
  private duty: JournalDuty;

  constructor(operation: Operation, record: AttachmentRecord, duty: JournalDuty) {
    this.operation = operation;
    this.current = record;
    this.duty = duty;
  }

  get record(): AttachmentRecord {
    return this.current;
  }

  stepAt(index: number): StepRecord {
    const step = this.current.steps[index];
    if (step === undefined) throw new RangeError(`no step ${index}`);
    return step;
  }

  /** Moves one step and writes it to the journal. */
  move(index: number, to: StepRecord['state'], note: StepNote = {}): void {
    this.put(index, advance(this.stepAt(index), to, note));
  }

  /** Writes down which process runs for the step now, before it runs; that is also how a step begins (DESIGN §3.4). */
  running(index: number, child: Child): void {
    const step = this.stepAt(index);
    const process = { pgid: child.pid, startTicks: child.startTicks };
    this.put(index, step.state === 'pending' ? advance(step, 'running', { process }) : { ...step, process });
  }

  /**
   * Takes back that ADD's `begun`-th plugin (from 0) runs: its program could not be started. Without one before it
   * nothing of the step exists.
   */
  unrun(index: number, begun: number): void {
    const { process: _process, ...step } = this.stepAt(index);
    this.put(index, begun === 0 && step.state === 'running' ? advance(step, 'pending') : { ...step, begun });
  }

  /** From now on only undoing follows. */
  turnBack(): void {
    this.duty = 'best-effort';
  }

  /** Changes the record itself; steps are left alone. Not journalled: the next settle writes it. */
  amend(changes: Partial<Omit<AttachmentRecord, 'steps' | 'sequence'>>): void {
    this.current = { ...this.current, ...changes };
  }

  /** Replaces steps and all; not journalled either. */
  become(record: AttachmentRecord): void {
    this.current = record;
  }

  /** The record one sequence later, as it is written at rest, when no delegate runs any more. */
  next(): AttachmentRecord {
    const steps = this.current.steps.map(({ process: _process, ...step }): StepRecord => step);
    this.current = { ...this.current, steps, sequence: this.current.sequence + 1 };
    return this.current;
  }

  private put(index: number, step: StepRecord): void {
    const steps = [...this.current.steps];
    steps[index] = step;
    this.journal(step);
    this.current = { ...this.current, steps };
  }

  private journal(step: StepRecord): void {
    try {
      this.operation.store.note(this.current.sequence, step);
    } catch (error) {
      if (this.duty === 'required') throw error;
    }
  }
}
