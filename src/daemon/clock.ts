/** A pending call; `cancel` after it ran, or twice, does nothing. */
export interface Timer {
  cancel(): void;
}

/** Time as the daemons see it, passed in so that tests own it. */
export interface Clock {
  /** Wall clock, milliseconds since 1970. For records and logs only: it jumps. */
  now(): number;
  /** Milliseconds since an unspecified start; never goes back. For durations and deadlines. */
  monotonic(): number;
  /** Runs `call` once after `ms`. Keeps the process alive until then. */
  after(ms: number, call: () => void): Timer;
  /** Runs `call` every `ms` until cancelled. Does not keep the process alive. */
  every(ms: number, call: () => void): Timer;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return { cancel: () => clearTimeout(timer) };
  },
  every(ms, call) {
    const timer = setInterval(call, ms).unref();
    return { cancel: () => clearInterval(timer) };
  },
};

/** Milliseconds since `start` (a `monotonic()` reading), in tenths. */
export function since(clock: Clock, start: number): number {
  return Math.round((clock.monotonic() - start) * 10) / 10;
}
