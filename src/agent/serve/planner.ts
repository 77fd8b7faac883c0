import type { Plan } from '../../attachment/plan.ts';
import type { RequestFrame } from '../../wire/frame.ts';

/** A plan and how it came to be. */
export interface Planned {
  readonly plan: Plan;
  /** Plain sentences for the log. */
  readonly warnings: readonly string[];
  /** Milliseconds by phase. */
  readonly ms: Readonly<Record<string, number>>;
}

/** Decides what a request gets. */
export interface Planner {
  /** Throws WeftError; the request is then refused with it. */
  plan(request: RequestFrame): Promise<Planned>;
}
