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

/** A request for which everything is known. */
export interface Prepared {
  /** Throws WeftError; the request is then refused with it. Quick: a request holds its slot meanwhile. */
  plan(): Promise<Planned>;
}

/** Decides what a request gets. */
export interface Planner {
  /**
   * Waits for what the request needs, within the plugin's time for a plan. Throws WeftError; the request is then
   * refused with it. Takes no slot, so that a pod whose network is missing holds up no other.
   */
  prepare(request: RequestFrame): Promise<Prepared>;
}
