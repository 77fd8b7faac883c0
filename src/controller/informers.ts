import type { Clock } from '../daemon/clock.ts';
import type { Log } from '../daemon/log.ts';
import type { Metrics } from '../daemon/metrics.ts';
import { asWeftError, type WeftError } from '../errors/weft-error.ts';
import { Informer, type InformerHandler, type InformerOptions } from '../kube/informer.ts';
import { type Resource, resourceName } from '../kube/resource.ts';
import type { Transport } from '../kube/transport.ts';
import type { SharedInformer } from './shared-informer.ts';

/** What informers are made of. */
export interface InformersRoom {
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What is watched of one kind, and what is kept of each object. */
export type Watching<T> = Pick<
  InformerOptions<T>,
  'resource' | 'namespace' | 'fieldSelector' | 'labelSelector' | 'pageSize' | 'project'
> & {
  /** True: the kind may be missing, its CustomResourceDefinition not installed; then there are no objects of it. */
  readonly optional?: boolean;
};

/** Objects of one page of a list: a page is in memory as a whole, and no selector makes them few. */
const pageSize = 250;

/** The informers of one process: one a kind, whoever wants to know of it. */
export class Informers {
  readonly #room: InformersRoom;
  readonly #shared = new Map<string, Shared<unknown>>();
  readonly #waiting: (() => void)[] = [];

  constructor(room: InformersRoom) {
    this.#room = room;
    const { metrics } = room;
    const labels = ['resource'];
    metrics.gauges({ name: 'weft_informer_objects', help: 'Objects of which a copy is kept.', labels }, () =>
      this.#each((shared) => shared.size),
    );
    metrics.gauges({ name: 'weft_informer_synced', help: '1 if the first list is there.', labels }, () =>
      this.#each((shared) => (shared.settled ? 1 : 0)),
    );
  }

  /** Makes the informer of a kind, once for each kind and before `start`. Throws where there is one already. */
  add<T>(watching: Watching<T>): SharedInformer<T> {
    const name = resourceName(watching.resource);
    if (this.#shared.has(name)) throw new Error(`there is an informer of ${name} already`);
    const shared = new Shared(watching, this.#room, () => this.#settled());
    this.#shared.set(name, shared);
    return shared;
  }

  /** The informer of a kind that `add` made; undefined: there is none. Its objects are what that projection keeps. */
  of(resource: Resource): SharedInformer<unknown> | undefined {
    return this.#shared.get(resourceName(resource));
  }

  start(): void {
    for (const shared of this.#shared.values()) shared.informer.start();
  }

  /** Resolves when every kind is settled, or the signal is aborted. */
  settled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted || this.#unsettled().length === 0) return resolve();
      signal.addEventListener('abort', () => resolve(), { once: true });
      this.#waiting.push(resolve);
    });
  }

  /** One sentence for each kind of which the first list is not there. */
  problems(): readonly string[] {
    return this.#unsettled().map(
      ({ name, informer }) => `${name} are not known yet: ${informer.problem?.message ?? 'being listed'}`,
    );
  }

  /** One sentence for each kind whose copies may be out of date. */
  warnings(): readonly string[] {
    return [...this.#shared.values()]
      .filter(({ settled, informer, missing }) => settled && !missing && informer.problem !== undefined)
      .map(({ name, informer }) => `${name} may be out of date: ${informer.problem?.message}`);
  }

  /** Ends all connections of informers; the copies stay. */
  async close(): Promise<void> {
    await Promise.all([...this.#shared.values()].map(({ informer }) => informer.close()));
  }

  #unsettled(): readonly Shared<unknown>[] {
    return [...this.#shared.values()].filter(({ settled }) => !settled);
  }

  #settled(): void {
    if (this.#unsettled().length === 0) for (const resolve of this.#waiting.splice(0)) resolve();
  }

  #each(read: (shared: Shared<unknown>) => number): { labels: { resource: string }; value: number }[] {
    return [...this.#shared.values()].map((shared) => ({
      labels: { resource: shared.name },
      value: read(shared),
    }));
  }
}

class Shared<T> implements SharedInformer<T> {
  readonly resource: Resource;
  readonly name: string;
  readonly informer: Informer<T>;
  readonly #optional: boolean;
  readonly #log: Log;
  readonly #onSettled: () => void;
  readonly #handlers = new Set<Partial<InformerHandler<T>>>();
  #absent = false;
  /** Reason of the failure that was logged last: an outage is told once, not with every try. */
  #logged = '';

  constructor(watching: Watching<T>, room: InformersRoom, onSettled: () => void) {
    const { optional = false, ...selection } = watching;
    const { transport, clock, random, log } = room;
    this.resource = watching.resource;
    this.name = resourceName(watching.resource);
    this.#optional = optional;
    this.#log = log;
    this.#onSettled = onSettled;
    this.informer = new Informer<T>({
      pageSize,
      ...selection,
      transport,
      clock,
      random,
      handler: {
        added: (value, key) => this.#tell((handler) => handler.added?.(value, key)),
        changed: (value, key, old) => this.#tell((handler) => handler.changed?.(value, key, old)),
        removed: (value, key) => this.#tell((handler) => handler.removed?.(value, key)),
        synced: () => this.#synced(),
      },
      report: (error, retryInMs) => this.#failed(error, retryInMs),
    });
  }

  get settled(): boolean {
    return this.informer.synced || this.#absent;
  }

  /** True while the server says that there is no such kind. */
  get missing(): boolean {
    return this.#optional && this.informer.problem?.reason === 'ApiNotFound';
  }

  get size(): number {
    return this.informer.size;
  }

  get(key: string): T | undefined {
    return this.informer.get(key);
  }

  values(): IterableIterator<T> {
    return this.informer.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.informer.entries();
  }

  subscribe(handler: Partial<InformerHandler<T>>): () => void {
    for (const [key, value] of [...this.entries()]) this.#call(() => handler.added?.(value, key));
    if (this.informer.synced) this.#call(() => handler.synced?.());
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  #synced(): void {
    if (this.#logged !== '') this.#log.info({ resource: this.name }, 'watched again');
    this.#logged = '';
    this.#tell((handler) => handler.synced?.());
    this.#onSettled();
  }

  #tell(call: (handler: Partial<InformerHandler<T>>) => void): void {
    for (const handler of [...this.#handlers]) this.#call(() => call(handler));
  }

  /** One faulty handler must not keep the others from hearing of it. */
  #call(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#log.error({ resource: this.name, error: asWeftError(error).message }, 'a handler failed');
    }
  }

  #failed(error: WeftError, retryInMs: number): void {
    const absent = this.#optional && error.reason === 'ApiNotFound';
    const line = { resource: this.name, reason: error.reason, problem: error.message, retryInMs };
    if (this.#logged === error.reason || absent) this.#log.debug(line, 'API server');
    else this.#log.warn(line, 'API server');
    this.#logged = error.reason;
    if (!absent || this.#absent) return;
    this.#absent = true;
    this.#log.info({ resource: this.name }, 'there is no such kind; it is looked for again');
    this.#onSettled();
  }
}
