import type { Clock } from '../../daemon/clock.ts';
import { WeftError } from '../../errors/weft-error.ts';
import { statusOf } from './file-stamp.ts';

/** How often a request that waits for the file looks for it. One stat costs some microseconds. */
const lookMs = 100;

/** The file by which the default network says that it is ready, as WeftConfig names it (NPWG-103, 104). */
export class ReadinessFile {
  readonly #clock: Clock;
  readonly #path: () => string | undefined;
  #problem: WeftError | undefined;

  /** `path`: the one in force; undefined: none, and everything is ready. */
  constructor(clock: Clock, path: () => string | undefined) {
    this.#clock = clock;
    this.#path = path;
  }

  /** Why the default network is not ready at this moment, DefaultNetworkNotReady; the same object while it stays so. */
  get problem(): WeftError | undefined {
    const path = this.#path();
    const status = path === undefined ? undefined : (statusOf(path) ?? 'it is not there');
    if (typeof status !== 'string') {
      this.#problem = undefined;
      return undefined;
    }
    const cause = `readiness indicator file ${path}: ${status}`;
    if (this.#problem?.failure.cause !== cause) {
      this.#problem = new WeftError('DefaultNetworkNotReady', { cause });
    }
    return this.#problem;
  }

  /** Resolves when it is ready. Throws DefaultNetworkNotReady at `until` by the monotonic clock. */
  async wait(until: number): Promise<void> {
    for (;;) {
      const { problem } = this;
      if (problem === undefined) return;
      const left = until - this.#clock.monotonic();
      if (left <= 0) throw problem;
      await new Promise<void>((resolve) => this.#clock.after(Math.min(left, lookMs), resolve));
    }
  }
}
