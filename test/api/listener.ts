import { systemClock } from '../../src/daemon/clock.ts';
import type { WeftError } from '../../src/errors/weft-error.ts';
import { Informer, type InformerOptions } from '../../src/kube/informer.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import type { Transport } from '../../src/kube/transport.ts';
import { sleep } from '../harness/run.ts';

/** What the tests keep of an object. */
export interface Seen {
  readonly name: string;
  readonly uid: string;
  /** Annotation `data`. */
  readonly data: string;
}

/** An informer, and somebody who knows only what it tells him. */
export class Listener {
  readonly informer: Informer<Seen>;
  /** `added NAME`, `changed NAME`, `removed NAME`, `synced`, in order. */
  readonly told: string[] = [];
  readonly reports: WeftError[] = [];
  /** What was told though it was no news; must stay empty. */
  readonly noNews: string[] = [];
  readonly #known = new Map<string, Seen>();

  constructor(
    transport: Transport,
    options: Pick<InformerOptions<Seen>, 'resource'> & Partial<InformerOptions<Seen>>,
  ) {
    this.informer = new Informer<Seen>({
      transport,
      clock: systemClock,
      random: Math.random,
      project: seen,
      handler: {
        added: (value) => this.#tell('added', value, undefined),
        changed: (value, _, old) => this.#tell('changed', value, old),
        removed: (value) => this.#tell('removed', value, value),
        synced: () => this.told.push('synced'),
      },
      report: (error) => this.reports.push(error),
      backoff: { firstMs: 50, maxMs: 500 },
      ...options,
    });
    this.informer.start();
  }

  /** NAME=DATA of everything he knows, sorted. */
  get known(): readonly string[] {
    return [...this.#known.values()].map(({ name, data }) => `${name}=${data}`).sort();
  }

  /** What was told since the last time this was asked. */
  news(): readonly string[] {
    return this.told.splice(0);
  }

  async untilSynced(): Promise<void> {
    await this.until('the first list', () => this.informer.synced);
  }

  /** Waits; fails with everything that was reported. */
  async until(what: string, condition: () => boolean, limitMs = 20_000): Promise<void> {
    const end = performance.now() + limitMs;
    while (!condition()) {
      if (performance.now() > end) {
        const reports = this.reports.map(({ message }) => message).join('\n');
        throw new Error(
          `waited ${limitMs} ms in vain for ${what}; told ${this.told.join(', ')}; reported:\n${reports}`,
        );
      }
      await sleep(10);
    }
  }

  #tell(verb: string, value: Seen, before: Seen | undefined): void {
    this.told.push(`${verb} ${value.name}`);
    const known = this.#known.get(value.name);
    if (known !== before || (verb === 'changed' && known?.data === value.data))
      this.noNews.push(`${verb} ${value.name}`);
    if (verb === 'removed') this.#known.delete(value.name);
    else this.#known.set(value.name, value);
  }
}

function seen({ metadata }: RawObject): Seen {
  const annotations = metadata['annotations'] as Readonly<Record<string, string>> | undefined;
  return { name: metadata.name, uid: metadata.uid ?? '', data: annotations?.['data'] ?? '' };
}
