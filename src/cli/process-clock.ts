import type { KubeClock } from '../kube/kube-clock.ts';

/** The clock of a command that runs once. */
export const processClock: KubeClock = {
  monotonic: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return { cancel: () => clearTimeout(timer) };
  },
};
