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
 * An undo that is quick leaves its share to the rest.
 */
export function shareDeadline(now: number, deadline: number, left: number): number {
  return now + Math.max(0, deadline - now) / Math.max(1, left);
}
