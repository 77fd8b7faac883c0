import type { Labels } from '../../../api/label-selector.ts';
import type { Clock } from '../../../daemon/clock.ts';
import { asWeftError, type WeftError } from '../../../errors/weft-error.ts';
import type { Informer } from '../../../kube/informer.ts';
import type { RawObject } from '../../../kube/raw-object.ts';
import type { WaitBudget } from '../plan-sources.ts';
import type { ApiLink } from './api-link.ts';
import { Arrivals } from './arrivals.ts';
import { namespaceResource } from './kube-resources.ts';

/** Objects of one page of a list, as for networks: no selector makes them few. */
const pageSize = 50;

/** The labels of all namespaces, watched only while it is said that they are needed (DESIGN §1, rule 4). */
export class WatchedNamespaces {
  readonly #link: ApiLink;
  readonly #arrivals: Arrivals;
  #informer: Informer<Labels> | undefined;
  /** GETs that run, by name. */
  readonly #reading = new Map<string, Promise<Labels | WeftError>>();

  constructor(link: ApiLink, clock: Clock) {
    this.#link = link;
    this.#arrivals = new Arrivals(clock);
  }

  /** Begins or ends the watch; what was known by it is forgotten at its end. */
  need(needed: boolean): void {
    if (needed === (this.#informer !== undefined)) return;
    if (!needed) {
      void this.#informer?.close();
      this.#informer = undefined;
      return;
    }
    this.#informer = this.#link.informer({
      resource: namespaceResource,
      pageSize,
      project: projectLabels,
      handler: { added: (_, name) => this.#arrivals.came(name) },
    });
    this.#informer.start();
  }

  /** Namespaces that the watch has brought. */
  get size(): number {
    return this.#informer?.size ?? 0;
  }

  /** Why what is known may be out of date; undefined: it is not, or nothing is watched. */
  get problem(): WeftError | undefined {
    return this.#informer?.synced === true ? this.#informer.problem : undefined;
  }

  /** From the watch, or, where that has nothing for a while, by one GET. An error says why they cannot be known now. */
  async labelsOf(name: string, budget: WaitBudget): Promise<Labels | WeftError> {
    const known = this.#informer?.get(name);
    if (known !== undefined) return known;
    if (this.#informer !== undefined) await this.#arrivals.wait(name, budget.until);
    return this.#informer?.get(name) ?? this.#read(name, budget.callMs);
  }

  /** Pods of one namespace come together: all that miss it share one call. */
  #read(name: string, timeoutMs: number): Promise<Labels | WeftError> {
    const running = this.#reading.get(name);
    if (running !== undefined) return running;
    const reading = this.#get(name, timeoutMs).finally(() => this.#reading.delete(name));
    this.#reading.set(name, reading);
    return reading;
  }

  async #get(name: string, timeoutMs: number): Promise<Labels | WeftError> {
    try {
      return projectLabels(await this.#link.read(namespaceResource, { name }, timeoutMs));
    } catch (error) {
      return asWeftError(error);
    }
  }
}

/** What is kept of a namespace as the API serves it. */
export function projectLabels({ metadata }: RawObject): Labels {
  const { labels = {} } = metadata as { readonly labels?: Labels };
  return labels;
}
