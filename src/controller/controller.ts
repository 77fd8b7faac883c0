import type { Clock } from '../daemon/clock.ts';
import type { Log } from '../daemon/log.ts';
import { asWeftError, type WeftError } from '../errors/weft-error.ts';
import type { ControllerCounts, ControllerMetrics } from './controller-metrics.ts';
import { MovingDeadline } from './moving-deadline.ts';
import type { RateLimits } from './rate-limiter.ts';
import type { Reconciler } from './reconciler.ts';
import { WorkQueue } from './work-queue.ts';

/** What a controller is made of. */
export interface ControllerOptions {
  /** kebab-case, for log and metrics. */
  readonly name: string;
  readonly reconciler: Reconciler;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: ControllerMetrics;
  /** Keys that are looked at at the same time. Default 1. */
  readonly workers?: number;
  /** For one reconcile, milliseconds. Default 30 000. */
  readonly timeoutMs?: number;
  readonly limits?: RateLimits;
}

const defaultTimeoutMs = 30_000;

/**
 * So long workers may go from key to key without a turn for anybody else, milliseconds. What has nothing to write never
 * waits for anything, and thousands of such keys would keep webhooks and probes waiting.
 */
const turnMs = 2;

/** A work queue with those who work at it, for one term: it cannot be started again. */
export class Controller {
  readonly queue: WorkQueue;
  readonly #options: ControllerOptions;
  readonly #counts: ControllerCounts;
  readonly #workers: number;
  /** `monotonic()`: since when nobody else had a turn; undefined: everybody had one. */
  #turn: number | undefined;

  constructor(options: ControllerOptions) {
    const { name, clock, metrics, limits, workers = 1 } = options;
    this.#options = options;
    this.#workers = workers;
    this.#counts = metrics.of(name);
    this.queue = new WorkQueue({ clock, observer: this.#counts.queue, ...(limits && { limits }) });
    this.#counts.watch(this.queue, workers);
  }

  /** Works until the signal is aborted; resolves when every reconcile that was begun has ended. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const close = (): void => this.queue.close();
    signal.addEventListener('abort', close);
    if (signal.aborted) close();
    await Promise.all(Array.from({ length: this.#workers }, () => this.#work(signal)));
    signal.removeEventListener('abort', close);
  }

  async #work(signal: AbortSignal): Promise<void> {
    for (;;) {
      const key = await this.queue.take();
      if (key === undefined) return;
      if (!signal.aborted) await this.#reconcile(key, signal);
      this.queue.done(key);
      await this.#giveWay();
    }
  }

  async #giveWay(): Promise<void> {
    const { clock } = this.#options;
    const now = clock.monotonic();
    if (this.#turn === undefined) {
      this.#turn = now;
      setImmediate(() => {
        this.#turn = undefined;
      });
    } else if (now - this.#turn >= turnMs) {
      await new Promise(setImmediate);
    }
  }

  async #reconcile(key: string, signal: AbortSignal): Promise<void> {
    const { reconciler, clock, timeoutMs = defaultTimeoutMs } = this.#options;
    const begun = clock.monotonic();
    const deadline = new MovingDeadline(clock, begun + timeoutMs, signal);
    const took = (): number => clock.monotonic() - begun;
    try {
      const requeueAfterMs = (await reconciler.reconcile(key, deadline.signal))?.requeueAfterMs ?? 0;
      this.queue.forget(key);
      if (requeueAfterMs > 0) this.queue.addAfter(key, requeueAfterMs);
      this.#counts.ended(requeueAfterMs > 0 ? 'requeue_after' : 'success', took(), false);
    } catch (error) {
      if (signal.aborted) return;
      if (deadline.signal.aborted) this.#counts.timedOut();
      this.#failed(key, asWeftError(error), took());
    } finally {
      deadline.clear();
    }
  }

  #failed(key: string, error: WeftError, ms: number): void {
    const { name, log } = this.#options;
    const terminal = error.retry === 'never';
    this.#counts.ended('error', ms, terminal);
    const { stack } = error.reason === 'Internal' ? ((error.cause as Error | undefined) ?? error) : {};
    const line = {
      controller: name,
      key,
      reason: error.reason,
      error: error.message,
      ...(stack && { stack }),
    };
    if (terminal) {
      this.queue.forget(key);
      log.error(line, 'reconcile failed, and is not tried again until something changes');
      return;
    }
    const retryInMs = Math.round(this.queue.addRateLimited(key));
    const failures = this.queue.failures(key);
    const retry = { ...line, retryInMs, failures };
    // A conflict is how two writers find out about each other: the next try sees the newer state.
    if (failures === 1 && error.reason === 'ApiConflict') log.debug(retry, 'reconcile failed');
    else log.warn(retry, 'reconcile failed');
  }
}
