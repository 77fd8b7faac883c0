import { defaultWeftConfig, parseWeftConfig, type WeftConfigSpec } from '../../../api/weft-config.ts';
import type { Clock } from '../../../daemon/clock.ts';
import type { Log } from '../../../daemon/log.ts';
import { asWeftError, WeftError } from '../../../errors/weft-error.ts';
import type { Informer } from '../../../kube/informer.ts';
import type { RawObject } from '../../../kube/raw-object.ts';
import type { ConfigSource } from '../config-source.ts';
import type { ApiLink } from './api-link.ts';
import { configResource } from './kube-resources.ts';

/** The one WeftConfig that counts. */
const configName = 'default';

/** The WeftConfig `default` of the cluster; where there is none, its defaults. A bad one leaves the last good one in force, if there was one. */
export class WatchedConfig implements ConfigSource {
  readonly informer: Informer<WeftConfigSpec | WeftError>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #changed: () => void;
  readonly #defaults: WeftConfigSpec = defaultWeftConfig();
  readonly #settled: PromiseWithResolvers<void> = Promise.withResolvers<void>();
  #config: WeftConfigSpec = this.#defaults;
  #problem: string | undefined;
  /** The first one that was met, while it cannot be used: there is no good one before it that could stay in force. */
  #unusable: WeftError | undefined;
  /** The cluster has no CRD for it, hence no WeftConfig. */
  #kindless = false;

  /** `changed` is called when another configuration is in force. */
  constructor(link: ApiLink, clock: Clock, log: Log, changed: () => void) {
    this.#clock = clock;
    this.#log = log;
    this.#changed = changed;
    this.informer = link.informer({
      resource: configResource,
      fieldSelector: `metadata.name=${configName}`,
      project: projectConfig,
      handler: {
        added: (found) => this.#take(found),
        changed: (found) => this.#take(found),
        removed: () => this.#use(this.#defaults),
        synced: () => this.#settled.resolve(),
      },
      failed: (error) => this.#failed(error),
    });
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  current(): WeftConfigSpec {
    return this.#config;
  }

  /** Why it is not known what is configured; undefined if it is. */
  get unknown(): WeftError | undefined {
    if (this.#unusable !== undefined) return this.#unusable;
    if (this.informer.synced || this.#kindless) return undefined;
    const { problem } = this.informer;
    const cause = problem?.failure.cause ?? 'the API server has not answered yet';
    return new WeftError(problem?.reason ?? 'ApiUnreachable', { step: 'read WeftConfig', cause });
  }

  /** Resolves after the first answer of the API server, or the first failure to get one, and at `until` at the latest. */
  async settled(until: number): Promise<void> {
    if (this.unknown === undefined || this.informer.problem !== undefined) return;
    const timer = this.#clock.after(until - this.#clock.monotonic(), this.#settled.resolve);
    await this.#settled.promise;
    timer.cancel();
  }

  #take(found: WeftConfigSpec | WeftError): void {
    if (found instanceof WeftError) {
      const isFirst = this.unknown !== undefined;
      if (isFirst) this.#unusable = found;
      this.#problem = found.message;
      this.#log.warn({ problem: found.message }, 'configuration change not in force');
      return;
    }
    this.#use(found);
  }

  #use(config: WeftConfigSpec): void {
    this.#problem = undefined;
    this.#unusable = undefined;
    this.#config = config;
    this.#log.info({ config }, 'configuration changed');
    this.#changed();
  }

  /** True where the kind is not installed: then everything has its default, which is no failure. */
  #failed(error: WeftError): boolean {
    const absent = error.reason === 'ApiNotFound';
    if (absent && !this.#kindless)
      this.#log.info({}, 'this cluster has no WeftConfig, its defaults are in force');
    // Stays: an API server that is away afterwards takes nothing of what is known.
    this.#kindless ||= absent;
    this.#settled.resolve();
    return absent;
  }
}

/** Its spec with the defaults filled in, or what is wrong with it. Never throws. */
export function projectConfig(object: RawObject): WeftConfigSpec | WeftError {
  const { name } = object.metadata;
  const { spec = {} } = object;
  try {
    // Not the whole object: the file format is strict about what the API server adds, such as a status.
    return parseWeftConfig({ apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig', metadata: { name }, spec });
  } catch (error) {
    const { reason, failure } = asWeftError(error);
    return new WeftError(reason, {
      step: 'read WeftConfig',
      cause: `WeftConfig ${name}: ${failure.cause}`,
      remedy: 'correct it',
    });
  }
}
