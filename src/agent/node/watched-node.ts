import type { Log } from '../../daemon/log.ts';
import type { Informer } from '../../kube/informer.ts';
import type { ApiLink } from '../sources/kube/api-link.ts';
import { weftNodeResource } from '../sources/kube/kube-resources.ts';
import { type FoundNode, projectNode } from './node-object.ts';

/** The WeftNode of this node as the API has it. */
export interface FoundNodeSource {
  /** False until it is known whether there is one; so also where the cluster has no such kind. */
  readonly synced: boolean;
  /** undefined: there is none. */
  readonly current: FoundNode | undefined;
  /** Grows with each change of it. */
  readonly changes: number;
}

/** A watch of one object: a write is needed only where it differs, and who deletes it gets it back at once. */
export class WatchedNode implements FoundNodeSource {
  readonly #informer: Informer<FoundNode>;
  readonly #name: string;
  readonly #log: Log;
  #changes = 0;
  #kindless = false;

  /** `changed` is called after each change, and when the first list is there. */
  constructor(link: ApiLink, name: string, log: Log, changed: () => void) {
    this.#name = name;
    this.#log = log;
    const told = (): void => {
      this.#changes += 1;
      changed();
    };
    this.#informer = link.informer({
      resource: weftNodeResource,
      fieldSelector: `metadata.name=${name}`,
      project: projectNode,
      handler: { added: told, changed: told, removed: told, synced: told },
      failed: ({ reason }) => this.#absent(reason),
    });
  }

  get synced(): boolean {
    return this.#informer.synced;
  }

  get current(): FoundNode | undefined {
    return this.#informer.get(this.#name);
  }

  get changes(): number {
    return this.#changes;
  }

  start(): void {
    this.#informer.start();
  }

  /** True where the kind is not installed, which is no failure: weft works without it. The watch tries on, ever more seldom. */
  #absent(reason: string): boolean {
    const absent = reason === 'ApiNotFound';
    if (absent && !this.#kindless) this.#log.info({}, 'this cluster has no WeftNode, so none is written');
    if (absent) this.#kindless = true;
    return absent;
  }
}
