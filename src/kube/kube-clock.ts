/** A pending call; `cancel` after it ran, or twice, does nothing. */
export interface KubeTimer {
  cancel(): void;
}

/** Time as this room sees it; daemon's Clock is one. */
export interface KubeClock {
  /** Milliseconds since an unspecified start; never goes back. */
  monotonic(): number;
  /** Runs `call` once after `ms`. */
  after(ms: number, call: () => void): KubeTimer;
}

/** Resolves after `ms`, or at once when `signal` is or gets aborted. Never rejects. */
export function pause(clock: KubeClock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      timer.cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = clock.after(ms, end);
    signal.addEventListener('abort', end);
  });
}
