/** When a node gets the taint and loses it, milliseconds. */
export interface TaintDelays {
  /** How long its agent is away before it gets the taint. */
  readonly awayMs: number;
  /** How long an agent runs there before it loses the taint. */
  readonly backMs: number;
}

/**
 * A rollout usually replaces an agent in less than 30 s, and nobody waits long for a pod that was scheduled in between. An
 * agent that ends soon after each start would otherwise, at each of the kubelet's attempts, have its Node written to twice and
 * pods scheduled there that cannot start.
 */
export const taintDelays: TaintDelays = { awayMs: 30_000, backMs: 10_000 };

/** What decides whether a node has the taint of an agent that is away. */
export interface TaintFacts {
  /** WeftConfig wants taints. */
  readonly enabled: boolean;
  /** There is a WeftNode: an agent has been there. Without one the node is none of weft's. */
  readonly reported: boolean;
  /** For how long no agent has been seen there, milliseconds; undefined: it is there, or that is not known. */
  readonly awayMs: number | undefined;
  /** For how long one has been seen there without a break, milliseconds; undefined: there is none, or that is not known. */
  readonly thereMs: number | undefined;
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
 * An agent that is replaced is away for some seconds, and taints are written to every scheduler: so only after a while one
 * is put on, and after another taken off. In between it stays as it is: whoever leads anew has not seen how long the agent has
 * been away. As long as no agent at all has been seen, none is put on: looked for in the wrong place, all would be away, and
 * no pod would be scheduled anywhere.
 */
export function taintDecision(facts: TaintFacts, delays: TaintDelays): TaintDecision {
  const { enabled, reported, tainted } = facts;
  if (!enabled || !reported) return { change: tainted ? 'remove' : 'none' };
  return tainted ? whetherToRemove(facts, delays) : whetherToAdd(facts, delays);
}

function whetherToRemove({ awayMs, thereMs }: TaintFacts, { backMs }: TaintDelays): TaintDecision {
  if (awayMs !== undefined || thereMs === undefined) return { change: 'none' };
  return thereMs >= backMs ? { change: 'remove' } : { change: 'none', againInMs: backMs - thereMs };
}

function whetherToAdd({ awayMs, seen }: TaintFacts, delays: TaintDelays): TaintDecision {
  if (awayMs === undefined || !seen) return { change: 'none' };
  return awayMs >= delays.awayMs ? { change: 'add' } : { change: 'none', againInMs: delays.awayMs - awayMs };
}
