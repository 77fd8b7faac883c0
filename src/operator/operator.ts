import { randomUUID } from 'node:crypto';
import { ControllerMetrics } from '../controller/controller-metrics.ts';
import { EventRecorder } from '../controller/event-recorder.ts';
import { Informers } from '../controller/informers.ts';
import { LeaderElection } from '../controller/leader-election.ts';
import { AlwaysLeading, type Leadership } from '../controller/leadership.ts';
import { Manager } from '../controller/manager.ts';
import { openTransport } from '../controller/open-transport.ts';
import { type Clock, systemClock } from '../daemon/clock.ts';
import { HealthServer } from '../daemon/health.ts';
import type { Log } from '../daemon/log.ts';
import { Metrics } from '../daemon/metrics.ts';
import type { Transport } from '../kube/transport.ts';
import { Writer } from '../kube/writer.ts';
import { admissionServer } from './admission/admission.ts';
import { NetworkKind } from './networks/network-kind.ts';
import { NetworkReconciler } from './networks/network-reconciler.ts';
import { NodeReconciler } from './nodes/node-reconciler.ts';
import { type TaintDelays, taintDelays } from './nodes/taint-decision.ts';
import type { OperatorOptions } from './operator-flags.ts';
import { ClusterSources } from './sources/cluster-sources.ts';

/** What an operator is made of. */
interface OperatorParts {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly delays: TaintDelays;
}

/** weft-operator: wires the rooms. What it does is what is registered with its manager. */
export class WeftOperator {
  readonly #transport: Transport;
  readonly #manager: Manager;
  readonly #events: EventRecorder;
  readonly #health: HealthServer | undefined;

  private constructor(options: OperatorOptions, parts: OperatorParts) {
    const { transport, clock, log, metrics, delays } = parts;
    const random = Math.random;
    const writer = new Writer({ transport, clock, random, fieldManager: 'weft-operator' });
    const informers = new Informers({ transport, clock, random, log, metrics });
    const { agentNamespace } = options;
    const sources = new ClusterSources({ informers, clock, log, agentNamespace });
    this.#transport = transport;
    const instance = `weft-operator-${options.replica}`;
    this.#events = new EventRecorder({ writer, clock, log, controller: 'weft.dev/operator', instance });
    const leadership = leadershipOf(options, { ...parts, writer });
    this.#manager = new Manager({ informers, leadership, clock, log });
    const room = { informers, writer, metrics: new ControllerMetrics(metrics, clock), clock, log };
    const { nads, nodes, users, kubeNodes, agents, currentConfig: config } = sources;
    // Its work is waiting for writes, and at the first start there is one for each network.
    const workers = 4;
    const kind = new NetworkKind({ writer, clock, log });
    this.#manager.add('network-kind', kind);
    this.#manager.add(
      'networks',
      new NetworkReconciler({ ...room, workers, kind, nads, nodes, users, config, events: this.#events }),
    );
    const taints = { kubeNodes, agents, config, events: this.#events, agentNamespace, delays };
    this.#manager.add('nodes', new NodeReconciler({ ...room, workers, ...taints }));
    nodesWithoutAgent(metrics, sources);
    const { namespace } = options;
    const admission = admissionServer({
      transport,
      view: sources,
      metrics,
      log,
      clock,
      random,
      namespace,
      flags: options,
    });
    if (admission !== undefined) this.#manager.add('admission', admission);
    const warnings = (): readonly string[] => [
      ...this.#manager.warnings(),
      ...sources.currentConfig.warnings(),
    ];
    const notReady = (): readonly string[] => this.#manager.notReady();
    this.#health =
      options.metricsAddress &&
      new HealthServer(options.metricsAddress, { notReady, warnings, metrics, log, clock });
  }

  /** Connects to nothing yet. Rejects with ApiAccessInvalid where the kubeconfig cannot be used. */
  static async open(
    options: OperatorOptions,
    version: string,
    log: Log,
    delays: TaintDelays = taintDelays,
  ): Promise<WeftOperator> {
    const metrics = new Metrics();
    metrics.info({ name: 'weft_build_info', help: 'Version.', labels: ['version'] }, { version });
    const { kubeconfig, context } = options;
    const wanted = {
      env: process.env,
      ...(kubeconfig !== '' && { kubeconfig }),
      ...(context !== '' && { context }),
    };
    const { transport, server } = await openTransport(wanted, `weft-operator/${version}`, metrics);
    log.info({ version, server, options }, 'weft-operator starts');
    return new WeftOperator(options, { transport, clock: systemClock, log, metrics, delays });
  }

  /** Resolves when everything has ended after `stop`; rejects where the process cannot go on. */
  async run(): Promise<void> {
    this.#health?.start();
    await this.#manager.run();
  }

  /** Ends everything in its order; resolves when nothing runs any more. */
  async stop(): Promise<void> {
    await this.#manager.stop();
    await this.#events.idle();
    this.#health?.close();
    this.#transport.close();
  }
}

/** In every replica, also in one that does not lead. */
function nodesWithoutAgent(metrics: Metrics, { agents, kubeNodes, pods }: ClusterSources): void {
  const help = "Nodes on which weft's agent has been and does not run now.";
  metrics.gauge({ name: 'weft_nodes_without_agent', help }, () =>
    pods.settled ? [...agents.away()].filter((node) => kubeNodes.get(node) !== undefined).length : undefined,
  );
}

function leadershipOf(options: OperatorOptions, parts: OperatorParts & { writer: Writer }): Leadership {
  if (!options.leaderElect) return new AlwaysLeading();
  const { writer, clock, log, metrics } = parts;
  const { namespace, lease, replica } = options;
  // A pod that starts anew keeps its name, and must not take its predecessor's word for its own.
  const identity = `${replica}_${randomUUID()}`;
  return new LeaderElection({ writer, clock, random: Math.random, log, metrics, namespace, lease, identity });
}
