import type { KubeClock, KubeTimer } from '../kube/kube-clock.ts';
import { defaultRateLimits, RateLimiter, type RateLimits } from './rate-limiter.ts';

/** Learns what happens in a queue; times are `monotonic()`. Must not throw. */
export interface QueueObserver {
  /** The key is waiting now, and was not before. */
  added(key: string): void;
  /** It was added for later. */
  retried(key: string): void;
  /** A worker took it, `waitedMs` after it was added. */
  taken(key: string, waitedMs: number): void;
  /** The worker is done with it. */
  done(key: string, workedMs: number): void;
}

/** What a queue is made of. */
export interface WorkQueueOptions {
  readonly clock: KubeClock;
  readonly limits?: RateLimits;
  readonly observer?: QueueObserver;
}

interface Later {
  readonly at: number;
  readonly timer: KubeTimer;
}

/**
 * Keys that somebody has to look at, in the order in which they came. The contract of client-go's work queue: a key that
 * waits is not added again; one that is added while a worker has it comes again once the worker is done, never to two
 * workers at once; none is lost. What fails comes back with growing pauses.
 */
export class WorkQueue {
  readonly #clock: KubeClock;
  readonly #limiter: RateLimiter;
  readonly #observer: QueueObserver | undefined;
  /** In their order, with the time at which each came. */
  readonly #waiting = new Map<string, number>();
  /** What workers have, with the time at which they took it. */
  readonly #taken = new Map<string, number>();
  /** Of what workers have: what was added meanwhile, with that time. */
  readonly #again = new Map<string, number>();
  readonly #later = new Map<string, Later>();
  readonly #idle: ((key: string | undefined) => void)[] = [];
  #closed = false;

  constructor({ clock, limits = defaultRateLimits, observer }: WorkQueueOptions) {
    this.#clock = clock;
    this.#limiter = new RateLimiter(limits, clock);
    this.#observer = observer;
  }

  /** Keys that wait for a worker; not those that wait for their time. */
  get depth(): number {
    return this.#waiting.size;
  }

  /** Since when the workers have had what they have, `monotonic()`. */
  get taken(): readonly number[] {
    return [...this.#taken.values()];
  }

  /** Somebody has to look at the key. */
  add(key: string): void {
    if (this.#closed || this.#waiting.has(key) || this.#again.has(key)) return;
    this.#observer?.added(key);
    if (this.#taken.has(key)) this.#again.set(key, this.#clock.monotonic());
    else this.#push(key, this.#clock.monotonic());
  }

  /** The same after `ms`; where the key is to come earlier already, it does. */
  addAfter(key: string, ms: number): void {
    if (this.#closed) return;
    this.#observer?.retried(key);
    if (ms <= 0) {
      this.add(key);
      return;
    }
    const at = this.#clock.monotonic() + ms;
    const known = this.#later.get(key);
    if (known !== undefined && known.at <= at) return;
    known?.timer.cancel();
    const timer = this.#clock.after(ms, () => {
      this.#later.delete(key);
      this.add(key);
    });
    this.#later.set(key, { at, timer });
  }

  /** The same after as long as its failures ask for, of which this is one. Gives the pause in milliseconds. */
  addRateLimited(key: string): number {
    const ms = this.#limiter.next(key);
    this.addAfter(key, ms);
    return ms;
  }

  /** The key was successful: its next failure is a first one. */
  forget(key: string): void {
    this.#limiter.forget(key);
  }

  /** Failures of the key since its last success. */
  failures(key: string): number {
    return this.#limiter.failures(key);
  }

  /** The next key, which nobody else gets until `done` is called with it; undefined once the queue is closed. */
  take(): Promise<string | undefined> {
    if (this.#closed) return Promise.resolve(undefined);
    const [next] = this.#waiting;
    if (next === undefined) return new Promise((resolve) => this.#idle.push(resolve));
    this.#waiting.delete(next[0]);
    this.#hand(next[0], next[1]);
    return Promise.resolve(next[0]);
  }

  /** Whoever took the key has no more to do with it. */
  done(key: string): void {
    const since = this.#taken.get(key);
    if (since === undefined) return;
    this.#taken.delete(key);
    this.#observer?.done(key, this.#clock.monotonic() - since);
    const added = this.#again.get(key);
    if (added === undefined) return;
    this.#again.delete(key);
    if (!this.#closed) this.#push(key, added);
  }

  /** Forgets what waits, and lets everybody who waits go. Nothing can be added any more. */
  close(): void {
    this.#closed = true;
    for (const { timer } of this.#later.values()) timer.cancel();
    this.#later.clear();
    this.#waiting.clear();
    this.#again.clear();
    for (const resolve of this.#idle.splice(0)) resolve(undefined);
  }

  #push(key: string, added: number): void {
    const worker = this.#idle.shift();
    if (worker === undefined) {
      this.#waiting.set(key, added);
      return;
    }
    this.#hand(key, added);
    worker(key);
  }

  #hand(key: string, added: number): void {
    const now = this.#clock.monotonic();
    this.#taken.set(key, now);
    this.#observer?.taken(key, now - added);
  }
}
