import type { KubeClock } from '../kube/kube-clock.ts';
import { type BucketLimits, TokenBucket } from './token-bucket.ts';

/** How fast keys come back that failed. The bucket is that of all keys together. */
export interface RateLimits extends BucketLimits {
  /** Pause after a key's first failure, milliseconds; doubles with each further one. */
  readonly firstMs: number;
  /** Longest pause of one key, milliseconds. */
  readonly maxMs: number;
}

/**
 * Those of controller-runtime but for the longest pause, which is 1,000 s there: after an outage of an hour everything is
 * to be as it should within a minute.
 */
export const defaultRateLimits: RateLimits = { firstMs: 5, maxMs: 60_000, perSecond: 10, burst: 100 };

/** Says how long a key has to wait: as long as its own failures and the tries of all keys together ask for. */
export class RateLimiter {
  readonly #limits: RateLimits;
  readonly #bucket: TokenBucket;
  readonly #failures = new Map<string, number>();

  constructor(limits: RateLimits, clock: KubeClock) {
    this.#limits = limits;
    this.#bucket = new TokenBucket(limits, clock);
  }

  /** Milliseconds until the key may be tried again; counts as a failure of it. */
  next(key: string): number {
    const { firstMs, maxMs } = this.#limits;
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    // Beyond 2^1000 there are no numbers; the longest pause is reached long before.
    const own = Math.min(firstMs * 2 ** Math.min(failures, 60), maxMs);
    return Math.max(own, this.#bucket.reserve());
  }

  /** The key was successful. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /** Failures of the key since its last success. */
  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }
}
