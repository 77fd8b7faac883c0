/**
 * How long an agent is away before its node gets the taint, milliseconds. A rollout usually replaces an agent in less, and
 * nobody waits long for a pod that was scheduled in between.
 */
export const agentAwayMs = 30_000;

/** What decides whether a node has the taint of an agent that is away. */
export interface TaintFacts {
  /** WeftConfig wants taints. */
  readonly enabled: boolean;
  /** There is a WeftNode: an agent has been there. Without one the node is none of weft's. */
  readonly reported: boolean;
  /** For how long no agent has been seen there, milliseconds; undefined: it is there. */
  readonly awayMs: number | undefined;
  /** Some agent has been seen: they are where they are looked for. */
  readonly seen: boolean;
  /** It has the taint. */
  readonly tainted: boolean;
}

/** What is to be done, and when to look again though nothing happens. */
export interface TaintDecision {
  readonly change: 'add' | 'remove' | 'none';
  /** Milliseconds, above 0. */
  readonly againInMs?: number;
}

/**
 * An agent that is replaced is away for some seconds, and taints are written to every scheduler: so only after `graceMs`
 * one is put on, but it is taken off at once. In between it stays as it is: whoever leads anew has not seen how long the
 * agent has been away. As long as no agent at all has been seen, none is put on: looked for in the wrong place, all would be
 * away, and no pod would be scheduled anywhere.
 */
export function taintDecision(
  { enabled, reported, awayMs, seen, tainted }: TaintFacts,
  graceMs: number,
): TaintDecision {
  if (!enabled || !reported || awayMs === undefined) return { change: tainted ? 'remove' : 'none' };
  if (tainted || !seen) return { change: 'none' };
  return awayMs >= graceMs ? { change: 'add' } : { change: 'none', againInMs: graceMs - awayMs };
}
