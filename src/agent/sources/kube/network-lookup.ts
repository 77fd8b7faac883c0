import { asWeftError, WeftError } from '../../../errors/weft-error.ts';
import type { NetworkLookup } from '../../../resolve/snapshot.ts';
import type { CurrentNetworks, WaitBudget } from '../plan-sources.ts';
import type { ApiLink } from './api-link.ts';
import { networkResource } from './kube-resources.ts';
import { type KnownNetwork, projectNetwork } from './network-projection.ts';
import type { WatchedNetworks } from './watched-networks.ts';

/** What one GET brought; undefined: there is no such network. */
type Read = KnownNetwork | undefined;

/** Looks up networks: in the watch's cache, or, where that has nothing for a while, by one GET (DESIGN §3.7). */
export class KubeNetworks {
  readonly #watched: WatchedNetworks;
  readonly #link: ApiLink;
  /** GETs that run, by key. */
  readonly #reading = new Map<string, Promise<Read>>();

  constructor(watched: WatchedNetworks, link: ApiLink) {
    this.#watched = watched;
    this.#link = link;
  }

  /** Resolves when each is known or known to be missing, or when the budget is used up. Never rejects. */
  async settle(names: readonly string[], budget: WaitBudget): Promise<CurrentNetworks> {
    const missing = names.filter((key) => this.#watched.get(key) === undefined);
    const read = new Map<string, Read>();
    await Promise.all(
      missing.map(async (key) => {
        await this.#watched.wait(key, budget.until);
        if (this.#watched.get(key) === undefined) read.set(key, await this.#read(key, budget.callMs));
      }),
    );
    return async () => this.#lookup(read);
  }

  #lookup(read: ReadonlyMap<string, Read>): NetworkLookup {
    return (namespace, name) => {
      const key = `${namespace}/${name}`;
      const network = this.#watched.get(key) ?? read.get(key);
      if (network instanceof WeftError) throw network;
      return network;
    };
  }

  /** Pods of one deployment come together: all that miss the same network share one call. */
  #read(key: string, timeoutMs: number): Promise<Read> {
    const running = this.#reading.get(key);
    if (running !== undefined) return running;
    const reading = this.#get(key, timeoutMs).finally(() => this.#reading.delete(key));
    this.#reading.set(key, reading);
    return reading;
  }

  async #get(key: string, timeoutMs: number): Promise<Read> {
    const [namespace = '', name = ''] = key.split('/');
    try {
      return projectNetwork(await this.#link.read(networkResource, { namespace, name }, timeoutMs));
    } catch (thrown) {
      const error = asWeftError(thrown);
      if (error.reason === 'ApiNotFound') return this.#absent(key);
      const { cause } = error.failure;
      return new WeftError(error.reason, { network: key, step: 'look up the network', cause, error });
    }
  }

  /** A missing kind answers like a missing object; only its list tells them apart. */
  #absent(key: string): Read {
    if (this.#watched.informer.problem?.reason !== 'ApiNotFound') return undefined;
    return new WeftError('NetworkNotFound', {
      network: key,
      step: 'look up the network',
      cause: 'this cluster has no CustomResourceDefinition for networks',
      remedy: 'kubectl create -k config/crd',
    });
  }
}
