import type { Clock } from '../../../daemon/clock.ts';

/** Who waits until a watch brings an object, by its key. */
export class Arrivals {
  readonly #clock: Clock;
  readonly #waiting = new Map<string, Set<() => void>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when the object has come, and at `until` by the monotonic clock. */
  async wait(key: string, until: number): Promise<void> {
    const ms = until - this.#clock.monotonic();
    if (ms <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiters.add(resolve));
    const timer = this.#clock.after(ms, resolve);
    await promise;
    timer.cancel();
    waiters.delete(resolve);
    if (waiters.size === 0 && this.#waiting.get(key) === waiters) this.#waiting.delete(key);
  }

  /** It has come. */
  came(key: string): void {
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }
}
