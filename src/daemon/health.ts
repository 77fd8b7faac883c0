import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Clock, Timer } from './clock.ts';
import type { ListenAddress } from './flag-kinds.ts';
import type { Log } from './log.ts';
import type { Metrics } from './metrics.ts';

/** What the server shows. */
export interface HealthSources {
  /** Plain sentences that say why the daemon is not ready; empty: it is. Must not throw. */
  readonly notReady: () => readonly string[];
  /** Plain sentences about what is odd but does not keep the daemon from its work. Must not throw. */
  readonly warnings: () => readonly string[];
  readonly metrics: Metrics;
  readonly log: Log;
  readonly clock: Clock;
}

// Importing it would evaluate its getters, one of which loads a whole WebSocket client: 14 MiB.
const { createServer } = process.getBuiltinModule('node:http');

/** How long until another try when the address is taken: during an update the old daemon still holds it. */
const retryMs = 10_000;

/**
 * `/healthz` (the process answers), `/readyz` (one reason or warning a line, 503 if there is a reason) and `/metrics`. An address that is taken
 * does not stop the daemon: it is logged and tried again, because pods must start with or without metrics.
 */
export class HealthServer {
  readonly #address: NonNullable<ListenAddress>;
  readonly #sources: HealthSources;
  readonly #server: Server;
  #retry: Timer | undefined;
  #closed = false;

  constructor(address: NonNullable<ListenAddress>, sources: HealthSources) {
    this.#address = address;
    this.#sources = sources;
    this.#server = createServer((request, response) => void this.#answer(request, response));
    // Scrapers and probes are few and short; whoever dawdles is cut off.
    this.#server.requestTimeout = 5_000;
    this.#server.headersTimeout = 5_000;
    this.#server.maxConnections = 64;
    this.#server.on('error', (error) => this.#failed(error));
    this.#server.on('listening', () => this.#listening());
  }

  start(): void {
    const { host, port } = this.#address;
    this.#server.listen(host === '' ? { port } : { port, host });
  }

  /** Ends at once; open answers are cut. */
  close(): void {
    this.#closed = true;
    this.#retry?.cancel();
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #listening(): void {
    const address = this.#server.address();
    this.#sources.log.info({ address }, 'health and metrics are served');
  }

  #failed(error: Error): void {
    if (this.#closed) return;
    const { log, clock } = this.#sources;
    log.warn(
      { address: this.#address, error: error.message },
      'health and metrics cannot be served, trying again',
    );
    this.#retry = clock.after(retryMs, () => this.start());
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405, 'only GET\n');
    else if (path === '/healthz') send(response, 200, 'ok\n');
    else if (path === '/readyz') this.#readiness(response);
    else if (path === '/metrics') await this.#metrics(response);
    else send(response, 404, 'no such page; there are /healthz, /readyz and /metrics\n');
  }

  #readiness(response: ServerResponse): void {
    const reasons = this.#sources.notReady();
    const warnings = this.#sources.warnings().map((warning) => `warning: ${warning}`);
    const verdict = reasons.length === 0 ? ['ok'] : reasons;
    send(response, reasons.length === 0 ? 200 : 503, `${[...verdict, ...warnings].join('\n')}\n`);
  }

  async #metrics(response: ServerResponse): Promise<void> {
    const { metrics, log } = this.#sources;
    try {
      const text = await metrics.render();
      response.setHeader('content-type', metrics.contentType);
      send(response, 200, text);
    } catch (error) {
      log.error({ error: String(error) }, 'metrics could not be collected');
      send(response, 500, 'metrics could not be collected\n');
    }
  }
}

function send(response: ServerResponse, status: number, body: string): void {
  if (!response.hasHeader('content-type')) response.setHeader('content-type', 'text/plain; charset=utf-8');
  response.statusCode = status;
  response.end(body);
}
