import { isDeepStrictEqual } from 'node:util';
import type { WeftConfigSpec } from '../../../api/weft-config.ts';
import type { Clock } from '../../../daemon/clock.ts';
import type { Log } from '../../../daemon/log.ts';
import { WeftError } from '../../../errors/weft-error.ts';
import type { Informer } from '../../../kube/informer.ts';
import type { ConfigSource } from '../config-source.ts';
import type { ApiLink } from './api-link.ts';
import { absentConfig, configName, type FoundConfig, projectConfig } from './found-config.ts';
import type { ConfigKeeper } from './kept-config.ts';
import { configResource } from './kube-resources.ts';

/** What the watched configuration needs. */
export interface WatchedConfigRoom {
  readonly link: ApiLink;
  readonly keeper: ConfigKeeper;
  readonly clock: Clock;
  readonly log: Log;
  /** Called when another configuration is in force. */
  readonly changed: () => void;
}

/**
 * The WeftConfig `default` of the cluster; where there is none, its defaults. Until the API server has answered, the one
 * that was kept is in force. A bad one leaves the last good one in force, if there was one.
 */
export class WatchedConfig implements ConfigSource {
  readonly informer: Informer<FoundConfig | WeftError>;
  readonly #room: WatchedConfigRoom;
  readonly #settled: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #found: FoundConfig;
  #problem: string | undefined;
  /** The first one that was met, while it cannot be used: there is no good one before it that could stay in force. */
  #unusable: WeftError | undefined;
  /** The cluster has no CRD for it, hence no WeftConfig. */
  #kindless = false;

  constructor(room: WatchedConfigRoom) {
    const { link, keeper, log } = room;
    this.#room = room;
    this.#found = keeper.kept ?? absentConfig();
    if (keeper.kept !== undefined) log.info({ config: this.#found.config }, 'kept configuration in force');
    this.informer = link.informer({
      resource: configResource,
      fieldSelector: `metadata.name=${configName}`,
      project: projectConfig,
      handler: {
        added: (found) => this.#take(found),
        changed: (found) => this.#take(found),
        removed: () => this.#use(absentConfig()),
        synced: () => this.#synced(),
      },
      failed: (error) => this.#failed(error),
    });
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  current(): WeftConfigSpec {
    return this.#found.config;
  }

  /** Why it is not known what is configured; undefined if it is. */
  get unknown(): WeftError | undefined {
    if (this.#unusable !== undefined) return this.#unusable;
    if (this.#answered || this.#room.keeper.kept !== undefined) return undefined;
    const { problem } = this.informer;
    const cause = problem?.failure.cause ?? 'the API server has not answered yet';
    return new WeftError(problem?.reason ?? 'ApiUnreachable', { step: 'read WeftConfig', cause });
  }

  /** Sentences about what is kept for a restart, and that it is in force. */
  warnings(): readonly string[] {
    const { kept, problem } = this.#room.keeper;
    const goesOn = this.#answered || kept === undefined ? [] : [this.#goesOnWith(kept)];
    return problem === undefined ? goesOn : [...goesOn, problem];
  }

  /** Resolves after the first answer of the API server, or the first failure to get one, and at `until` at the latest. */
  async settled(until: number): Promise<void> {
    if (this.#answered || this.informer.problem !== undefined) return;
    const { clock } = this.#room;
    const timer = clock.after(until - clock.monotonic(), this.#settled.resolve);
    await this.#settled.promise;
    timer.cancel();
  }

  /** True once the API server has said what there is, or that there is no such kind. */
  get #answered(): boolean {
    return this.informer.synced || this.#kindless;
  }

  #take(found: FoundConfig | WeftError): void {
    if (found instanceof WeftError) {
      const isFirst = this.unknown !== undefined;
      if (isFirst) this.#unusable = found;
      this.#problem = found.message;
      this.#room.log.warn({ problem: found.message }, 'configuration change not in force');
      return;
    }
    this.#use(found);
  }

  #use(found: FoundConfig): void {
    const { keeper, log, changed } = this.#room;
    this.#problem = undefined;
    this.#unusable = undefined;
    keeper.keep(found);
    // The one that was kept, as a rule.
    if (isDeepStrictEqual(found, this.#found)) return;
    this.#found = found;
    log.info({ config: found.config }, 'configuration changed');
    changed();
  }

  #goesOnWith({ spec }: FoundConfig): string {
    const why = this.informer.problem?.message ?? 'it has not answered yet';
    const kept =
      spec === undefined ? 'there was none, so its defaults are' : 'the one that this node kept is';
    return `WeftConfig was not read from the API server yet, ${kept} in force: ${why}`;
  }

  /** Nobody tells that an object is not there. */
  #synced(): void {
    if (this.informer.size === 0) this.#use(absentConfig());
    this.#settled.resolve();
  }

  /** True where the kind is not installed: then everything has its default, which is no failure. */
  #failed(error: WeftError): boolean {
    const absent = error.reason === 'ApiNotFound';
    if (absent && !this.#answered) {
      this.#room.log.info({}, 'this cluster has no WeftConfig, its defaults are in force');
      this.#use(absentConfig());
    }
    // Stays: an API server that is away afterwards takes nothing of what is known.
    this.#kindless ||= absent;
    this.#settled.resolve();
    return absent;
  }
}
