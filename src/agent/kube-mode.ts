import type { Clock } from '../daemon/clock.ts';
import type { Log } from '../daemon/log.ts';
import type { Metrics } from '../daemon/metrics.ts';
import { attachmentsDir } from '../executor/state-paths.ts';
import type { ApiAccess } from '../kube/api-access.ts';
import { HttpsTransport } from '../kube/https-transport.ts';
import { loadKubeconfig, podAccess } from '../kube/load-access.ts';
import type { AgentOptions } from './agent-flags.ts';
import type { AgentMode } from './agent-mode.ts';
import { Leftovers } from './node/leftovers.ts';
import type { NodeState } from './node/node-facts.ts';
import { nodeUidIn } from './node/node-owner.ts';
import { NodeReport } from './node/node-report.ts';
import { type NodeSurveyRoom, surveyNode } from './node/node-survey.ts';
import { WatchedNode } from './node/watched-node.ts';
import { ApiLink } from './sources/kube/api-link.ts';
import { KeptConfig } from './sources/kube/kept-config.ts';
import { KubeSources } from './sources/kube/kube-sources.ts';
import { RecordsSource } from './sources/records-directory.ts';
import { PodStatus } from './status/pod-status.ts';

/** What it is made of. */
export interface KubeModeRoom {
  readonly options: AgentOptions;
  /** Of this weft. */
  readonly version: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What the rest of the agent tells about the node. */
export interface NodeWords extends Pick<NodeSurveyRoom, 'files' | 'pluginDirs'> {
  /** See NodeReportRoom. */
  readonly state: () => NodeState | undefined;
}

/** What an agent in Kubernetes has beside the files of its node: the API server, and the status that it writes there. */
export class KubeMode {
  readonly sources: KubeSources;
  readonly status: PodStatus;
  readonly #link: ApiLink;
  readonly #keeper: KeptConfig | undefined;
  readonly #room: KubeModeRoom;
  readonly #access: ApiAccess;
  readonly #records: RecordsSource;
  #report: NodeReport | undefined;

  private constructor(access: ApiAccess, room: KubeModeRoom, keeper: KeptConfig | undefined) {
    const { options, version, clock, log, metrics } = room;
    const { nodeName } = options;
    const random = Math.random;
    const transport = new HttpsTransport(access, clock, `weft-agent/${version}`);
    const link = new ApiLink({ transport, clock, random, log, metrics });
    const sources = new KubeSources({ link, nodeName, keeper, clock, log, metrics });
    const records = new RecordsSource(options, clock);
    const { writer } = link;
    const { pods } = sources;
    this.#room = room;
    this.#access = access;
    this.#records = records;
    this.#link = link;
    this.#keeper = keeper;
    this.sources = sources;
    this.status = new PodStatus({
      pods,
      writer,
      records,
      clock,
      random,
      log,
      metrics,
      nodeName,
      version,
    });
  }

  /** Connects nothing yet. undefined in standalone mode. Throws ApiAccessInvalid that names file and field. */
  static async open(mode: AgentMode, room: KubeModeRoom): Promise<KubeMode | undefined> {
    const access = await accessOf(mode);
    if (access === undefined) return undefined;
    room.log.info({ server: access.server }, 'API server');
    const { options, version, log } = room;
    // Who gives --config has it on every start.
    const keeper = options.config === '' ? await KeptConfig.open(options.stateDir, version, log) : undefined;
    return new KubeMode(access, room, keeper);
  }

  start(): void {
    this.status.start();
    this.sources.start();
  }

  /** Keeps the WeftNode of this node as it is, from now on. */
  report({ state, ...survey }: NodeWords): void {
    const { options, clock, log, metrics } = this.#room;
    const name = options.nodeName;
    const found = new WatchedNode(this.#link, name, log, () => this.#report?.look());
    const room: NodeSurveyRoom = {
      ...survey,
      records: this.#records,
      leftovers: new Leftovers(attachmentsDir(options)),
      networks: this.sources.known,
    };
    this.#report = new NodeReport({
      node: { name, uid: nodeUidIn(this.#access.token, name) },
      found,
      writer: this.#link.writer,
      state,
      counts: () => surveyNode(room),
      clock,
      random: Math.random,
      log,
      metrics,
    });
    this.#report.start();
    found.start();
  }

  /** Something may have changed that WeftNode says. */
  lookAtNode(): void {
    this.#report?.look();
  }

  /** From time to time. */
  look(): void {
    this.#link.look();
    this.sources.look();
    this.#keeper?.look();
  }

  /** Ends what runs; writes that were begun first. */
  async close(): Promise<void> {
    await this.#report?.close();
    await this.status.close();
    await this.#link.close();
    await this.#keeper?.idle();
  }

  /** Why requests are refused. */
  problems(): readonly string[] {
    return this.sources.problems();
  }

  warnings(): readonly string[] {
    return [...this.sources.warnings(), ...this.status.problems()];
  }
}

async function accessOf(mode: AgentMode): Promise<ApiAccess | undefined> {
  if (mode.kind === 'standalone') return undefined;
  const server = mode.server === undefined ? {} : { server: mode.server };
  if (mode.kind === 'in-cluster') return podAccess({ env: process.env, ...server });
  return { ...(await loadKubeconfig(mode.path)), ...server };
}
