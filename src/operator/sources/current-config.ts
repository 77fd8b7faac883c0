import { defaultWeftConfig, parseWeftConfig, type WeftConfigSpec } from '../../api/weft-config.ts';
import type { SharedInformer } from '../../controller/shared-informer.ts';
import type { Log } from '../../daemon/log.ts';
import { asWeftError } from '../../errors/weft-error.ts';
import type { RawObject } from '../../kube/raw-object.ts';

/** What is kept of a WeftConfig: what it says, with the defaults, or what is wrong with it. */
export type WatchedConfig = { readonly config: WeftConfigSpec } | { readonly fault: string };

/** Never throws. */
export function projectConfig({ metadata, spec = {} }: RawObject): WatchedConfig {
  try {
    // Not the whole object: the file format is strict about what the API server adds, such as a status.
    const { name } = metadata;
    const kind = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig' };
    return { config: parseWeftConfig({ ...kind, metadata: { name }, spec }) };
  } catch (error) {
    return { fault: asWeftError(error).message };
  }
}

/** The configuration in force: WeftConfig `default`, its last good state, or the defaults where there is none. */
export class CurrentConfig {
  readonly #log: Log;
  readonly #listeners: (() => void)[] = [];
  #config: WeftConfigSpec = defaultWeftConfig();
  #fault: string | undefined;

  constructor(informer: SharedInformer<WatchedConfig>, log: Log) {
    this.#log = log;
    informer.subscribe({
      added: (watched) => this.#take(watched),
      changed: (watched) => this.#take(watched),
      removed: () => this.#use(defaultWeftConfig()),
    });
  }

  get spec(): WeftConfigSpec {
    return this.#config;
  }

  /** One sentence where the cluster's is not the one in force. */
  warnings(): readonly string[] {
    return this.#fault === undefined ? [] : [`the WeftConfig cannot be used: ${this.#fault}`];
  }

  /** Called when another one is in force. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  #take(watched: WatchedConfig): void {
    if ('config' in watched) {
      this.#use(watched.config);
      return;
    }
    this.#fault = watched.fault;
    this.#log.warn(
      { problem: watched.fault },
      'the WeftConfig cannot be used, the last good one stays in force',
    );
  }

  #use(config: WeftConfigSpec): void {
    this.#fault = undefined;
    this.#config = config;
    this.#log.info({ config }, 'configuration in force');
    for (const listener of this.#listeners) listener();
  }
}
