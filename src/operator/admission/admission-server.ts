import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Runnable } from '../../controller/runnable.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { ListenAddress } from '../../daemon/flag-kinds.ts';
import type { Log } from '../../daemon/log.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import { pause } from '../../kube/kube-clock.ts';
import type { AdmissionMetrics } from './admission-metrics.ts';
import {
  type AdmissionRequest,
  BadReviewError,
  parseReview,
  reviewAnswer,
  type Verdict,
} from './admission-review.ts';
import type { CertificateSource, ServedPair } from './certificate-source.ts';
import { readBody, TooLargeError } from './request-body.ts';
import type { Review } from './reviewer.ts';

/** What the server needs. */
export interface AdmissionServerOptions {
  readonly address: NonNullable<ListenAddress>;
  readonly certificates: CertificateSource;
  /** By path. */
  readonly reviews: ReadonlyMap<string, Review>;
  readonly metrics: AdmissionMetrics;
  readonly log: Log;
  readonly clock: Clock;
  /** From the wish to stop until no call is taken any more: so long the Service may go on sending some. Milliseconds. */
  readonly drainMs: number;
  /** What the first calls would wait for otherwise: all its steps are taken before any call is. */
  readonly preparation?: Iterable<void>;
}

/** Longest time for the calls that still run when no new one is taken, milliseconds. */
const finishMs = 5_000;

/** Until another try where the address is taken, milliseconds. */
const retryMs = 1_000;

/**
 * The webhook server. Every replica serves; another certificate takes effect with the next connection, while those that
 * are open go on. No failure of one call ends the process.
 */
export class AdmissionServer implements Runnable {
  readonly needsLeader = false;
  readonly #options: AdmissionServerOptions;
  #server: Server | undefined;
  #listening = false;
  #stopping = false;
  readonly #work = new AbortController();

  constructor(options: AdmissionServerOptions) {
    this.#options = options;
  }

  /** Serves as soon as there is a certificate; after the signal it takes calls for `drainMs` more and ends them all. */
  async start(signal: AbortSignal): Promise<void> {
    const { certificates, clock, drainMs, preparation = [] } = this.#options;
    // A step has some work to do; probes and watches have their turns between two of them.
    for (const _ of preparation) await new Promise(setImmediate);
    certificates.onChange((pair) => this.#use(pair));
    if (certificates.current !== undefined) this.#use(certificates.current);
    // Calls are still taken while it drains, and a certificate does not end by then.
    await certificates.start(signal);
    this.#stopping = true;
    if (this.#listening) await pause(clock, drainMs, new AbortController().signal);
    await this.#close();
  }

  notReady(): readonly string[] {
    if (this.#stopping) return ['the webhook server is stopping'];
    if (this.#server === undefined) return ['the webhook server has no certificate yet'];
    return this.#listening ? [] : ['the webhook server does not listen yet'];
  }

  warnings(): readonly string[] {
    return this.#options.certificates.warnings();
  }

  /** The port it listens on; undefined: it does not. */
  get port(): number | undefined {
    const address = this.#server?.address();
    return typeof address === 'object' && address !== null ? address.port : undefined;
  }

  #use({ certificate, key }: ServedPair): void {
    const context = { cert: certificate, key, minVersion: 'TLSv1.2' } as const;
    if (this.#server !== undefined) this.#server.setSecureContext(context);
    else this.#listen(createServer(context, (request, response) => void this.#answer(request, response)));
  }

  #listen(server: Server): void {
    const { address, log, clock } = this.#options;
    this.#server = server;
    // Go's client drops idle connections after 90 s: were we the first to do so, a call could meet the end of one.
    server.keepAliveTimeout = 180_000;
    server.headersTimeout = 10_000;
    server.requestTimeout = 15_000;
    server.maxConnections = 1_000;
    const open = (): void => {
      if (this.#stopping) return;
      server.listen({ port: address.port, ...(address.host !== '' && { host: address.host }) });
    };
    server.on('listening', () => {
      this.#listening = true;
      log.info({ address: server.address() }, 'admission webhooks are served');
    });
    server.on('error', (error) => {
      if (this.#listening || this.#stopping) return;
      log.warn({ address, error: error.message }, 'admission webhooks cannot be served, trying again');
      clock.after(retryMs, open);
    });
    server.on('tlsClientError', (error) => log.debug({ error: error.message }, 'a TLS handshake failed'));
    open();
  }

  async #close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const { clock } = this.#options;
    const late = clock.after(finishMs, () => {
      this.#work.abort();
      server.closeAllConnections();
    });
    await new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeIdleConnections();
    });
    late.cancel();
    this.#listening = false;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { metrics, clock } = this.#options;
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const start = clock.monotonic();
    const review = this.#options.reviews.get(path);
    const webhook = review === undefined ? 'unknown' : path;
    const end = metrics.began(webhook);
    const { status, body, type } = await this.#outcome(request, review, webhook);
    // Whoever comes over this connection again would find it closed, or the rest of what was not read.
    if (this.#stopping || status === 413) response.setHeader('connection', 'close');
    response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(body);
    end(status, (clock.monotonic() - start) / 1000);
  }

  /** Never rejects. */
  async #outcome(request: IncomingMessage, review: Review | undefined, webhook: string): Promise<Outcome> {
    if (review === undefined) return plain(404, 'no such webhook');
    if (request.method !== 'POST') return plain(405, 'only POST');
    try {
      const asked = parseReview(await readBody(request));
      return json(reviewAnswer(asked.uid, await this.#judge(asked, review, webhook)));
    } catch (error) {
      return this.#failed(error);
    }
  }

  async #judge(asked: AdmissionRequest, review: Review, webhook: string): Promise<Verdict> {
    const verdict = await review(asked, this.#work.signal);
    const { operation, namespace, name, userInfo } = asked;
    this.#options.metrics.decided(webhook, operation, verdict.refusal === undefined);
    if (verdict.refusal !== undefined) {
      const fields = { webhook, operation, namespace, name, user: userInfo.username };
      this.#options.log.info({ ...fields, message: verdict.refusal.message }, 'refused');
    }
    return verdict;
  }

  #failed(error: unknown): Outcome {
    if (error instanceof TooLargeError) return plain(413, error.message);
    if (error instanceof BadReviewError) return plain(400, error.message);
    const { message } = asWeftError(error);
    this.#options.log.error({ error: message }, 'an admission review failed');
    return plain(500, message);
  }
}

interface Outcome {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

function plain(status: number, text: string): Outcome {
  return { status, type: 'text/plain; charset=utf-8', body: `${text}\n` };
}

function json(body: string): Outcome {
  return { status: 200, type: 'application/json', body };
}
