import type { AttachmentRecord } from '../../attachment/record.ts';
import type { AttachFailure } from './networks-ready.ts';

/** Why the ADD of this record failed; undefined if it did not. */
export function failureOf({ failure }: AttachmentRecord): AttachFailure | undefined {
  if (failure === undefined) return undefined;
  const reason = /(?:^|\s)reason=([A-Za-z]+)/.exec(failure.details ?? '')?.[1] ?? 'Internal';
  return { reason, message: failure.msg };
}
