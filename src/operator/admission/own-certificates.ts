import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import { pause } from '../../kube/kube-clock.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import type { ObjectRef, Resource } from '../../kube/resource.ts';
import type { CallOptions, Writer } from '../../kube/writer.ts';
import { makeServingCertificate } from './certificate.ts';
import {
  backdateMs,
  bundleOf,
  type Generation,
  published,
  type ScheduleTimings,
  secretChange,
  servedGeneration,
} from './certificate-schedule.ts';
import { generationsIn, secretData } from './certificate-secret.ts';
import type { CertificateSource, ServedPair } from './certificate-source.ts';
import { publishBundle } from './webhook-configuration.ts';

const secrets: Resource = { group: '', version: 'v1', plural: 'secrets' };

/** Between two looks while nothing can be served yet, milliseconds. */
const firstLookMs = 500;

/** What the keeper of own certificates needs. */
export interface OwnCertificatesOptions {
  readonly writer: Writer;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  /** The Secret, which is there, empty at first: with it in the manifests nobody needs the right to create Secrets. */
  readonly secret: ObjectRef;
  /** Name of the ValidatingWebhookConfiguration. */
  readonly configuration: string;
  /** Under which the API server reaches the server. */
  readonly names: readonly [string, ...string[]];
  readonly timings: ScheduleTimings;
  /** Between two looks, milliseconds; jittered. */
  readonly lookMs: number;
}

/** What a look found; `version` is what a write has to name, so that nobody's work is overwritten. */
interface Kept {
  readonly generations: readonly Generation[];
  readonly version: string;
}

/**
 * Certificates that the operator makes itself, kept in one Secret for all replicas. Every replica looks after it, leader
 * or not: whoever writes first wins, the other one reads again (docs/adr/0012). So the webhook, which every replica
 * serves, needs no leader.
 *
 * Each look brings the Secret, the webhook configuration and what is served one step on, in this order: a new authority
 * is stored, published, and only `settleMs` after that a certificate of it served. It may end between any two steps.
 */
export class OwnCertificates implements CertificateSource {
  readonly #options: OwnCertificatesOptions;
  #generations: readonly Generation[] = [];
  #served: Generation | undefined;
  #problem: string | undefined;
  #listener: (pair: ServedPair) => void = () => undefined;

  constructor(options: OwnCertificatesOptions) {
    this.#options = options;
  }

  get current(): ServedPair | undefined {
    return this.#served;
  }

  /** End of what is served, milliseconds since 1970; undefined: nothing is. */
  get notAfter(): number | undefined {
    return this.#served?.notAfter;
  }

  onChange(listener: (pair: ServedPair) => void): void {
    this.#listener = listener;
  }

  async start(signal: AbortSignal): Promise<void> {
    const { clock, lookMs, random } = this.#options;
    while (!signal.aborted) {
      await this.look(signal);
      // Of two replicas that start at once one makes them; the other need not wait as long to serve them.
      const nextMs = this.#served === undefined ? Math.min(lookMs, firstLookMs) : lookMs;
      await pause(clock, nextMs * (0.75 + random() / 2), signal);
    }
  }

  warnings(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  /** One look. Never rejects. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      await this.#advance({ signal, timeoutMs: 10_000 });
      this.#problem = undefined;
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
    }
    // Also where nothing could be read: what was read before may be due by now.
    this.#serve();
  }

  async #advance(call: CallOptions): Promise<void> {
    const { clock, timings, writer, configuration } = this.#options;
    const found = this.#read(await writer.get(secrets, this.#options.secret, call));
    const { keep, make } = secretChange(found.generations, clock.now(), timings);
    const wanted = make ? [...keep, this.#make()] : keep;
    const changed = make || keep.length < found.generations.length;
    const stored = changed ? await this.#write(wanted, found.version, call) : found;
    this.#generations = stored.generations;
    // A server without any certificate cannot wait for the rest.
    if (this.#served === undefined) this.#serve();
    await publishBundle(writer, configuration, bundleOf(stored.generations), call);
    if (stored.generations.every(({ publishedAt }) => publishedAt !== undefined)) return;
    const known = await this.#write(published(stored.generations, clock.now()), stored.version, call);
    this.#generations = known.generations;
  }

  #read(object: RawObject): Kept {
    const generations = generationsIn(object['data']);
    const { log, secret } = this.#options;
    if (generations === undefined)
      log.warn({ secret }, 'the Secret holds no certificates of weft, new ones are made');
    return { generations: generations ?? [], version: object.metadata.resourceVersion };
  }

  /** ApiConflict where somebody else was faster. */
  async #write(generations: readonly Generation[], version: string, call: CallOptions): Promise<Kept> {
    const { writer, secret } = this.#options;
    const data = secretData(generations, bundleOf(generations));
    const body = { metadata: { resourceVersion: version }, data };
    const { metadata } = await writer.patch(secrets, secret, { kind: 'merge', body }, call);
    return { generations, version: metadata.resourceVersion };
  }

  #make(): Generation {
    const { clock, names, timings, log } = this.#options;
    const now = clock.now();
    // Certificates have whole seconds.
    const notBefore = Math.floor((now - backdateMs) / 1000) * 1000;
    const notAfter = Math.ceil((now + timings.lifeMs) / 1000) * 1000;
    log.info({ names, notAfter: new Date(notAfter).toISOString() }, 'a webhook certificate is made');
    return { ...makeServingCertificate({ names, notBefore, notAfter }), notBefore, notAfter };
  }

  #serve(): void {
    const { clock, timings, log } = this.#options;
    const next = servedGeneration(this.#generations, clock.now(), timings);
    if (next === undefined || next.certificate === this.#served?.certificate) return;
    this.#served = next;
    log.info({ notAfter: new Date(next.notAfter).toISOString() }, 'a webhook certificate is served');
    this.#listener(next);
  }

  #failed(error: unknown): void {
    const problem = asWeftError(error);
    const { log } = this.#options;
    if (problem instanceof KubeError && problem.reason === 'ApiConflict') {
      log.debug({ error: problem.message }, 'another replica has written the webhook certificates');
      return;
    }
    this.#problem = `the webhook certificates cannot be looked after: ${problem.message}`;
    log.warn({ error: problem.message }, 'the webhook certificates cannot be looked after, trying again');
  }
}
