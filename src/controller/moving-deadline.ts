import type { Clock, Timer } from '../daemon/clock.ts';

/** A signal that is aborted at a time which can be moved until then, or with a parent signal. */
export class MovingDeadline {
  readonly #clock: Clock;
  readonly #parent: AbortSignal;
  readonly #control = new AbortController();
  readonly #end = (): void => this.#control.abort();
  #timer: Timer | undefined;
  #at = 0;

  /** `at`: by `monotonic()`. */
  constructor(clock: Clock, at: number, parent: AbortSignal) {
    this.#clock = clock;
    this.#parent = parent;
    parent.addEventListener('abort', this.#end);
    if (parent.aborted) this.#end();
    this.move(at);
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  /** Milliseconds until then. */
  get left(): number {
    return this.#at - this.#clock.monotonic();
  }

  /** Does nothing once the signal is aborted. */
  move(at: number): void {
    this.#timer?.cancel();
    this.#at = at;
    if (!this.signal.aborted) this.#timer = this.#clock.after(Math.max(0, this.left), this.#end);
  }

  /** Without it a timer would keep the process alive. */
  clear(): void {
    this.#timer?.cancel();
    this.#parent.removeEventListener('abort', this.#end);
  }
}
