import type { KubeClock } from '../kube/kube-clock.ts';
import type { Terminal } from './terminal.ts';

/** How long nobody wonders. */
const silentMs = 2000;

/** Waits for `work`, and says once on standard error what for, if that takes longer than two seconds. */
export async function withProgress<T>(
  terminal: Pick<Terminal, 'err'>,
  clock: KubeClock,
  what: string,
  work: Promise<T>,
): Promise<T> {
  const timer = clock.after(silentMs, () => terminal.err(`${what} …\n`));
  try {
    return await work;
  } finally {
    timer.cancel();
  }
}
