import type { Clock } from '../../../daemon/clock.ts';
import type { Log } from '../../../daemon/log.ts';
import type { Count, Metrics } from '../../../daemon/metrics.ts';
import { asWeftError, type WeftError } from '../../../errors/weft-error.ts';
import { Informer, type InformerHandler, type InformerOptions } from '../../../kube/informer.ts';
import type { RawObject } from '../../../kube/raw-object.ts';
import { type ObjectRef, type Resource, resourceName } from '../../../kube/resource.ts';
import type { Transport } from '../../../kube/transport.ts';
import { Writer } from '../../../kube/writer.ts';
import { networkResource, podResource } from './kube-resources.ts';

/** What the link is made of. */
export interface ApiLinkRoom {
  readonly transport: Transport;
  readonly clock: Clock;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What an informer of an agent is about. */
export type Watching<T> = Pick<InformerOptions<T>, 'resource' | 'fieldSelector' | 'pageSize' | 'project'> & {
  readonly handler: Partial<InformerHandler<T>>;
  /** Each failure after it was counted. True: it is none, and is not logged. */
  readonly failed?: (error: WeftError) => boolean;
};

/** How an agent reads from the API server, with what it logs and counts about that. */
export class ApiLink {
  /** Writes as `weft-agent`. */
  readonly writer: Writer;
  readonly #room: ApiLinkRoom;
  /** By the name of their kind. */
  readonly #informers = new Map<string, Pick<Informer<unknown>, 'counts' | 'problem' | 'close'>>();
  /** What informers did in whose place others came. */
  readonly #ended = { lists: 0, watches: 0 };
  readonly #reads: Count;
  readonly #failures: Count;
  /** Reason of the last failure that was logged, by kind. */
  readonly #logged = new Map<string, string>();

  constructor(room: ApiLinkRoom) {
    const { transport, clock, random, metrics } = room;
    this.#room = room;
    this.writer = new Writer({ transport, clock, random, fieldManager: 'weft-agent' });
    this.#reads = metrics.count({
      name: 'weft_api_reads_total',
      help: 'Single objects read from the API server because no watch had brought them.',
      labels: ['resource'],
      initial: [podResource, networkResource].map((resource) => ({ resource: resourceName(resource) })),
    });
    this.#failures = metrics.count({
      name: 'weft_api_failures_total',
      help: 'Lists, watches and reads that failed, by reason.',
      labels: ['resource', 'reason'],
      initial: [podResource, networkResource].map((resource) => ({
        resource: resourceName(resource),
        reason: 'ApiUnreachable',
      })),
    });
    const sum = (what: 'lists' | 'watches'): number =>
      [...this.#informers.values()].reduce((total, { counts }) => total + counts[what], this.#ended[what]);
    metrics.tally({ name: 'weft_api_lists_total', help: 'Lists read to their end.' }, () => sum('lists'));
    metrics.tally({ name: 'weft_api_watches_total', help: 'Watches that the API server accepted.' }, () =>
      sum('watches'),
    );
  }

  /** An informer that is not started yet. It takes the place of one of the same kind, which must have been closed. */
  informer<T>(watching: Watching<T>): Informer<T> {
    const { transport, clock, random } = this.#room;
    const { handler, failed, ...selection } = watching;
    const name = resourceName(watching.resource);
    const informer = new Informer<T>({
      ...selection,
      transport,
      clock,
      random,
      handler: { added: ignore, changed: ignore, removed: ignore, synced: ignore, ...handler },
      report: (error, retryInMs) => {
        this.#failures.add({ resource: name, reason: error.reason });
        if (failed?.(error) !== true) this.#tell(name, error, retryInMs);
      },
    });
    const before = this.#informers.get(name)?.counts;
    this.#ended.lists += before?.lists ?? 0;
    this.#ended.watches += before?.watches ?? 0;
    this.#informers.set(name, informer);
    return informer;
  }

  /** One object as it is now. Rejects with a WeftError. */
  async read(resource: Resource, ref: ObjectRef, timeoutMs: number): Promise<RawObject> {
    const name = resourceName(resource);
    this.#reads.add({ resource: name });
    try {
      return await this.writer.get(resource, ref, { timeoutMs });
    } catch (error) {
      const ours = asWeftError(error);
      if (ours.reason !== 'ApiNotFound') this.#failures.add({ resource: name, reason: ours.reason });
      throw ours;
    }
  }

  /** Says which kinds are watched again of which it was said that they are not. */
  look(): void {
    for (const [name, { problem }] of this.#informers) {
      if (problem === undefined && this.#logged.delete(name))
        this.#room.log.info({ resource: name }, 'watched again');
    }
  }

  /** Ends every informer and every call. */
  async close(): Promise<void> {
    await Promise.all([...this.#informers.values()].map((informer) => informer.close()));
    this.#room.transport.close();
  }

  /** An outage is told once, not with every try. */
  #tell(resource: string, error: WeftError, retryInMs: number): void {
    const { log } = this.#room;
    const repeated = this.#logged.get(resource) === error.reason;
    this.#logged.set(resource, error.reason);
    const line = { resource, reason: error.reason, problem: error.message, retryInMs };
    if (repeated) log.debug(line, 'API server');
    else log.warn(line, 'API server');
  }
}

function ignore(): void {}
