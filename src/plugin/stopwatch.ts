import type { Sys } from '../executor/sys.ts';

/** Milliseconds by phase, for the agent's log line (DESIGN §3.1, outcome). */
export class Stopwatch {
  readonly ms: Record<string, number> = {};
  private readonly sys: Pick<Sys, 'monotonicMs'>;
  private last: number;

  constructor(sys: Pick<Sys, 'monotonicMs'>) {
    this.sys = sys;
    this.last = sys.monotonicMs();
  }

  /** The time since the last lap goes to this phase. */
  lap(phase: string): void {
    const now = this.sys.monotonicMs();
    this.ms[phase] = Math.round((now - this.last) * 100) / 100;
    this.last = now;
  }
}
