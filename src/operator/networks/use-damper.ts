import type { Condition } from '../../api/condition.schema.ts';
import type { NetworkUse } from './network-users.ts';

/** What is said of the use of a network. */
export interface Use {
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  /** When it has to be looked at again though nothing happens, milliseconds; undefined: never. */
  readonly againInMs?: number;
}

/**
 * How long a network stays in use after its last pod, milliseconds. Pods of jobs come and go all day, and every write is
 * sent to every agent: so of one network at most one write in this time says that it is not used any more.
 */
export const lingerMs = 300_000;

/** Says whether networks are used, such that it does not change with each pod. */
export class UseDamper {
  /** By `namespace/name`: since when, `monotonic()`, nobody uses a network of which was said that it is used. */
  readonly #unused = new Map<string, number>();

  /** `said`: the status that the condition has now. `now`: `monotonic()`. */
  judge(network: string, use: NetworkUse, said: Condition['status'] | undefined, now: number): Use {
    if (use !== 'none') {
      this.#unused.delete(network);
      return use === 'given'
        ? { status: 'True', reason: 'GivenByWeftConfig', message: 'WeftConfig gives it to pods' }
        : { status: 'True', reason: 'UsedByPods', message: 'pods ask for it' };
    }
    if (said !== 'True') return this.#unusedNow(network);
    const since = this.#unused.get(network) ?? now;
    this.#unused.set(network, since);
    const left = since + lingerMs - now;
    if (left <= 0) return this.#unusedNow(network);
    return { status: 'True', reason: 'UsedByPods', message: 'pods ask for it', againInMs: left };
  }

  /** The network is gone. */
  forget(network: string): void {
    this.#unused.delete(network);
  }

  #unusedNow(network: string): Use {
    this.#unused.delete(network);
    return { status: 'False', reason: 'NotUsed', message: 'no pod asks for it' };
  }
}
