import type { WeftConfigSpec } from '../api/weft-config.ts';
import { type Clock, systemClock } from '../daemon/clock.ts';
import { HealthServer } from '../daemon/health.ts';
import type { Log } from '../daemon/log.ts';
import { Metrics } from '../daemon/metrics.ts';
import { WeftError } from '../errors/weft-error.ts';
import type { AgentOptions } from './agent-flags.ts';
import { registerGauges } from './agent-gauges.ts';
import { agentMode } from './agent-mode.ts';
import { type Complaint, complaints } from './complaint.ts';
import { KubeletDevices } from './devices/kubelet-devices.ts';
import type { InstallInputs, InstallPaths } from './install/install-plan.ts';
import { Installer } from './install/installer.ts';
import { PluginBinary } from './install/plugin-binary.ts';
import { RunMarks } from './install/run-marks.ts';
import { KubeMode } from './kube-mode.ts';
import type { NodeState } from './node/node-facts.ts';
import { AgentServer } from './serve/agent-server.ts';
import { AgentSocket } from './serve/agent-socket.ts';
import { RequestReporter } from './serve/request-report.ts';
import { Slots } from './serve/slots.ts';
import { NodeInputs } from './sources/node-inputs.ts';
import { SnapshotPlanner } from './sources/snapshot-planner.ts';
import { closeStateDirectory } from './state-directory.ts';
import { BoundedStatus } from './status/bounded-status.ts';
import { CountingStatus } from './status/counting-status.ts';

/** How often everything is looked at that no request asks for. */
const tickMs = 10_000;

/** How often an agent that starts looks whether it is ready, until STATUS may say so. */
const readyMs = 250;

/** For so long an agent that starts is not called unready in WeftNode: it was ready a moment ago, as a rule. */
const startMs = 10_000;

/** What came with this agent. */
export interface AgentBuild {
  readonly version: string;
  /** Path of the plugin binary to install. */
  readonly plugin: string;
}

/** What is open before the agent itself is made. */
interface AgentParts {
  readonly inputs: NodeInputs;
  /** undefined in standalone mode. */
  readonly kube: KubeMode | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** weft-agent: wires the rooms and owns their order of starting and stopping. */
export class Agent {
  readonly #log: Log;
  readonly #clock: Clock = systemClock;
  readonly #inputs: NodeInputs;
  readonly #kube: KubeMode | undefined;
  readonly #installer: Installer;
  readonly #installs: boolean;
  readonly #marks: RunMarks;
  readonly #version: string;
  readonly #startedAt: number;
  #stateWarnings: readonly string[] = [];
  readonly #socket: AgentSocket;
  readonly #server: AgentServer;
  readonly #health: HealthServer | undefined;

  private constructor(options: AgentOptions, build: AgentBuild, parts: AgentParts) {
    const { inputs, kube, metrics, log } = parts;
    const slots = new Slots(options.maxPlans);
    const clock = this.#clock;
    const config = (): WeftConfigSpec => inputs.config();
    this.#log = log;
    this.#version = build.version;
    this.#startedAt = clock.monotonic();
    this.#inputs = inputs;
    this.#kube = kube;
    this.#installs = options.install;
    this.#marks = new RunMarks(options.runDir);
    this.#installer = new Installer({
      writes: options.install,
      binary: new PluginBinary(build.plugin, `${options.cniBinDir}/weft`),
      paths: installPaths(options),
      inputs: () => this.#installInputs(options, build),
      prepared: () => this.#markReady(),
      log,
      metrics,
    });
    this.#server = new AgentServer({
      planner: new SnapshotPlanner({
        sources: kube?.sources.planSources(config) ?? inputs.standalone(),
        planMs: () => config().timeBudgets.plan,
        defaultNetwork: (networks) => inputs.defaultNetwork(networks),
        unknownDefault: () => inputs.unknownDefault(),
        ready: (until) => inputs.ready(until),
        files: inputs.files,
        devices: new KubeletDevices(options.podResourcesSocket),
        clock,
      }),
      slots,
      status: new BoundedStatus(kube?.status ?? new CountingStatus(metrics), clock, log),
      reporter: new RequestReporter(log, metrics),
      clock,
      version: build.version,
      budgets: () => config().timeBudgets,
    });
    this.#socket = new AgentSocket({
      path: options.socket,
      runDir: options.runDir,
      log,
      clock,
      onConnection: (socket) => this.#server.accept(socket),
      onOwned: () => this.#install(),
    });
    const notReady = (): readonly string[] => this.#notReady();
    const warnings = (): readonly string[] => this.#warnings();
    registerGauges(metrics, {
      version: build.version,
      stateDir: options.stateDir,
      slots,
      notReady,
      warnings,
    });
    this.#health =
      options.metricsAddress &&
      new HealthServer(options.metricsAddress, { notReady, warnings, metrics, log, clock });
  }

  /** Throws InvalidFlag or ApiAccessInvalid for a file that cannot be used; everything else is waited for. */
  static async start(options: AgentOptions, build: AgentBuild, log: Log): Promise<Agent> {
    const mode = agentMode(options, process.env);
    const metrics = new Metrics();
    const { version } = build;
    const kube = await KubeMode.open(mode, { options, version, clock: systemClock, log, metrics });
    const inputs = await NodeInputs.open(options, systemClock, log, kube?.sources);
    const agent = new Agent(options, build, { inputs, kube, metrics, log });
    await agent.#begin(options, build);
    return agent;
  }

  /** Accepts nothing more, and resolves when every plan that is out has its outcome. */
  async drain(): Promise<void> {
    this.#socket.stop();
    await this.#server.drain();
    await this.#kube?.close();
    this.#health?.close();
  }

  async #begin(options: AgentOptions, build: AgentBuild): Promise<void> {
    this.#log.info({ version: build.version, options }, 'weft-agent starts');
    this.#stateWarnings = await closeStateDirectory(options.stateDir, this.#log);
    await this.#inputs.look();
    this.#inputs.onChange(() => {
      this.#install();
      this.#tellGone();
      this.#kube?.lookAtNode();
    });
    this.#kube?.sources.onConfigChange(() => void this.#inputs.look());
    this.#kube?.sources.onNetworkChange((key) => this.#inputs.networkChanged(key));
    this.#kube?.start();
    this.#kube?.report({
      state: () => this.#nodeState(),
      files: () => this.#inputs.files.read().files,
      pluginDirs: () => [options.cniBinDir, ...this.#inputs.config().pluginDirs],
    });
    this.#clock.every(tickMs, () => void this.#tick());
    this.#untilReady();
    this.#socket.start();
    this.#health?.start();
  }

  async #tick(): Promise<void> {
    await this.#inputs.look();
    this.#kube?.look();
    this.#install();
    this.#tellGone();
  }

  /** By the word of the agent that owns the socket. Where the default network is a file, the plugin looks itself. */
  #tellGone(): void {
    if (this.#socket.owned) void this.#marks.setGone(this.#inputs.goneDefault());
  }

  /** Looks soon and often, because after a boot the node is NotReady until then. */
  #untilReady(): void {
    const timer = this.#clock.every(readyMs, () => {
      if (this.#marks.ready) timer.cancel();
      else if (this.#unserved().length === 0) this.#install();
    });
  }

  /** STATUS may succeed from now on: all is there but our configuration, which offers it only then. */
  async #markReady(): Promise<void> {
    if (this.#unserved().length === 0) await this.#marks.setReady();
  }

  /** Only the agent that owns the socket installs: two versions would undo each other's work for ever. */
  #install(): void {
    if (this.#socket.owned) void this.#installer.check();
  }

  #installInputs(options: AgentOptions, build: AgentBuild): InstallInputs {
    const { network, nad, directory } = this.#inputs.defaultNetwork();
    const { pluginDirs, timeBudgets } = this.#inputs.config();
    return {
      paths: installPaths(options),
      version: build.version,
      defaultNetwork: network,
      ...(nad && { defaultNad: nad }),
      ...(directory !== undefined && { defaultDirectory: directory }),
      pluginDirs,
      timeBudgets,
      newestVersion: options.runtimeCniVersion,
      wasReady: this.#marks.ready,
    };
  }

  /** For WeftNode; undefined while another agent speaks for this node, and while this one starts. */
  #nodeState(): NodeState | undefined {
    const grave = this.#complaints();
    const starting = this.#clock.monotonic() - this.#startedAt < startMs;
    if (this.#socket.rival || (starting && grave.length > 0)) return undefined;
    const { network, nad, file } = this.#inputs.defaultNetwork();
    const source = nad === undefined ? file : `${nad.namespace}/${nad.name}`;
    const { there, before } = this.#installer.conf;
    return {
      version: this.#version,
      defaultNetwork:
        network instanceof WeftError || source === undefined ? undefined : { name: network.name, source },
      conf: { first: there && before.length === 0, ...(before.length > 0 && { remove: before }) },
      complaints: grave,
      warnings: this.#warnings(),
    };
  }

  #notReady(): readonly string[] {
    return this.#complaints().map(({ message }) => message);
  }

  #complaints(): readonly Complaint[] {
    const installation = this.#installs ? this.#installer.complaints() : [];
    return [...this.#unserved(), ...installation];
  }

  /** Why requests would be refused; empty if they are served, once the runtime knows of weft. */
  #unserved(): readonly Complaint[] {
    const { problem } = this.#socket;
    if (problem !== undefined) return complaints('NotListening', [problem]);
    const { network } = this.#inputs.defaultNetwork();
    const missing = network instanceof WeftError ? [network] : [];
    const unread = [...this.#inputs.problems(), ...(this.#kube?.problems() ?? [])];
    return [...missing.map(({ reason, message }) => ({ reason, message })), ...complaints('NotRead', unread)];
  }

  /** Who chose --no-install puts the files in place himself, perhaps not yet. */
  #warnings(): readonly string[] {
    const installation = this.#installs ? [] : this.#installer.problems();
    const kube = this.#kube?.warnings() ?? [];
    const unmarked = this.#marks.problem === undefined ? [] : [this.#marks.problem];
    return [...this.#inputs.warnings(), ...kube, ...this.#stateWarnings, ...unmarked, ...installation];
  }
}

function installPaths(options: AgentOptions): InstallPaths {
  const { socket, stateDir, runDir, cniBinDir, cniConfDir, deviceInfoDir } = options;
  return { socket, stateDir, runDir, binDir: cniBinDir, confDir: cniConfDir, deviceInfoDir };
}
