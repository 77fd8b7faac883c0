import type { WeftConfigSpec } from '../../api/weft-config.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { AgentOptions } from '../agent-flags.ts';
import { ConfDirectory } from './conf-directory.ts';
import { ConfigFile, type ConfigSource, fixedConfig } from './config-source.ts';
import { type DefaultNetwork, DefaultNetworkSource } from './default-network-source.ts';
import { NetworksDirectory } from './networks-directory.ts';
import type { PlanSources } from './plan-sources.ts';

/** The files of this node that decide plans and installation. Every getter looks anew. */
export class NodeInputs {
  readonly #options: AgentOptions;
  readonly #log: Log;
  readonly #config: ConfigSource;
  readonly #default: DefaultNetworkSource;
  readonly #networks: NetworksDirectory | undefined;
  readonly #files: ConfDirectory;
  #seen: { readonly config: WeftConfigSpec; readonly network: DefaultNetwork } | undefined;
  #told = new Set<string>();
  #changed: () => void = () => {};

  private constructor(options: AgentOptions, config: ConfigSource, clock: Clock, log: Log) {
    this.#options = options;
    this.#log = log;
    this.#config = config;
    this.#default = new DefaultNetworkSource(new ConfDirectory(options.cniConfDir, clock));
    this.#files = new ConfDirectory(options.networkConfDir, clock);
    this.#networks =
      options.networksDir === '' ? undefined : new NetworksDirectory(options.networksDir, clock, log);
  }

  /** `otherwise`: the configuration where there is no `--config`. Throws InvalidFlag for one that cannot be used. */
  static async open(
    options: AgentOptions,
    clock: Clock,
    log: Log,
    otherwise: ConfigSource = fixedConfig(),
  ): Promise<NodeInputs> {
    const config = options.config === '' ? otherwise : await ConfigFile.open(options.config, clock, log);
    return new NodeInputs(options, config, clock, log);
  }

  /** Calls `listener` when a look finds another configuration or default network than the look before. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  /** The configuration in force, `--default-network` included. */
  config(): WeftConfigSpec {
    return this.#config.current();
  }

  defaultNetwork(): DefaultNetwork {
    const config = this.config();
    const network = this.#default.current(this.#options.defaultNetwork || config.defaultNetwork);
    const changed =
      this.#seen !== undefined && (this.#seen.network !== network || this.#seen.config !== config);
    this.#seen = { config, network };
    if (changed) this.#noticed();
    return network;
  }

  /** `--network-conf-dir`. */
  get files(): ConfDirectory {
    return this.#files;
  }

  /** What decides a plan without Kubernetes: the files, and the request alone. */
  standalone(): PlanSources {
    return {
      config: async () => this.config(),
      annotations: async () => ({}),
      networks: async () => async () =>
        this.#networks === undefined ? () => undefined : this.#networks.current(),
    };
  }

  /** Looks at everything once, so that problems are known before a pod meets them. Never rejects. */
  async look(): Promise<void> {
    this.defaultNetwork();
    this.#files.read();
    await this.#networks?.current();
    this.#tell();
  }

  /** Directories that cannot be read: requests are refused because of them. */
  problems(): readonly string[] {
    const missing = this.#networks?.missing;
    return missing === undefined ? [] : [missing];
  }

  /** What is odd but keeps nobody from working. */
  warnings(): readonly string[] {
    const config = this.#config.problem;
    return [
      ...(config === undefined ? [] : [`the last configuration stays in force: ${config}`]),
      ...(this.#networks?.problems() ?? []),
      ...this.defaultNetwork().warnings,
    ];
  }

  #noticed(): void {
    this.#tell();
    this.#changed();
  }

  /** Logs what was not said before. */
  #tell(): void {
    const network = this.#seen?.network;
    const missing = network?.network instanceof WeftError ? [network.network.message] : [];
    const now = new Set([...missing, ...this.problems(), ...(network?.warnings ?? [])]);
    for (const problem of now) if (!this.#told.has(problem)) this.#log.warn({ problem }, 'node');
    if (network !== undefined && missing.length === 0 && !this.#told.has(named(network))) {
      this.#log.info({ network: named(network) }, 'default network');
    }
    if (network !== undefined && missing.length === 0) now.add(named(network));
    this.#told = now;
  }
}

function named(network: DefaultNetwork): string {
  return network.network instanceof WeftError ? '' : network.network.name;
}
