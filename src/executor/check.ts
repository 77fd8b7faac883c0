import { effectiveResult } from '../attachment/effective-result.ts';
import type { AttachmentRecord } from '../attachment/record.ts';
import { isLive } from '../attachment/teardown.ts';
import { WeftError } from '../errors/weft-error.ts';
import { shareDeadline } from './budgets.ts';
import { checkChain } from './chain.ts';
import type { DelegateContext } from './delegate.ts';
import type { Sys } from './sys.ts';

/**
 * CHECK of every attachment from the record, each with its own result (CNI-094). Throws CheckFailed with the
 * delegate's code, at the first attachment that is not what ADD made.
 */
export function check(sys: Sys, context: DelegateContext, record: AttachmentRecord, deadline: number): void {
  if (!isLive(record)) {
    throw new WeftError('CheckFailed', {
      step: 'CHECK',
      cause: 'an ADD or a DEL of this sandbox was not finished',
    });
  }
  for (const [index, step] of record.steps.entries()) {
    const result = effectiveResult(record, step);
    if (step.step.kind !== 'delegate' || result === undefined) continue;
    const share = shareDeadline(sys.monotonicMs(), deadline, record.steps.length - index);
    try {
      checkChain({ sys, context, deadline: share, onFork: () => undefined }, step.step, result);
    } catch (error) {
      throw failed(error);
    }
  }
}

function failed(error: unknown): unknown {
  if (!(error instanceof WeftError) || error.reason !== 'DelegateFailed') return error;
  return new WeftError('CheckFailed', { ...error.failure, code: error.failure.code });
}
