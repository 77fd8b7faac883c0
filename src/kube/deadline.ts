import { asWeftError, type WeftError } from '../errors/weft-error.ts';
import type { KubeClock } from './kube-clock.ts';
import { KubeError, noAnswer } from './kube-error.ts';

/** How long one call may take, and who else can end it. */
export interface CallLimits {
  readonly clock: KubeClock;
  readonly timeoutMs: number;
  /** Aborted when nobody wants the answer any more. */
  readonly signal: AbortSignal;
}

/**
 * Runs one call with a deadline. Rejects with a WeftError only: ApiTimeout when the deadline ends it, ApiUnreachable
 * for whatever a connection throws.
 */
export async function withDeadline<T>(
  limits: CallLimits,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const { clock, timeoutMs, signal } = limits;
  const call = new AbortController();
  const end = (): void => call.abort();
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  let late = false;
  const timer = clock.after(timeoutMs, () => {
    late = true;
    end();
  });
  try {
    return await run(call.signal);
  } catch (error) {
    if (late) throw noAnswer('ApiTimeout', `no answer within ${timeoutMs} ms`, error);
    throw connectionFailure(error);
  } finally {
    timer.cancel();
    signal.removeEventListener('abort', end);
  }
}

/** What a transport threw, as an error of ours. */
export function connectionFailure(error: unknown): WeftError {
  const ours = asWeftError(error);
  if (ours instanceof KubeError || ours.reason !== 'Internal') return ours;
  return noAnswer('ApiUnreachable', `the connection broke off: ${ours.failure.cause}`, error);
}
