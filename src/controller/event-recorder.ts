import type { Clock } from '../daemon/clock.ts';
import type { Log } from '../daemon/log.ts';
import { asWeftError } from '../errors/weft-error.ts';
import type { Resource } from '../kube/resource.ts';
import type { Writer } from '../kube/writer.ts';
import { type BucketLimits, TokenBucket } from './token-bucket.ts';

const eventResource: Resource = { group: 'events.k8s.io', version: 'v1', plural: 'events' };

/** What an event is about. */
export interface Regarding {
  readonly apiVersion: string;
  readonly kind: string;
  /** Absent in cluster scope; its events are then in `default`. */
  readonly namespace?: string;
  readonly name: string;
  readonly uid: string;
}

/** What there is to say. */
export interface Said {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, for machines. */
  readonly reason: string;
  /** CamelCase: what was being done. */
  readonly action: string;
  /** For people; cut to the 1,024 characters that the API takes. */
  readonly note: string;
}

/** What a recorder is made of. */
export interface RecorderRoom {
  readonly writer: Pick<Writer, 'create' | 'patch'>;
  readonly clock: Clock;
  readonly log: Log;
  /** Who tells: `weft.dev/operator`. */
  readonly controller: string;
  /** Which replica. */
  readonly instance: string;
}

/** How often the count of one event is written at most. */
const seriesMs = 60_000;
/** An event that was not repeated for so long is told anew. */
const finishMs = 600_000;
const writeMs = 5_000;
/** Events of one object: so many at once, then one in five minutes, as client-go's filter of spam. */
const limits: BucketLimits = { perSecond: 1 / 300, burst: 25 };

interface Series {
  /** Name of the event object; undefined until it is made. */
  name: string | undefined;
  readonly namespace: string;
  /** How often it was said. */
  count: number;
  /** `count` of the last write. */
  written: number;
  /** `monotonic()`. */
  saidAt: number;
  /** `monotonic()` of the last wish to write it. */
  writtenAt: number;
}

/**
 * Events of events.k8s.io. What is said again becomes a series of one event, whose count is written at most once a
 * minute; each object has a budget. Events are for people and best effort: what cannot be written is not written.
 */
export class EventRecorder {
  readonly #room: RecorderRoom;
  readonly #series = new Map<string, Series>();
  /** By the object's uid. */
  readonly #budgets = new Map<string, TokenBucket>();
  /** Why the last one could not be written; '' if it could. */
  #complaint = '';
  #writes: Promise<void> = Promise.resolve();

  constructor(room: RecorderRoom) {
    this.#room = room;
  }

  /** Never rejects and waits for nothing. */
  say(regarding: Regarding, said: Said): void {
    this.#forget();
    const key = JSON.stringify([regarding.uid, said.type, said.reason, said.action, said.note]);
    const now = this.#room.clock.monotonic();
    const known = this.#series.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.saidAt = now;
      if (now - known.writtenAt < seriesMs) return;
      known.writtenAt = now;
      this.#write(() => this.#repeat(known));
      return;
    }
    if (!this.#affords(regarding.uid)) return;
    const namespace = regarding.namespace ?? 'default';
    const series = { name: undefined, namespace, count: 1, written: 1, saidAt: now, writtenAt: now };
    this.#series.set(key, series);
    this.#write(async () => {
      try {
        await this.#create(series, regarding, said);
      } catch (error) {
        // The next time is a first time.
        this.#series.delete(key);
        throw error;
      }
    });
  }

  /** Resolves when everything that was said is written, also the counts of series. */
  async idle(): Promise<void> {
    for (const series of this.#series.values())
      if (series.count > series.written) this.#write(() => this.#repeat(series));
    await this.#writes;
  }

  #affords(uid: string): boolean {
    const budget = this.#budgets.get(uid) ?? new TokenBucket(limits, this.#room.clock);
    this.#budgets.set(uid, budget);
    return budget.take();
  }

  /** One after the other: events must not crowd out what they tell about. */
  #write(work: () => Promise<void>): void {
    this.#writes = this.#writes.then(work).then(
      () => {
        this.#complaint = '';
      },
      (error: unknown) => this.#complain(error),
    );
  }

  async #create(series: Series, regarding: Regarding, said: Said): Promise<void> {
    const { writer, clock, controller, instance } = this.#room;
    const { namespace } = series;
    const body = {
      // Of 253 characters at most; the server appends five, and takes no prefix that ends with a dot.
      metadata: { generateName: `${regarding.name.slice(0, 200).replace(/[-.]+$/, '')}-`, namespace },
      eventTime: microTime(clock.now()),
      type: said.type,
      reason: said.reason,
      action: said.action,
      regarding,
      note: said.note.slice(0, 1024),
      reportingController: controller,
      reportingInstance: instance.slice(0, 128),
    };
    const object = await writer.create(eventResource, namespace, body, { timeoutMs: writeMs });
    series.name = object.metadata.name;
  }

  async #repeat(series: Series): Promise<void> {
    const { writer, clock } = this.#room;
    const { name, namespace, count } = series;
    if (name === undefined || count === series.written) return;
    series.written = count;
    const body = { series: { count, lastObservedTime: microTime(clock.now()) } };
    await writer.patch(eventResource, { namespace, name }, { kind: 'merge', body }, { timeoutMs: writeMs });
  }

  /** What was not said for a while; its last count is written first. */
  #forget(): void {
    const now = this.#room.clock.monotonic();
    for (const [key, series] of this.#series) {
      if (now - series.saidAt < finishMs) continue;
      this.#series.delete(key);
      if (series.count > series.written) this.#write(() => this.#repeat(series));
    }
    for (const [uid, budget] of this.#budgets) if (budget.full) this.#budgets.delete(uid);
  }

  #complain(error: unknown): void {
    const { reason, message } = asWeftError(error);
    if (reason === this.#complaint) return;
    this.#complaint = reason;
    this.#room.log.warn({ error: message }, 'events are not written');
  }
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}
