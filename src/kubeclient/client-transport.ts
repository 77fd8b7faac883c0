import { request as undiciRequest } from 'undici';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { noAnswer } from '../kube/kube-error.ts';
import type { ApiAnswer, ApiRequest, ApiStream, Transport } from '../kube/transport.ts';
import type { CapturingKubeConfig, ClusterCredentials } from './capturing-kube-config.ts';
import { ConnectionPools, type PoolName } from './connection-pools.ts';
import { loadKubeconfig, type WantedCluster } from './load-kubeconfig.ts';
import { untilAborted } from './until-aborted.ts';

type Response = Awaited<ReturnType<typeof undiciRequest>>;

/** Transport over client-node's kubeconfig and authentication, with connections that are kept. */
export class ClientTransport implements Transport {
  readonly #wanted: WantedCluster;
  readonly #userAgent: string;
  readonly #pools: ConnectionPools = new ConnectionPools();
  #config: CapturingKubeConfig;

  private constructor(wanted: WantedCluster, userAgent: string, config: CapturingKubeConfig) {
    this.#wanted = wanted;
    this.#userAgent = userAgent;
    this.#config = config;
  }

  /** Connects to nothing yet. Rejects with ApiAccessInvalid where the kubeconfig cannot be used. */
  static async open(wanted: WantedCluster, userAgent: string): Promise<ClientTransport> {
    return new ClientTransport(wanted, userAgent, await loadKubeconfig(wanted));
  }

  /** Address of the API server, for people. */
  get server(): string {
    return this.#config.getCurrentCluster()?.server ?? '';
  }

  /** The namespace of the context; `default` where it names none. */
  get namespace(): string {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace || 'default';
  }

  async request(request: ApiRequest): Promise<ApiAnswer> {
    const response = await this.#authenticated(request, 'calls');
    try {
      return { ...headOf(response), text: await response.body.text() };
    } catch (error) {
      throw this.#broken(error);
    }
  }

  async stream(request: ApiRequest): Promise<ApiStream> {
    const response = await this.#authenticated(request, 'watches');
    return { ...headOf(response), chunks: response.body };
  }

  close(): void {
    this.#pools.destroy();
  }

  /** A refused credential may be an old one: where there is another by now, the call is made again, once. */
  async #authenticated(request: ApiRequest, pool: PoolName): Promise<Response> {
    const credentials = await this.#credentials(request.signal);
    const first = await this.#send(request, credentials, pool);
    if (first.statusCode !== 401) return first;
    // Read anew, because client-node keeps what a credential program gave until the time it named itself.
    const config = await loadKubeconfig(this.#wanted).catch(() => undefined);
    if (config === undefined) return first;
    this.#config = config;
    const renewed = await this.#credentials(request.signal);
    if (sameCredentials(credentials, renewed)) return first;
    await first.body.dump();
    return this.#send(request, renewed, pool);
  }

  async #credentials(signal: AbortSignal): Promise<ClusterCredentials> {
    try {
      return await untilAborted(signal, this.#config.credentials());
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      const user = this.#config.getCurrentUser();
      const program = (user?.exec as { command?: string } | undefined)?.command;
      const cause = program === undefined ? said : `the credential program ${program} failed: ${said}`;
      throw new WeftError('ApiAccessInvalid', { step: `become user ${user?.name ?? ''}`, cause, error });
    }
  }

  async #send(request: ApiRequest, credentials: ClusterCredentials, pool: PoolName): Promise<Response> {
    try {
      return await this.#exchange(request, credentials, pool);
    } catch (error) {
      // The server closed a kept connection while the request was on its way: nothing but chance.
      if (!isBrokenConnection(error) || !repeatable(request)) throw this.#broken(error);
    }
    try {
      return await this.#exchange(request, credentials, pool);
    } catch (error) {
      throw this.#broken(error);
    }
  }

  #exchange(request: ApiRequest, credentials: ClusterCredentials, pool: PoolName): Promise<Response> {
    const { method, path, body, signal } = request;
    const call = undiciRequest(`${this.server.replace(/\/+$/, '')}${path}`, {
      dispatcher: this.#pools.of(credentials, pool),
      method,
      signal,
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...credentials.headers,
        ...(body !== undefined && { 'content-type': body.type }),
      },
      ...(body !== undefined && { body: body.text }),
    });
    return untilAborted(signal, call);
  }

  #broken(error: unknown): WeftError {
    if (error instanceof WeftError) return error;
    const host = new URL(this.server).host;
    return noAnswer('ApiUnreachable', `${host}: ${asWeftError(deepest(error)).failure.cause}`, error);
  }
}

function headOf({ statusCode, headers }: Response): { status: number; retryAfter: string | undefined } {
  const retryAfter = headers['retry-after'];
  return { status: statusCode, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter };
}

function sameCredentials(one: ClusterCredentials, other: ClusterCredentials): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** True if doing it twice is the same as doing it once. JSON patches append to lists, and creation fails. */
function repeatable({ method, body }: ApiRequest): boolean {
  return method === 'GET' || (method === 'PATCH' && body?.type !== 'application/json-patch+json');
}

function isBrokenConnection(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE';
}

/** Of several addresses that failed, the errors of all; of a chain of causes, what began it. */
function deepest(error: unknown): unknown {
  if (error instanceof AggregateError) return new Error(error.errors.map(messageOf).join(', '));
  return error instanceof Error && error.cause instanceof Error ? deepest(error.cause) : error;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
