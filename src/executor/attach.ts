import type { DelegateStep, Plan } from '../attachment/plan.ts';
import { type AttachmentRecord, recordFormat, type StepRecord } from '../attachment/record.ts';
import { completed } from '../attachment/teardown.ts';
import { toCniError } from '../errors/cni-error.ts';
import { asWeftError, type WeftError } from '../errors/weft-error.ts';
import { forwardDeadline } from './budgets.ts';
import { addChain } from './chain.ts';
import { moveDefaultRoute } from './default-route.ts';
import { park, undoAll } from './detach.ts';
import { dropDeviceInfo, offerDeviceInfo, readBackDeviceInfo } from './device-info-files.ts';
import { removeHalfMade } from './half-made.ts';
import { checkNamesFree } from './names-free.ts';
import type { Child } from './sys.ts';
import { type Operation, WorkingRecord } from './working-record.ts';

/** What the record says beyond the plan. */
export type RecordHead = Pick<
  AttachmentRecord,
  'weft' | 'bootId' | 'sandbox' | 'cniArgs' | 'cniPath' | 'cniVersion' | 'deviceInfoDir'
>;

/** ADD failed after its record was begun, and has been rolled back as far as it went. */
export class RolledBack extends Error {
  override readonly name: string = 'RolledBack';
  readonly failure: WeftError;
  /** What is left: steps in state `leftover`, or all pending. */
  readonly record: AttachmentRecord;

  constructor(failure: WeftError, record: AttachmentRecord) {
    super(failure.message);
    this.failure = failure;
    this.record = record;
  }
}

/** A checked plan and what goes with it. */
export interface AddRequest {
  readonly plan: Plan;
  readonly head: RecordHead;
  /** First number of the new record. */
  readonly sequence: number;
  /** Interface names that the sandbox has already. */
  readonly taken: readonly string[];
}

/**
 * Runs a plan (DESIGN §3.4, ADD). Returns the settled record with every step attached, and what `conclude` made of it;
 * if that throws, ADD has failed like any step. Throws WeftError while nothing has been run, RolledBack afterwards.
 */
export function attach<Conclusion>(
  operation: Operation,
  request: AddRequest,
  conclude: (record: AttachmentRecord) => Conclusion,
): { readonly record: AttachmentRecord; readonly conclusion: Conclusion } {
  const { sys, store, budgets } = operation;
  const { plan } = request;
  const start = sys.monotonicMs();
  checkNamesFree(plan, request.taken);
  const working = new WorkingRecord(operation, intentOf(operation, request), 'required');
  store.begin(working.record);
  try {
    for (const index of plan.steps.keys())
      runStep(operation, working, index, forwardDeadline(start, budgets));
    const conclusion = conclude(working.record);
    working.become(completed(working.record));
    store.settle(working.next());
    return { record: working.record, conclusion };
  } catch (error) {
    throw rollBack(operation, working, asWeftError(error), start + budgets.add);
  }
}

/** The record of an ADD that ran nothing. */
export function refusalOf(
  head: RecordHead,
  sequence: number,
  createdAt: number,
  failure: WeftError,
): AttachmentRecord {
  const error = toCniError(failure, head.cniVersion);
  return { format: recordFormat, sequence, ...head, createdAt, steps: [], failure: error };
}

function intentOf(operation: Operation, { plan, head, sequence, taken }: AddRequest): AttachmentRecord {
  const steps = plan.steps.map((step): StepRecord => ({ step, state: 'pending' }));
  const pod = plan.pod === undefined ? {} : { pod: plan.pod };
  const createdAt = operation.sys.wallMs();
  return { format: recordFormat, sequence, ...head, ...pod, createdAt, linksBefore: taken, steps };
}

function runStep(operation: Operation, working: WorkingRecord, index: number, latest: number): void {
  const { sys } = operation;
  const { step } = working.stepAt(index);
  const start = sys.monotonicMs();
  const deadline = Math.min(latest, start + step.deadlineMs);
  const tookMs = (): number => Math.round((sys.monotonicMs() - start) * 10) / 10;
  if (step.kind === 'delegate') {
    const offered = offerDeviceInfo(sys, operation.context, step);
    const result = runDelegateStep(operation, working, index, step, deadline);
    const { text, warnings } = readBackDeviceInfo(sys, operation.context, step);
    const told = [...offered, ...warnings];
    working.move(index, 'attached', {
      result,
      ...(text === undefined ? {} : { deviceInfo: text }),
      ...(told.length === 0 ? {} : { warnings: told }),
      tookMs: tookMs(),
    });
    return;
  }
  working.move(index, 'running');
  const routes = moveDefaultRoute(sys, operation.context.netns, step, deadline);
  working.move(index, 'attached', { routes, tookMs: tookMs() });
}

function runDelegateStep(
  operation: Operation,
  working: WorkingRecord,
  index: number,
  step: DelegateStep,
  deadline: number,
): string {
  const { sys, context, budgets } = operation;
  const limited = Math.min(deadline, sys.monotonicMs() + budgets.delegate);
  const onFork = (child: Child): void => working.running(index, child);
  const onUnrun = (begun: number): void => working.unrun(index, begun);
  return addChain({ sys, context, deadline: limited, onFork, onUnrun }, step);
}

/** DEL of everything that was tried, the failing one included (CNI-056); what could not be undone is kept. */
function rollBack(
  operation: Operation,
  working: WorkingRecord,
  failure: WeftError,
  deadline: number,
): RolledBack {
  working.turnBack();
  working.amend({ failure: toCniError(failure, working.record.cniVersion) });
  const errors = undoAll(operation, working, deadline);
  removeHalfMade(operation, working);
  dropDeviceInfo(operation.sys, working.record);
  try {
    if (errors.length === 0) operation.store.refuse({ ...completed(working.next()), steps: [] });
    else park(operation, working, false);
  } catch {
    // The record as it was begun is still there, so the runtime's DEL does the same once more. The failure of ADD is
    // what the user has to hear of.
  }
  return new RolledBack(failure, working.record);
}
