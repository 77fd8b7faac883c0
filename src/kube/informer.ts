import { asWeftError, type WeftError } from '../errors/weft-error.ts';
import { Backoff, type BackoffLimits, defaultBackoff } from './backoff.ts';
import { type KubeClock, pause } from './kube-clock.ts';
import { KubeError } from './kube-error.ts';
import { listPages, type Selection } from './list-pages.ts';
import { type Delivery, ObjectCache, type Projection } from './object-cache.ts';
import { collectionPath, resourceName } from './resource.ts';
import type { Transport } from './transport.ts';
import { WatchCursor } from './watch-events.ts';
import { watchOnce } from './watch-session.ts';

/**
 * Learns what happens to the objects. Called one at a time, in order, when the cache has the new state already. What is
 * told is always news: an object with an equal projection is not told again, whatever happened to the connection.
 * `synced` is called once, after the first list has been told. A call must not throw; what it throws is reported.
 */
export interface InformerHandler<T> {
  added(value: T, key: string): void;
  changed(value: T, key: string, old: T): void;
  removed(value: T, key: string): void;
  synced(): void;
}

/** Milliseconds; the defaults are meant for real API servers. */
export interface InformerTimings {
  /** For one page of a list. Default 60 000. */
  readonly listMs: number;
  /** Until a watch is answered. Default 30 000. */
  readonly openMs: number;
  /** Longest silence of a watch before it counts as dead. Default 150 000: two bookmarks of one minute and a half. */
  readonly idleMs: number;
  /** How long the server keeps one watch; each takes between this and twice this. Default 300 000. */
  readonly watchMs: number;
  /** A watch that lived this long makes the next pause a short one again. Default 30 000. */
  readonly healthyMs: number;
}

/** What an informer needs. */
export interface InformerOptions<T> extends Selection {
  readonly transport: Transport;
  readonly clock: KubeClock;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  readonly project: Projection<T>;
  readonly handler: InformerHandler<T>;
  /** Each failure, with the pause until the next try. For log and metrics; the informer goes on. Must not throw. */
  readonly report: (error: WeftError, retryInMs: number) => void;
  /**
   * Objects of one page. Default 500, so that the pods of a node come in one: the API server has an index for the first
   * page only, and looks through the pods of all nodes for the others. Where there is no such selector, fewer need less
   * memory: 250 pods in pages of 50 take 4 MiB less than in one.
   */
  readonly pageSize?: number;
  readonly timings?: Partial<InformerTimings>;
  readonly backoff?: BackoffLimits;
}

/** What an informer has done since its start. */
export interface InformerCounts {
  /** Lists that were read to their end. */
  lists: number;
  /** Watches that the server accepted. */
  watches: number;
  /** Events that were about an object and were not seen before. */
  events: number;
  failures: number;
}

const defaultTimings: InformerTimings = {
  listMs: 60_000,
  openMs: 30_000,
  idleMs: 150_000,
  watchMs: 300_000,
  healthyMs: 30_000,
};

/** After so many answers in a row that are no watch, the version is not tried any more. */
const maxRefusedWatches = 3;

/** Keeps a copy of the projections of all selected objects: one list, then a watch that goes on where the last ended. */
export class Informer<T> {
  readonly counts: InformerCounts = { lists: 0, watches: 0, events: 0, failures: 0 };
  readonly #options: InformerOptions<T>;
  readonly #timings: InformerTimings;
  readonly #cache: ObjectCache<T>;
  readonly #backoff: Backoff;
  readonly #end = new AbortController();
  #cursor: WatchCursor | undefined;
  #running: Promise<void> | undefined;
  #synced = false;
  #refused = 0;
  #problem: WeftError | undefined;

  constructor(options: InformerOptions<T>) {
    this.#options = options;
    this.#timings = { ...defaultTimings, ...options.timings };
    this.#cache = new ObjectCache((object) => this.#project(object));
    this.#backoff = new Backoff(options.backoff ?? defaultBackoff, options.random);
  }

  /** True once the first list is in the cache; stays true. */
  get synced(): boolean {
    return this.#synced;
  }

  /** Why the cache may be out of date; undefined while a watch is open and before the first failure. */
  get problem(): WeftError | undefined {
    return this.#problem;
  }

  get size(): number {
    return this.#cache.size;
  }

  /** By `namespace/name`, or `name` in cluster scope. */
  get(key: string): T | undefined {
    return this.#cache.get(key);
  }

  /** In no particular order. Not to be kept across an await. */
  values(): IterableIterator<T> {
    return this.#cache.values();
  }

  /** With their keys, in no particular order. Not to be kept across an await. */
  entries(): IterableIterator<[string, T]> {
    return this.#cache.entries();
  }

  /** Begins. Calling it again does nothing. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Ends the connection; resolves when nothing runs any more. The handler is not called after that, the cache stays. */
  async close(): Promise<void> {
    this.#end.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      let retryAfterMs = 0;
      let error: WeftError | undefined;
      let lived = 0;
      try {
        const cursor = this.#cursor ?? (await this.#list());
        if (signal.aborted) return;
        lived = await this.#watch(cursor);
      } catch (thrown) {
        error = asWeftError(thrown);
        if (error instanceof KubeError) retryAfterMs = error.api.retryAfterMs;
      }
      if (signal.aborted) return;
      // The server ends a watch when its time is up: the next one follows at once.
      if (error === undefined && lived >= this.#timings.healthyMs) continue;
      await this.#failed(error, retryAfterMs);
    }
  }

  async #failed(error: WeftError | undefined, retryAfterMs: number): Promise<void> {
    const pauseMs = this.#backoff.next(retryAfterMs);
    if (error !== undefined) {
      this.#problem = error;
      this.counts.failures += 1;
      this.#options.report(error, pauseMs);
    }
    await pause(this.#options.clock, pauseMs, this.#end.signal);
  }

  async #list(): Promise<WatchCursor> {
    const { transport, clock, pageSize = 500 } = this.#options;
    const limits = { pageSize, timeoutMs: this.#timings.listMs };
    const call = { transport, clock, selection: this.#options, limits, signal: this.#end.signal };
    const version = await listPages(call, () => this.#cache.list());
    const cursor = new WatchCursor(version);
    if (this.#end.signal.aborted) return cursor;
    this.counts.lists += 1;
    this.#cursor = cursor;
    this.#refused = 0;
    this.#deliver(this.#cache.replace());
    if (!this.#synced) {
      this.#synced = true;
      this.#tell(() => this.#options.handler.synced());
    }
    return cursor;
  }

  /** Resolves with how long the watch was open, milliseconds. */
  async #watch(cursor: WatchCursor): Promise<number> {
    const { transport, clock } = this.#options;
    const { openMs, idleMs } = this.#timings;
    const step = `watch ${resourceName(this.#options.resource)}`;
    let opened = 0;
    let isOpen = false;
    let lines = 0;
    const onOpen = (): void => {
      opened = clock.monotonic();
      isOpen = true;
      this.counts.watches += 1;
      this.#problem = undefined;
    };
    const onLine = (line: string): void => {
      lines += 1;
      this.#refused = 0;
      this.#take(cursor, line);
    };
    try {
      await watchOnce(
        { transport, clock, path: this.#watchPath(cursor), step, openMs, idleMs, signal: this.#end.signal },
        onOpen,
        onLine,
      );
    } catch (error) {
      this.#judge(asWeftError(error), isOpen && lines === 0);
      throw error;
    } finally {
      if (isOpen && clock.monotonic() - opened >= this.#timings.healthyMs) this.#backoff.reset();
    }
    return clock.monotonic() - opened;
  }

  /** Whether the next try may go on from the same version, or has to begin with a list. */
  #judge(error: WeftError, silent: boolean): void {
    if (error.reason === 'ApiExpired') this.#cursor = undefined;
    // Not even a bookmark came: perhaps the server's history ends before our version, so that it has nothing to say.
    if (error.reason === 'ApiTimeout' && silent) this.#cursor = undefined;
    if (!(error instanceof KubeError) || error.api.status === 0 || error.reason === 'ApiBusy') return;
    this.#refused += 1;
    if (this.#refused >= maxRefusedWatches) this.#cursor = undefined;
  }

  #watchPath(cursor: WatchCursor): string {
    const { resource, namespace, fieldSelector, labelSelector, random } = this.#options;
    return collectionPath(resource, namespace, {
      watch: 1,
      allowWatchBookmarks: true,
      resourceVersion: cursor.version,
      timeoutSeconds: Math.ceil((this.#timings.watchMs / 1000) * (1 + random())),
      fieldSelector,
      labelSelector,
    });
  }

  #take(cursor: WatchCursor, line: string): void {
    const event = cursor.accept(line);
    if (event === undefined) return;
    this.counts.events += 1;
    this.#deliver(event.type === 'put' ? this.#cache.put(event.object) : this.#cache.remove(event.object));
  }

  #deliver(deliveries: readonly Delivery<T>[]): void {
    const { handler } = this.#options;
    for (const delivery of deliveries) {
      if (this.#end.signal.aborted) return;
      const { value, key } = delivery;
      if (delivery.type === 'added') this.#tell(() => handler.added(value, key));
      else if (delivery.type === 'removed') this.#tell(() => handler.removed(value, key));
      else this.#tell(() => handler.changed(value, key, delivery.old));
    }
  }

  /** One faulty object or handler must not end what is known about all others. */
  #tell(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#options.report(asWeftError(error), 0);
    }
  }

  #project(object: Parameters<Projection<T>>[0]): T | undefined {
    try {
      return this.#options.project(object);
    } catch (error) {
      this.#options.report(asWeftError(error), 0);
      return undefined;
    }
  }
}
