import type { Clock, Timer } from '../../daemon/clock.ts';
import { Backoff } from '../../kube/backoff.ts';

/** Writes that run at the same time; an agent must not take the API server's attention from other nodes. */
const parallel = 4;
/** Shortest time between the starts of two writes that no ADD waits for: 50 a second. */
const apartMs = 20;
/** Between tries while the API server is away. All pods of a node are right within 10 s of its return. */
const awayBackoff = { firstMs: 200, maxMs: 3_000 };

/** What a write says about the API server, whatever it says about its pod. */
export type ServerState =
  | { readonly away: false }
  /** It did not answer, or asked everybody to come back later. */
  | { readonly away: true; readonly retryAfterMs: number };

interface Waiting {
  /** Asked anew each time: an ADD may have come to wait for a write that is queued already. */
  readonly urgent: () => boolean;
  readonly start: (go: boolean) => void;
}

/**
 * Who may write next. ADDs' writes come first and as soon as possible; the others one after the other, at a bounded
 * rate. While the API server is away only one write at a time tries it, whatever pod it is of: 110 pods that each try
 * for themselves would be a storm when it returns, and the last one late.
 */
export class WriteTurns {
  readonly #clock: Clock;
  readonly #backoff: Backoff;
  readonly #queue = new Set<Waiting>();
  #running = 0;
  #nextAt = Number.NEGATIVE_INFINITY;
  #away = false;
  #timer: Timer | undefined;
  #closed = false;

  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#backoff = new Backoff(awayBackoff, random);
  }

  /** True since a write found the API server away, until another finds it back. */
  get away(): boolean {
    return this.#away;
  }

  /** Resolves with true when it is the caller's turn, who then must call `done`; with false after `close`. */
  take(urgent: () => boolean): Promise<boolean> {
    if (this.#closed) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.#queue.add({ urgent, start: resolve });
      this.#pump();
    });
  }

  /** Somebody who waits has become urgent. */
  hurry(): void {
    this.#pump();
  }

  /** Ends a turn. `state` is undefined where nothing was asked of the API server. */
  done(state: ServerState | undefined): void {
    this.#running -= 1;
    if (state?.away === true) {
      this.#away = true;
      this.#nextAt = this.#clock.monotonic() + this.#backoff.next(state.retryAfterMs);
    } else if (state !== undefined) {
      this.#back();
    }
    this.#pump();
  }

  /** The API server seems to be there: the next try need not wait. Nothing of value happens if it is not. */
  hint(): void {
    if (!this.#away || this.#running > 0) return;
    this.#nextAt = Math.min(this.#nextAt, this.#clock.monotonic() + awayBackoff.firstMs);
    this.#pump();
  }

  /** Nobody gets a turn any more. */
  close(): void {
    this.#closed = true;
    this.#timer?.cancel();
    for (const { start } of this.#queue) start(false);
    this.#queue.clear();
  }

  #back(): void {
    if (this.#away) this.#nextAt = this.#clock.monotonic();
    this.#away = false;
    this.#backoff.reset();
  }

  #pump(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (this.#running < (this.#away ? 1 : parallel)) {
      const next = this.#next();
      if (next === undefined) return;
      this.#queue.delete(next);
      this.#running += 1;
      next.start(true);
    }
  }

  /** Whose turn it is now; undefined: nobody's, and where somebody's comes with time alone, a timer runs. */
  #next(): Waiting | undefined {
    for (const waiting of this.#queue) if (waiting.urgent()) return waiting;
    const [first] = this.#queue;
    if (first === undefined) return undefined;
    const now = this.#clock.monotonic();
    if (now < this.#nextAt) {
      this.#timer = this.#clock.after(this.#nextAt - now, () => this.#pump());
      return undefined;
    }
    this.#nextAt = now + apartMs;
    return first;
  }
}
