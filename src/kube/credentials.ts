import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, type SecureContext } from 'node:tls';
import { WeftError } from '../errors/weft-error.ts';
import type { ApiAccess, Material } from './api-access.ts';
import type { KubeClock } from './kube-clock.ts';

/** What a connection needs. The same `tls` object for as long as no file behind it has changed. */
export interface Credentials {
  readonly token: string | undefined;
  readonly tls: SecureContext;
}

/**
 * Files are read again after this time, not watched: the kubelet swaps a symlink, which a watch on a file misses the
 * second time, and renews a token when a fifth of its life, minutes at least, is left.
 */
const maxAgeMs = 60_000;

/** The credentials of an ApiAccess as its files have them now. */
export class CredentialFiles {
  readonly #access: ApiAccess;
  readonly #clock: KubeClock;
  #readAt = Number.NEGATIVE_INFINITY;
  #current: Credentials | undefined;
  /** The texts that `#current.tls` was made of. */
  #pem: readonly (string | undefined)[] = [];

  constructor(access: ApiAccess, clock: KubeClock) {
    this.#access = access;
    this.#clock = clock;
  }

  /** Throws ApiAccessInvalid if they were never readable; afterwards the last good ones stay in use. */
  current(): Credentials {
    if (this.#current !== undefined && this.#clock.monotonic() - this.#readAt < maxAgeMs)
      return this.#current;
    return this.#read();
  }

  /** Reads now, because the server refused what we had. True if something has changed. */
  refresh(): boolean {
    const before = this.#current;
    return this.#read() !== before;
  }

  #read(): Credentials {
    try {
      this.#current = this.#changed();
    } catch (error) {
      // In the middle of an exchange certificate and key may not fit, or a file be away.
      if (this.#current === undefined) throw invalid(error);
    }
    this.#readAt = this.#clock.monotonic();
    return this.#current;
  }

  #changed(): Credentials {
    const { ca, client, token: tokenOf } = this.#access;
    const token = textOf(tokenOf)?.trim();
    const pem = [textOf(ca), textOf(client?.certificate), textOf(client?.key)];
    const same = this.#current !== undefined && pem.every((text, index) => text === this.#pem[index]);
    if (same && this.#current?.token === token && this.#current !== undefined) return this.#current;
    const tls = same && this.#current !== undefined ? this.#current.tls : secureContext(pem);
    this.#pem = pem;
    return { token, tls };
  }
}

function secureContext([ca, cert, key]: readonly (string | undefined)[]): SecureContext {
  // OpenSSL leaves out authorities that it cannot read, and every connection would fail later.
  if (ca !== undefined) new X509Certificate(ca);
  return createSecureContext({ ca, cert, key });
}

function textOf(material: Material | undefined): string | undefined {
  if (material === undefined) return undefined;
  return 'text' in material ? material.text : readFileSync(material.file, 'utf8');
}

function invalid(error: unknown): WeftError {
  const cause = error instanceof Error ? error.message : String(error);
  return new WeftError('ApiAccessInvalid', { step: 'read credentials', cause, error });
}
