import type { KubeClock } from '../kube/kube-clock.ts';

/** How much may happen. */
export interface BucketLimits {
  readonly perSecond: number;
  /** So many may come at once after a quiet time. */
  readonly burst: number;
}

/** Tokens that come in steadily and are kept up to a number. */
export class TokenBucket {
  readonly #limits: BucketLimits;
  readonly #clock: KubeClock;
  /** Below 0: promised to those who wait already. */
  #tokens: number;
  #filled: number;

  constructor(limits: BucketLimits, clock: KubeClock) {
    this.#limits = limits;
    this.#clock = clock;
    this.#tokens = limits.burst;
    this.#filled = clock.monotonic();
  }

  /** True: nothing was taken for a while. */
  get full(): boolean {
    return this.#fill() === this.#limits.burst;
  }

  /** Takes a token if there is one. */
  take(): boolean {
    if (this.#fill() < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  /** Takes a token, perhaps one of the future; gives the milliseconds until it is there. */
  reserve(): number {
    this.#tokens = this.#fill() - 1;
    return this.#tokens >= 0 ? 0 : (-this.#tokens / this.#limits.perSecond) * 1000;
  }

  #fill(): number {
    const { perSecond, burst } = this.#limits;
    const now = this.#clock.monotonic();
    this.#tokens = Math.min(burst, this.#tokens + ((now - this.#filled) / 1000) * perSecond);
    this.#filled = now;
    return this.#tokens;
  }
}
