import type { Clock } from './clock.ts';
import type { Log } from './log.ts';

/** What ends a daemon: the part of `process` that is needed, so that tests can play it. */
export interface ProcessLike {
  once(event: 'SIGTERM' | 'SIGINT', listener: () => void): unknown;
  exit(code: number): void;
}

/** How a daemon ends. */
export interface ShutdownPlan {
  /** Stops accepting and resolves when what runs is done. Called once. */
  readonly drain: () => Promise<void>;
  /** Longest time for `drain`, milliseconds; then the process ends anyway, with exit code 1. */
  readonly limitMs: number;
  readonly log: Log;
  readonly clock: Clock;
}

/** On SIGTERM or SIGINT: drain, then exit 0. A second signal of the other kind does not shorten it: the limit does. */
export function endOnSignal(target: ProcessLike, plan: ShutdownPlan): void {
  let ending = false;
  const end = (signal: string): void => {
    if (ending) return;
    ending = true;
    void drainAndExit(target, plan, signal);
  };
  target.once('SIGTERM', () => end('SIGTERM'));
  target.once('SIGINT', () => end('SIGINT'));
}

async function drainAndExit(target: ProcessLike, plan: ShutdownPlan, signal: string): Promise<void> {
  const { log, clock, limitMs } = plan;
  log.info({ signal, limitMs }, 'stopping');
  const limit = clock.after(limitMs, () => {
    log.error({ limitMs }, 'stopped before everything was done');
    target.exit(1);
  });
  try {
    await plan.drain();
  } catch (error) {
    log.error({ error: String(error) }, 'stopping failed');
    target.exit(1);
    return;
  } finally {
    limit.cancel();
  }
  log.info({}, 'stopped');
  target.exit(0);
}
