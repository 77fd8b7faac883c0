/** How long to wait after failures. Milliseconds. */
export interface BackoffLimits {
  /** Middle of the first pause. */
  readonly firstMs: number;
  /** Middle of the longest pause. */
  readonly maxMs: number;
}

/**
 * After an hour of failures a node is still back within a minute, and 5,000 nodes whose API server restarts come back
 * over half a second at first.
 */
export const defaultBackoff: BackoffLimits = { firstMs: 500, maxMs: 30_000 };

/** A server's wish is followed up to here: a proxy that says "tomorrow" must not switch a node off. */
const maxRetryAfterMs = 120_000;

/** Pauses that double with each failure, each between half and one and a half of its middle. */
export class Backoff {
  readonly #limits: BackoffLimits;
  readonly #random: () => number;
  #middle: number;

  /** `random` gives numbers from 0 up to, not including, 1. */
  constructor(limits: BackoffLimits, random: () => number) {
    this.#limits = limits;
    this.#random = random;
    this.#middle = limits.firstMs;
  }

  /**
   * The next pause in milliseconds. Where the server asked for one, not less than that, and up to half more, so that
   * those who were told the same do not come back together.
   */
  next(retryAfterMs = 0): number {
    const pause = this.#middle * (0.5 + this.#random());
    this.#middle = Math.min(this.#middle * 2, this.#limits.maxMs);
    const wished = Math.min(retryAfterMs, maxRetryAfterMs) * (1 + this.#random() / 2);
    return Math.round(Math.max(pause, wished));
  }

  /** After a success that lasted: the next pause is a first one again. */
  reset(): void {
    this.#middle = this.#limits.firstMs;
  }
}
