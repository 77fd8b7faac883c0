import type { NetworkAttachmentDefinition } from '../../api/network-attachment-definition.ts';
import { networkReference } from '../../api/network-reference.ts';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import type { AgentOptions } from '../agent-flags.ts';
import { ConfDirectory } from './conf-directory.ts';
import { ConfigFile, type ConfigSource, fixedConfig } from './config-source.ts';
import { type DefaultNetwork, DefaultNetworkSource } from './default-network-source.ts';
import { defaultLookup, keptNetwork } from './kept-network.ts';
import { NetworksDirectory } from './networks-directory.ts';
import type { PlanSources } from './plan-sources.ts';
import { ReadinessFile } from './readiness-file.ts';

/** What an agent in Kubernetes knows besides the files of its node. */
export interface KubeInputs {
  /** The WeftConfig object; undefined where `--config` stands for it. */
  readonly config: ConfigSource | undefined;
  /** NADs as the watch has them. Throws a WeftError where nothing can be said of one now. */
  readonly known: NetworkLookup;
}

interface NodeInputsRoom {
  readonly options: AgentOptions;
  readonly config: ConfigSource;
  readonly known: NetworkLookup;
  readonly kept: NetworkAttachmentDefinition | undefined;
  readonly clock: Clock;
  readonly log: Log;
}

/** The files of this node that decide plans and installation. Every getter looks anew. */
export class NodeInputs {
  readonly #options: AgentOptions;
  readonly #log: Log;
  readonly #config: ConfigSource;
  readonly #default: DefaultNetworkSource;
  readonly #networks: NetworksDirectory | undefined;
  readonly #files: ConfDirectory;
  readonly #readiness: ReadinessFile;
  /** The NADs as they are known without a request. */
  #known: NetworkLookup;
  readonly #kept: NetworkAttachmentDefinition | undefined;
  #seen: { readonly config: WeftConfigSpec; readonly network: DefaultNetwork } | undefined;
  #unready: DefaultNetwork | undefined;
  #told = new Set<string>();
  #changed: () => void = () => {};

  private constructor(room: NodeInputsRoom) {
    const { options, config, known, kept, clock, log } = room;
    this.#options = options;
    this.#log = log;
    this.#config = config;
    this.#known = known;
    this.#kept = kept;
    this.#files = new ConfDirectory(options.networkConfDir, clock);
    const runtime = new ConfDirectory(options.cniConfDir, clock);
    this.#default = new DefaultNetworkSource({ runtime, files: this.#files, clock });
    this.#readiness = new ReadinessFile(clock, () => this.config().readinessIndicatorFile);
    this.#networks =
      options.networksDir === '' ? undefined : new NetworksDirectory(options.networksDir, clock, log);
  }

  /**
   * `kube`: what the API server says, the configuration where there is no `--config` included. Throws InvalidFlag for a
   * configuration that cannot be used.
   */
  static async open(options: AgentOptions, clock: Clock, log: Log, kube?: KubeInputs): Promise<NodeInputs> {
    const config =
      options.config === ''
        ? (kube?.config ?? fixedConfig())
        : await ConfigFile.open(options.config, clock, log);
    const known = kube?.known ?? nothingKnown;
    return new NodeInputs({ options, config, known, kept: await keptNetwork(options.stateDir), clock, log });
  }

  /** Calls `listener` when a look finds another configuration or default network than the look before. */
  onChange(listener: () => void): void {
    this.#changed = listener;
  }

  /** The configuration in force, `--default-network` included. */
  config(): WeftConfigSpec {
    return this.#config.current();
  }

  /** `asked`: the NADs that a request has asked for, which may be more than is known without it. */
  defaultNetwork(asked?: NetworkLookup): DefaultNetwork {
    const config = this.config();
    const known = defaultLookup(this.#known, asked, this.#kept);
    const network = this.#notReady() ?? this.#default.current(this.#wanted, known);
    const changed =
      this.#seen !== undefined && (this.#seen.network !== network || this.#seen.config !== config);
    this.#seen = { config, network };
    if (changed) this.#noticed();
    return network;
  }

  /** `namespace/name` of the NAD that is the default network, if nothing is known of it yet. */
  unknownDefault(): string | undefined {
    const wanted = this.#wanted;
    if (wanted === undefined || networkReference(wanted).kind !== 'nad') return undefined;
    const { network } = this.defaultNetwork();
    return network instanceof WeftError && network.reason !== 'DefaultNetworkNotReady' ? wanted : undefined;
  }

  /** Why there is no default network, where it is to be a NAD and that is known to be gone; for STATUS. */
  goneDefault(): string | undefined {
    const { network } = this.defaultNetwork();
    if (!(network instanceof WeftError) || network.reason !== 'DefaultNetworkMissing') return undefined;
    const wanted = this.#wanted;
    const isNad = wanted !== undefined && networkReference(wanted).kind === 'nad';
    return isNad ? network.failure.cause : undefined;
  }

  /** Resolves when the default network says that it is ready. Throws DefaultNetworkNotReady at `until`. */
  ready(until: number): Promise<void> {
    return this.#readiness.wait(until);
  }

  /** A NAD came, went or is another now. */
  networkChanged(key: string): void {
    if (key === this.#wanted) this.defaultNetwork();
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
      networks: async () => () => this.#inDirectory(),
      // The label that every namespace of Kubernetes has.
      namespaceLabels: async (namespace) => ({ 'kubernetes.io/metadata.name': namespace }),
    };
  }

  /** Looks at everything once, so that problems are known before a pod meets them. Never rejects. */
  async look(): Promise<void> {
    if (this.#networks !== undefined) await this.#inDirectory();
    this.defaultNetwork();
    this.#files.read();
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

  /** A NetworkReference. */
  get #wanted(): string | undefined {
    return this.#options.defaultNetwork || this.config().defaultNetwork;
  }

  /** The NADs of `--networks-dir`. */
  async #inDirectory(): Promise<NetworkLookup> {
    if (this.#networks === undefined) return nothingKnown;
    this.#known = await this.#networks.current();
    return this.#known;
  }

  /** The same object while it stays so. */
  #notReady(): DefaultNetwork | undefined {
    const { problem } = this.#readiness;
    if (problem === undefined) return undefined;
    if (this.#unready?.network !== problem) this.#unready = { network: problem, warnings: [] };
    return this.#unready;
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

function nothingKnown(): undefined {
  return undefined;
}

function named(network: DefaultNetwork): string {
  return network.network instanceof WeftError ? '' : network.network.name;
}
