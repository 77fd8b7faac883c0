import { createPrivateKey, X509Certificate } from 'node:crypto';
import { type FSWatcher, watch } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { pause } from '../../kube/kube-clock.ts';
import type { CertificateSource, ServedPair } from './certificate-source.ts';

/** How long a change may take to be complete, milliseconds. */
const settleMs = 100;

/** What the reader of a directory needs. */
export interface MountedCertificatesOptions {
  /** With `tls.crt` and `tls.key`, as a volume of a Secret of type kubernetes.io/tls has them. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Longest time until a change is seen where nobody tells of it, milliseconds. */
  readonly pollMs: number;
}

/**
 * Certificates that somebody else brings, cert-manager for one, who then also looks after the caBundle. The kubelet
 * changes both files by one rename of a link, which the kernel tells of; a read between two renames gives a pair that
 * does not fit, and is made again.
 */
export class MountedCertificates implements CertificateSource {
  readonly #options: MountedCertificatesOptions;
  #pair: ServedPair | undefined;
  #notAfter: number | undefined;
  #problem: string | undefined;
  #listener: (pair: ServedPair) => void = () => undefined;

  constructor(options: MountedCertificatesOptions) {
    this.#options = options;
  }

  get current(): ServedPair | undefined {
    return this.#pair;
  }

  /** End of what is served, milliseconds since 1970; undefined: nothing is. */
  get notAfter(): number | undefined {
    return this.#notAfter;
  }

  onChange(listener: (pair: ServedPair) => void): void {
    this.#listener = listener;
  }

  warnings(): readonly string[] {
    return this.#problem === undefined ? [] : [this.#problem];
  }

  async start(signal: AbortSignal): Promise<void> {
    const { clock, pollMs } = this.#options;
    while (!signal.aborted) {
      const round = new AbortController();
      const end = (): void => round.abort();
      signal.addEventListener('abort', end, { once: true });
      // Watching begins before reading, so that a change between the two is not missed.
      const watcher = this.#watch(end);
      await this.#look();
      await pause(clock, pollMs, round.signal);
      watcher?.close();
      // Changes come in several steps, and a watch that fails at once must not make this spin.
      await pause(clock, settleMs, signal);
      signal.removeEventListener('abort', end);
    }
  }

  #watch(tell: () => void): FSWatcher | undefined {
    try {
      return watch(this.#options.directory, { persistent: false }, tell).on('error', tell);
    } catch {
      // Not there yet; the poll goes on.
      return undefined;
    }
  }

  async #look(): Promise<void> {
    const { directory, log } = this.#options;
    try {
      const [certificate, key] = await Promise.all(
        ['tls.crt', 'tls.key'].map((name) => readFile(join(directory, name), 'utf8')),
      );
      this.#take({ certificate: certificate ?? '', key: key ?? '' });
      this.#problem = undefined;
    } catch (error) {
      const cause = error instanceof Error ? error.message : String(error);
      const problem = `the webhook certificate in ${directory} cannot be used: ${cause}`;
      if (problem !== this.#problem) log.warn({ directory, cause }, 'the webhook certificate cannot be used');
      this.#problem = problem;
    }
  }

  #take(pair: ServedPair): void {
    if (pair.certificate === this.#pair?.certificate && pair.key === this.#pair.key) return;
    const certificate = new X509Certificate(pair.certificate);
    if (!certificate.checkPrivateKey(createPrivateKey(pair.key)))
      throw new Error('the key is not of the certificate');
    this.#pair = pair;
    this.#notAfter = Date.parse(certificate.validTo);
    this.#options.log.info({ notAfter: certificate.validTo }, 'a webhook certificate is served');
    this.#listener(pair);
  }
}
