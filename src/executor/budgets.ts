/** Time that each phase may take, milliseconds (DESIGN §3.1). Keys as in the configuration's `timeBudgets`. */
export interface Budgets {
  /** Until the agent's socket accepts. */
  readonly connect: number;
  /** From the agent's last frame to its plan. */
  readonly plan: number;
  /** For another operation on the same sandbox to end. */
  readonly lock: number;
  /** One attachment's chain. */
  readonly delegate: number;
  /** ADD with its rollback, from the plan on. */
  readonly add: number;
  /** DEL, below the 60 s that containerd gives it. */
  readonly del: number;
  readonly status: number;
  /** How long ADD waits for the agent's status write. */
  readonly done: number;
}

export const defaultBudgets: Budgets = {
  connect: 100,
  plan: 4800,
  lock: 20_000,
  delegate: 30_000,
  add: 60_000,
  del: 50_000,
  status: 1000,
  done: 1000,
};

/** How much of ADD's time is kept for its rollback: a third, so that a hanging first delegate can still be undone. */
export function forwardDeadline(start: number, budgets: Budgets): number {
  return start + (budgets.add * 2) / 3;
}

/**
 * The deadline of the next of `left` undos: an equal share of what remains, so that one that hangs starves no other.
 * An undo that is quick leaves its share to the rest. `leastMs`: no less than that while there is so much, for a caller
 * that may leave the last ones undone.
 */
export function shareDeadline(now: number, deadline: number, left: number, leastMs = 0): number {
  const remaining = Math.max(0, deadline - now);
  return now + Math.min(remaining, Math.max(leastMs, remaining / Math.max(1, left)));
}

/**
 * How long a GC may work once it has the node to itself: less than an ADD or DEL waits for a lock, so that a GC fails none
 * of those that come meanwhile; a second at least, where those do not wait at all.
 */
export function gcDeadline(start: number, budgets: Budgets): number {
  return start + Math.max(1000, (budgets.lock * 3) / 4);
}

/** The part of it for our own stale sandboxes: a third is kept for the delegates' GC. */
export function staleDeadline(start: number, budgets: Budgets): number {
  return start + ((gcDeadline(start, budgets) - start) * 2) / 3;
}
