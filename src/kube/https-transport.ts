import type { Agent as HttpAgent, IncomingMessage, RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import type { SecureContext } from 'node:tls';
import { createGunzip } from 'node:zlib';
import { WeftError } from '../errors/weft-error.ts';
import type { ApiAccess } from './api-access.ts';
import { CredentialFiles } from './credentials.ts';
import type { KubeClock } from './kube-clock.ts';
import { noAnswer } from './kube-error.ts';
import type { ApiAnswer, ApiRequest, ApiStream, Transport } from './transport.ts';

// Importing it would evaluate its getters, one of which loads a whole WebSocket client: 14 MiB.
const http = process.getBuiltinModule('node:http');

/** Connections for calls; more calls wait. A storm of status writes must not become a storm of TLS handshakes. */
const maxConnections = 8;

/** Shorter than the 90 s after which the API server closes an idle connection, so that we do not write into its end. */
const idleConnectionMs = 60_000;

/** Silence of a connection after which the kernel asks whether the other side lives; then each second, ten times. */
const keepAliveMs = 15_000;

/** The connections made with one set of certificates. Watches have their own: each keeps one for minutes. */
interface Pools {
  readonly tls: SecureContext;
  readonly calls: HttpAgent;
  readonly watches: HttpAgent;
}

type PoolName = 'calls' | 'watches';

/** Transport over node:https, or node:http where the address says so. */
export class HttpsTransport implements Transport {
  readonly #credentials: CredentialFiles;
  readonly #access: ApiAccess;
  readonly #base: URL;
  readonly #userAgent: string;
  #pools: Pools | undefined;

  /** Opens nothing. Throws ApiAccessInvalid if the server's address is no URL. */
  constructor(access: ApiAccess, clock: KubeClock, userAgent: string) {
    this.#access = access;
    this.#credentials = new CredentialFiles(access, clock);
    this.#base = serverUrl(access.server);
    this.#userAgent = userAgent;
  }

  async request(request: ApiRequest): Promise<ApiAnswer> {
    const response = await this.#authenticated(request, 'calls');
    try {
      return { ...headOf(response), text: await wholeText(response) };
    } catch (error) {
      throw this.#broken(error);
    }
  }

  async stream(request: ApiRequest): Promise<ApiStream> {
    const response = await this.#authenticated(request, 'watches');
    return { ...headOf(response), chunks: response };
  }

  close(): void {
    this.#pools?.calls.destroy();
    this.#pools?.watches.destroy();
    this.#pools = undefined;
  }

  /** A refused token may be an old one: where the file has another by now, the call is made again, once. */
  async #authenticated(request: ApiRequest, pool: PoolName): Promise<IncomingMessage> {
    const first = await this.#send(request, pool);
    if (first.statusCode !== 401 || !this.#credentials.refresh()) return first;
    first.resume();
    return this.#send(request, pool);
  }

  async #send(request: ApiRequest, pool: PoolName): Promise<IncomingMessage> {
    const { token, tls } = this.#credentials.current();
    const options = this.#optionsOf(request, token, pool);
    try {
      return await exchange(this.#isTls, { ...options, agent: this.#poolsFor(tls)[pool] }, request);
    } catch (error) {
      this.#dropIdle();
      // The server closed a kept connection while the request was on its way: nothing but chance.
      if (!(error instanceof StaleConnection) || !repeatable(request)) throw this.#broken(error);
    }
    try {
      return await exchange(this.#isTls, { ...options, agent: this.#poolsFor(tls)[pool] }, request);
    } catch (error) {
      throw this.#broken(error);
    }
  }

  get #isTls(): boolean {
    return this.#base.protocol === 'https:';
  }

  #optionsOf(request: ApiRequest, token: string | undefined, pool: PoolName): RequestOptions {
    const { hostname, port, pathname } = this.#base;
    const prefix = pathname.endsWith('/') ? pathname.slice(0, -1) : pathname;
    return {
      method: request.method,
      // An IPv6 address stands in brackets in a URL only.
      hostname: hostname.startsWith('[') ? hostname.slice(1, -1) : hostname,
      port: port === '' ? (this.#isTls ? 443 : 80) : Number(port),
      path: `${prefix}${request.path}`,
      signal: request.signal,
      headers: {
        Accept: 'application/json',
        // A watch must not wait in a compressor until a block is full.
        ...(pool === 'calls' && { 'Accept-Encoding': 'gzip' }),
        'User-Agent': this.#userAgent,
        ...(token !== undefined && { Authorization: `Bearer ${token}` }),
        ...(request.body !== undefined && {
          'Content-Type': request.body.type,
          'Content-Length': Buffer.byteLength(request.body.text),
        }),
      },
    };
  }

  #poolsFor(tls: SecureContext): Pools {
    if (this.#pools?.tls === tls) return this.#pools;
    this.#dropIdle();
    this.#pools = {
      tls,
      calls: this.#agent(tls, maxConnections),
      watches: this.#agent(tls, Number.POSITIVE_INFINITY),
    };
    return this.#pools;
  }

  #agent(secureContext: SecureContext, maxSockets: number): HttpAgent {
    const kept = {
      keepAlive: true,
      maxSockets,
      maxFreeSockets: 4,
      timeout: idleConnectionMs,
      keepAliveMsecs: keepAliveMs,
    };
    if (!this.#isTls) return new http.Agent(kept);
    const { serverName, insecure = false } = this.#access;
    return new HttpsAgent({
      ...kept,
      secureContext,
      rejectUnauthorized: !insecure,
      ALPNProtocols: ['http/1.1'],
      ...(serverName !== undefined && { servername: serverName }),
    });
  }

  /** After a failure the other kept connections are as dead; running calls go on. */
  #dropIdle(): void {
    for (const pool of [this.#pools?.calls, this.#pools?.watches]) {
      for (const socket of Object.values(pool?.freeSockets ?? {}).flat()) socket?.destroy();
    }
  }

  #broken(error: unknown): WeftError {
    if (error instanceof WeftError) return error;
    this.#dropIdle();
    return noAnswer('ApiUnreachable', `${this.#base.host}: ${describe(error)}`, error);
  }
}

/** A kept connection ended before a byte of the answer came. */
class StaleConnection extends Error {}

function exchange(isTls: boolean, options: RequestOptions, { body }: ApiRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = (isTls ? httpsRequest : http.request)(options, resolve);
    call.once('socket', (socket) => socket.setKeepAlive(true, keepAliveMs));
    call.once('error', (error: NodeJS.ErrnoException) => {
      const stale = call.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
      reject(stale ? new StaleConnection(error.message, { cause: error }) : error);
    });
    call.end(body?.text);
  });
}

/** True if doing it twice is the same as doing it once. JSON patches append to lists, and creation fails. */
function repeatable({ method, body }: ApiRequest): boolean {
  return method === 'GET' || (method === 'PATCH' && body?.type !== 'application/json-patch+json');
}

function headOf(response: IncomingMessage): { status: number; retryAfter: string | undefined } {
  return { status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'] };
}

async function wholeText(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of decoded(response)) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks).toString('utf8');
}

/** The API server compresses lists from 128 KiB on. */
function decoded(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  // The reader of the second gets the errors of both.
  return pipeline(response, createGunzip(), () => {});
}

function serverUrl(server: string): URL {
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (url?.protocol === 'https:' || url?.protocol === 'http:') return url;
  throw new WeftError('ApiAccessInvalid', {
    cause: `the API server's address "${server}" is no URL of https`,
  });
}

/** Node gathers the failures of several addresses in an error without a message. */
function describe(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(describe).join(', ');
  return error instanceof Error ? error.message : String(error);
}
