import type { WeftError } from '../../../src/errors/weft-error.ts';
import { Informer, type InformerOptions } from '../../../src/kube/informer.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';
import { type PuppetCall, PuppetTransport } from '../../fakes/puppet-transport.ts';
import { dataOf, listOf, type ObjectSpec, rawObject } from './objects.ts';

/** An informer of pods whose API server is the test, on a clock that the test moves. */
export class Scene {
  readonly clock: FakeClock = new FakeClock();
  readonly server: PuppetTransport = new PuppetTransport();
  readonly informer: Informer<string>;
  /** What the handler was told: `added a=1`, `changed a=2 (1)`, `removed a=2`, `synced`. */
  readonly told: string[] = [];
  readonly reports: { readonly error: WeftError; readonly retryInMs: number }[] = [];

  constructor(options: Partial<InformerOptions<string>> = {}) {
    const name = (key: string): string => key.replace('default/', '');
    this.informer = new Informer({
      transport: this.server,
      clock: this.clock,
      random: () => 0.5,
      resource: { group: '', version: 'v1', plural: 'pods' },
      project: dataOf,
      handler: {
        added: (value, key) => this.told.push(`added ${name(key)}=${value}`),
        changed: (value, key, old) => this.told.push(`changed ${name(key)}=${value} (${old})`),
        removed: (value, key) => this.told.push(`removed ${name(key)}=${value}`),
        synced: () => this.told.push('synced'),
      },
      report: (error, retryInMs) => this.reports.push({ error, retryInMs }),
      ...options,
    });
  }

  /** What was told since the last time this was asked. */
  news(): readonly string[] {
    return this.told.splice(0);
  }

  /** Answers the list that is asked for now, in one page. */
  async list(version: number, ...specs: readonly ObjectSpec[]): Promise<void> {
    const call = await this.server.next();
    if (call.kind !== 'request') throw new Error(`expected a list, got ${call.path}`);
    await call.answer(200, listOf(version, specs.map(rawObject)));
  }

  /** Accepts the watch that is asked for now. */
  async watch(): Promise<PuppetCall> {
    const call = await this.server.next();
    if (call.kind !== 'stream') throw new Error(`expected a watch, got ${call.path}`);
    await call.open();
    return call;
  }

  /** Starts, lists the objects at version 10, and has a watch open. */
  async running(...specs: readonly ObjectSpec[]): Promise<PuppetCall> {
    this.informer.start();
    await this.list(10, ...specs);
    return this.watch();
  }

  /** The pause before the next try, which is then over. */
  async pause(): Promise<number> {
    const pause = this.reports.at(-1)?.retryInMs ?? 0;
    await this.clock.pass(pause);
    return pause;
  }
}
