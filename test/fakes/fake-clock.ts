import type { Clock, Timer } from '../../src/daemon/clock.ts';

interface Pending {
  at: number;
  readonly every: number | undefined;
  readonly call: () => void;
}

/** A clock that stands still until a test moves it. */
export class FakeClock implements Clock {
  #time = 1_000;
  readonly #pending = new Set<Pending>();

  now(): number {
    return 1_700_000_000_000 + this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(ms: number, call: () => void): Timer {
    return this.#add({ at: this.#time + ms, every: undefined, call });
  }

  every(ms: number, call: () => void): Timer {
    return this.#add({ at: this.#time + ms, every: ms, call });
  }

  /** Timers that are waiting. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Moves the time on, runs what falls due in its order, and lets promises settle after each. */
  async pass(ms: number): Promise<void> {
    const end = this.#time + ms;
    for (;;) {
      const [next] = [...this.#pending].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#time = next.at;
      if (next.every === undefined) this.#pending.delete(next);
      else next.at += next.every;
      next.call();
      await settle();
    }
    this.#time = end;
    await settle();
  }

  #add(pending: Pending): Timer {
    this.#pending.add(pending);
    return { cancel: () => this.#pending.delete(pending) };
  }
}

/** Lets everything that waits for promises alone go on. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
