import type { NetworkAttachmentDefinition } from '../../../api/network-attachment-definition.ts';
import type { Clock } from '../../../daemon/clock.ts';
import { WeftError } from '../../../errors/weft-error.ts';
import type { Informer } from '../../../kube/informer.ts';
import { openingOf } from '../../../netconf/network-access.ts';
import type { ApiLink } from './api-link.ts';
import { Arrivals } from './arrivals.ts';
import { networkResource } from './kube-resources.ts';
import { type KnownNetwork, projectNetwork } from './network-projection.ts';

/** Objects of one page of a list: no selector makes them few, and a page is in memory as a whole. */
const pageSize = 50;

/** The networks of the whole cluster as the watch has them, by `namespace/name`. */
export class WatchedNetworks {
  readonly informer: Informer<KnownNetwork>;
  readonly #arrivals: Arrivals;
  /** Keys of the networks that open themselves by a selector. */
  readonly #withSelector = new Set<string>();

  /** `changed` is told of each change, by the network's key. */
  constructor(link: ApiLink, clock: Clock, changed: (key: string) => void) {
    this.#arrivals = new Arrivals(clock);
    this.informer = link.informer({
      resource: networkResource,
      pageSize,
      project: projectNetwork,
      handler: {
        added: (network, key) => {
          this.#took(key, network);
          this.#arrivals.came(key);
          changed(key);
        },
        changed: (network, key) => {
          this.#took(key, network);
          changed(key);
        },
        removed: (_, key) => {
          this.#took(key, undefined);
          changed(key);
        },
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

  /** True while a network opens itself to namespaces by their labels. */
  get usesSelectors(): boolean {
    return this.#withSelector.size > 0;
  }

  /** Resolves when the watch has the network, and at `until` by the monotonic clock. */
  async wait(key: string, until: number): Promise<void> {
    if (this.get(key) === undefined) await this.#arrivals.wait(key, until);
  }

  #took(key: string, network: KnownNetwork | undefined): void {
    const annotations = network instanceof WeftError ? undefined : network?.metadata.annotations;
    if (openingOf(annotations).to === 'selected') this.#withSelector.add(key);
    else this.#withSelector.delete(key);
  }
}
