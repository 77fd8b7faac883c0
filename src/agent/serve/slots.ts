import { WeftError } from '../../errors/weft-error.ts';

/** Gives the slot back; a second call does nothing. */
export type Release = () => void;

/** A place in the queue. */
export interface Turn {
  /** Resolves when the slot is there; rejects with AgentStopping when the agent stops, AgentProtocol after `leave`. */
  readonly granted: Promise<Release>;
  /** True if the slot was there at once. */
  readonly immediate: boolean;
  /** Leaves the queue, because the plugin is gone. Does nothing once granted. */
  readonly leave: () => void;
}

interface Waiter {
  readonly grant: () => void;
  readonly refuse: (reason: () => WeftError) => void;
}

/**
 * How many plans may be out at once, first come first served (DESIGN §3.1): with 150 pods at a time the node would
 * otherwise run 150 chains side by side, and each would take the time of all.
 */
export class Slots {
  readonly #limit: number;
  readonly #waiting = new Set<Waiter>();
  #taken = 0;
  #stopped = false;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Requests that are held back. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Plans that are out. */
  get taken(): number {
    return this.#taken;
  }

  take(): Turn {
    if (this.#stopped) return refusedTurn();
    if (this.#taken < this.#limit) {
      this.#taken += 1;
      return { granted: Promise.resolve(this.#releaser()), immediate: true, leave: () => {} };
    }
    return this.#queue();
  }

  /** Refuses everybody who waits, and everybody who comes. Slots that are taken stay taken. */
  stop(): void {
    this.#stopped = true;
    for (const waiter of [...this.#waiting]) waiter.refuse(stopping);
  }

  #queue(): Turn {
    const { promise, resolve, reject } = Promise.withResolvers<Release>();
    const waiter: Waiter = {
      grant: () => {
        this.#waiting.delete(waiter);
        resolve(this.#releaser());
      },
      refuse: (reason) => {
        if (this.#waiting.delete(waiter)) reject(reason());
      },
    };
    this.#waiting.add(waiter);
    return { granted: promise, immediate: false, leave: () => waiter.refuse(left) };
  }

  #releaser(): Release {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const [next] = this.#waiting;
      // The slot goes over to the next one, so it stays taken.
      if (next === undefined) this.#taken -= 1;
      else next.grant();
    };
  }
}

function refusedTurn(): Turn {
  const granted = Promise.reject<Release>(stopping());
  return { granted, immediate: true, leave: () => {} };
}

function left(): WeftError {
  return new WeftError('AgentProtocol', {
    step: 'ADD',
    cause: 'the plugin closed the connection while it waited for a plan',
  });
}

function stopping(): WeftError {
  return new WeftError('AgentStopping', {
    step: 'ADD',
    cause: 'weft-agent is stopping and takes no new request',
  });
}
