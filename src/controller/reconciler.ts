/** When to look at a key again though nothing was heard of it. */
export interface Result {
  /** Milliseconds, above 0. Absent: when something changes. */
  readonly requeueAfterMs?: number;
}

/**
 * Brings what one key stands for to what it should be. Level-driven: it is told which object, never what happened to it,
 * and looks at the present state. Never called twice at a time for one key.
 *
 * What it throws is tried again with growing pauses; a WeftError whose retry class is `never` is not, until something
 * changes. The signal is aborted when the time is over, this replica stops or is no longer the leader: nothing may be
 * written after that.
 */
export interface Reconciler {
  /** `key`: `namespace/name`, or `name` in cluster scope. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a reconciler that has nothing to say ends without `return`.
  reconcile(key: string, signal: AbortSignal): Promise<Result | void>;
}
