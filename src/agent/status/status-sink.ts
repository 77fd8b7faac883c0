import type { PodRef } from '../../attachment/plan.ts';
import type { AttachmentRecord } from '../../attachment/record.ts';
import type { WeftError } from '../../errors/weft-error.ts';

/** Makes known what became of a request. Called between `outcome` and `done`. */
export interface StatusSink {
  /**
   * Rejects if it could not be written now; it is level-driven, so nothing is lost by that (DESIGN §3.5). Undefined:
   * there is nothing to wait for.
   */
  write(record: AttachmentRecord): Promise<void> | undefined;
  /** An ADD for the pod got no plan. Returns at once, never throws; absent: there is nobody to tell. */
  refused?(pod: PodRef, error: WeftError): void;
}
