import type { AttachmentRecord } from '../../attachment/record.ts';
import { reasonIn } from '../../errors/cni-error.ts';
import type { AttachFailure } from './networks-ready.ts';

/** Why the ADD of this record failed; undefined if it did not. */
export function failureOf({ failure }: AttachmentRecord): AttachFailure | undefined {
  if (failure === undefined) return undefined;
  return { reason: reasonIn(failure) || 'Internal', message: failure.msg };
}
