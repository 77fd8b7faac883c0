import type { NetworkAttachmentDefinition } from '../../../api/network-attachment-definition.ts';
import type { Clock } from '../../../daemon/clock.ts';
import { WeftError } from '../../../errors/weft-error.ts';
import type { Informer } from '../../../kube/informer.ts';
import type { ApiLink } from './api-link.ts';
import { networkResource } from './kube-resources.ts';
import { type KnownNetwork, projectNetwork } from './network-projection.ts';

/** Objects of one page of a list: no selector makes them few, and a page is in memory as a whole. */
const pageSize = 50;

/** The networks of the whole cluster as the watch has them, by `namespace/name`. */
export class WatchedNetworks {
  readonly informer: Informer<KnownNetwork>;
  readonly #clock: Clock;
  /** Who waits for a network, by its key. */
  readonly #waiting = new Map<string, Set<() => void>>();

  /** `changed` is told of each change, by the network's key. */
  constructor(link: ApiLink, clock: Clock, changed: (key: string) => void) {
    this.#clock = clock;
    this.informer = link.informer({
      resource: networkResource,
      pageSize,
      project: projectNetwork,
      handler: {
        added: (_, key) => {
          this.#came(key);
          changed(key);
        },
        changed: (_, key) => changed(key),
        removed: (_, key) => changed(key),
      },
    });
  }

  /** What the watch has; undefined where it has nothing. */
  get(key: string): KnownNetwork | undefined {
    return this.informer.get(key);
  }

  /** What is known without asking. Throws WeftError for what cannot be used, or while the watch has not begun. */
  known(namespace: string, name: string): NetworkAttachmentDefinition | undefined {
    const network = this.get(`${namespace}/${name}`);
    if (network instanceof WeftError) throw network;
    if (network !== undefined || this.informer.synced) return network;
    const { problem } = this.informer;
    const cause = problem?.failure.cause ?? 'the API server has not answered yet';
    throw new WeftError(problem?.reason ?? 'ApiUnreachable', { step: 'look up the network', cause });
  }

  /** Resolves when the watch has the network, and at `until` by the monotonic clock. */
  async wait(key: string, until: number): Promise<void> {
    const ms = until - this.#clock.monotonic();
    if (this.get(key) !== undefined || ms <= 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const waiters = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, waiters.add(resolve));
    const timer = this.#clock.after(ms, resolve);
    await promise;
    timer.cancel();
    waiters.delete(resolve);
    if (waiters.size === 0 && this.#waiting.get(key) === waiters) this.#waiting.delete(key);
  }

  #came(key: string): void {
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }
}
