import { isDeepStrictEqual } from 'node:util';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { WeftError } from '../errors/weft-error.ts';
import type { ClusterCredentials } from './capturing-kube-config.ts';

/** Connections for calls; more calls wait. A storm of writes must not become a storm of TLS handshakes. */
const maxConnections = 8;

/** Shorter than the 90 s after which the API server closes an idle connection. */
const idleConnectionMs = 60_000;

/** Silence after which the kernel asks whether the other side lives; load balancers forget after 60 s. */
const keepAliveMs = 15_000;

/** Watches have connections of their own: each keeps one for minutes. */
export type PoolName = 'calls' | 'watches';

/** Connections that are kept for as long as the certificates behind them are the same. */
export class ConnectionPools {
  #made: Pick<ClusterCredentials, 'tls' | 'proxy'> | undefined;
  #pools: Readonly<Record<PoolName, Dispatcher>> | undefined;

  /** The pool that goes with the credentials. Throws ApiAccessInvalid for a proxy of an unknown kind. */
  of({ tls, proxy }: ClusterCredentials, name: PoolName): Dispatcher {
    const wanted = { tls, proxy };
    if (this.#pools === undefined || !isDeepStrictEqual(this.#made, wanted)) {
      // Running calls end in their own time.
      this.#each((pool) => pool.close());
      this.#pools = { calls: dispatcher(wanted, maxConnections), watches: dispatcher(wanted, null) };
      this.#made = wanted;
    }
    return this.#pools[name];
  }

  /** Ends all connections, also those of running calls. */
  destroy(): void {
    this.#each((pool) => pool.destroy());
    this.#pools = undefined;
  }

  #each(end: (pool: Dispatcher) => Promise<void>): void {
    // A pool that is closed already has nothing left to end.
    for (const pool of Object.values(this.#pools ?? {})) void end(pool).catch(() => {});
  }
}

function dispatcher(
  { tls, proxy }: Pick<ClusterCredentials, 'tls' | 'proxy'>,
  connections: number | null,
): Dispatcher {
  const options = {
    connections,
    // One HTTP/2 connection for everything would stall everything when its path dies.
    allowH2: false,
    keepAliveTimeout: idleConnectionMs,
    // The caller's signal is the only deadline: a quiet watch is no failure.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  const connect = { keepAlive: true, keepAliveInitialDelay: keepAliveMs };
  if (proxy === undefined || proxy === '') return new Agent({ ...options, connect: { ...tls, ...connect } });
  if (!/^https?:/.test(proxy)) {
    throw new WeftError('ApiAccessInvalid', {
      step: 'read kubeconfig',
      cause: `proxy-url "${proxy}" is no address of http or https`,
      remedy: 'use an HTTP proxy, or none',
    });
  }
  return new ProxyAgent({ ...options, uri: proxy, requestTls: tls, connect });
}
