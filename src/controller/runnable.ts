/**
 * Something that a Manager runs: a reconciler, a server, a timer. It is started once everything that the informers watch
 * is known, and, where it needs the leader, each time this replica becomes it.
 */
export interface Runnable {
  /** True: runs in one replica at a time. */
  readonly needsLeader: boolean;
  /**
   * Works until the signal is aborted, then ends what it has begun and resolves: within 4 s where it needs the leader.
   * May resolve earlier where there is nothing more to do. Rejects where it cannot work at all: that ends the process.
   */
  start(signal: AbortSignal): Promise<void>;
  /** Plain sentences for /readyz that say why this replica is not ready; absent or empty: it is. Must not throw. */
  notReady?(): readonly string[];
  /** Plain sentences for /readyz about what is odd but keeps nobody from working. Must not throw. */
  warnings?(): readonly string[];
}
