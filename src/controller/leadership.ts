/** Who may work where only one replica may. */
export interface Leadership {
  /** True while this replica is the leader by its own reckoning. */
  readonly leading: boolean;
  /** Plain sentences about what is odd. */
  warnings(): readonly string[];
  /**
   * Tries to become the leader, and does so again after each loss, until the signal is aborted. `lead` is called each time
   * with a signal that is aborted with the lease's loss; nothing of the lease is released before what it gives has
   * settled. Resolves when the signal is aborted and the lease released. Rejects where `lead` does.
   */
  run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** For one replica alone: it leads from the start to the end. */
export class AlwaysLeading implements Leadership {
  #leading = false;

  get leading(): boolean {
    return this.#leading;
  }

  warnings(): readonly string[] {
    return [];
  }

  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    this.#leading = true;
    try {
      await lead(signal);
    } finally {
      this.#leading = false;
    }
  }
}
