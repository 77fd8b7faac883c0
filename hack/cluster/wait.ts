import { setTimeout as sleep } from 'node:timers/promises';
import { ClusterError } from './cluster-error.ts';

/** How to wait. */
export interface WaitOptions {
  /** Milliseconds in all. */
  readonly timeoutMs: number;
  /** Milliseconds between two looks; default 100. */
  readonly everyMs?: number;
  /** Added to the complaint when the time is over; asked once. */
  readonly detail?: () => string;
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal;
}

/**
 * Resolves with the first answer of `look` that is not undefined. Rejects with ClusterError naming `what` when the time
 * is over, and with whatever `look` throws.
 */
export async function waitFor<T>(
  what: string,
  options: WaitOptions,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + options.timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    options.signal?.throwIfAborted();
    if (performance.now() > deadline) {
      const detail = options.detail?.() ?? '';
      throw new ClusterError(
        `waited ${Math.round(options.timeoutMs / 1000)} s in vain for ${what}${detail === '' ? '' : `: ${detail}`}`,
      );
    }
    await sleep(options.everyMs ?? 100);
  }
}
