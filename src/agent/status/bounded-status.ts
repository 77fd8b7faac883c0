import type { PodRef } from '../../attachment/plan.ts';
import type { AttachmentRecord } from '../../attachment/record.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import type { WeftError } from '../../errors/weft-error.ts';
import type { StatusSink } from './status-sink.ts';

/** After this many slow writes in a row nobody waits for one. */
const slowInARow = 3;
/** … for so long. */
const pauseMs = 30_000;

/**
 * Waits for a status write, but never longer than a bound, and not at all for a while after three slow ones: ADD must
 * not fail, nor crawl, because the API server is slow (DESIGN §3.1, departs from NPWG-160).
 */
export class BoundedStatus {
  readonly #sink: StatusSink;
  readonly #clock: Clock;
  readonly #log: Log;
  #slow = 0;
  #pausedUntil = Number.NEGATIVE_INFINITY;

  constructor(sink: StatusSink, clock: Clock, log: Log) {
    this.#sink = sink;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves when the write is done, failed, or has taken `limitMs`; the write itself goes on. 0: at once. */
  async write(record: AttachmentRecord, limitMs: number): Promise<void> {
    const writing = this.#sink.write(record);
    if (writing === undefined) return;
    const written = writing.then(
      () => {},
      (error: unknown) =>
        this.#log.warn({ sandbox: record.sandbox.containerId, error: String(error) }, 'status not written'),
    );
    if (limitMs <= 0 || this.#clock.monotonic() < this.#pausedUntil) return;
    const inTime = await this.#within(written, limitMs);
    this.#slow = inTime ? 0 : this.#slow + 1;
    if (this.#slow < slowInARow) return;
    this.#slow = 0;
    this.#pausedUntil = this.#clock.monotonic() + pauseMs;
    this.#log.warn({ limitMs, pauseMs }, 'status writes are slow, requests do not wait for them');
  }

  /** Passes a refusal on; there is nothing to wait for. */
  refused(pod: PodRef, error: WeftError): void {
    this.#sink.refused?.(pod, error);
  }

  #within(written: Promise<unknown>, limitMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(limitMs, () => resolve(false));
      void written.then(() => {
        timer.cancel();
        resolve(true);
      });
    });
  }
}
