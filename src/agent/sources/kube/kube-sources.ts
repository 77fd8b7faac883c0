import type { Clock } from '../../../daemon/clock.ts';
import type { Log } from '../../../daemon/log.ts';
import type { Metrics } from '../../../daemon/metrics.ts';
import type { Informer } from '../../../kube/informer.ts';
import type { NetworkLookup } from '../../../resolve/snapshot.ts';
import type { ConfigSource } from '../config-source.ts';
import type { PlanSources } from '../plan-sources.ts';
import type { ApiLink } from './api-link.ts';
import type { ConfigKeeper } from './kept-config.ts';
import { KubeNetworks } from './network-lookup.ts';
import { PodAnnotations } from './pod-annotations.ts';
import { WatchedConfig } from './watched-config.ts';
import { WatchedNamespaces } from './watched-namespaces.ts';
import { WatchedNetworks } from './watched-networks.ts';
import { WatchedPods } from './watched-pods.ts';

/** What the sources need. */
export interface KubeSourcesRoom {
  readonly link: ApiLink;
  readonly nodeName: string;
  /** undefined: `--config` is given, and the WeftConfig object is not watched. */
  readonly keeper: ConfigKeeper | undefined;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What an agent learns from the API server: networks, the pods of its node, the configuration. */
export class KubeSources {
  readonly pods: WatchedPods;
  readonly #networks: WatchedNetworks;
  readonly #namespaces: WatchedNamespaces;
  readonly #config: WatchedConfig | undefined;
  readonly #link: ApiLink;
  /** The configuration in force; undefined until somebody makes plans. */
  #inForce: ConfigSource['current'] | undefined;
  #configChanged: () => void = () => {};
  #networkChanged: (key: string) => void = () => {};

  constructor(room: KubeSourcesRoom) {
    const { link, nodeName, keeper, clock, log, metrics } = room;
    this.#link = link;
    this.pods = new WatchedPods(link, nodeName);
    this.#namespaces = new WatchedNamespaces(link, clock);
    this.#networks = new WatchedNetworks(link, clock, (key) => {
      this.#needNamespaces();
      this.#networkChanged(key);
    });
    const changed = (): void => {
      this.#needNamespaces();
      this.#configChanged();
    };
    this.#config = keeper && new WatchedConfig({ link, keeper, clock, log, changed });
    const gauge = (name: string, help: string, informer: Informer<unknown>): void =>
      metrics.gauge({ name, help }, () => informer.size);
    gauge(
      'weft_networks',
      'NetworkAttachmentDefinitions that the watch has brought.',
      this.#networks.informer,
    );
    metrics.gauge(
      {
        name: 'weft_namespaces',
        help: 'Namespaces that the watch has brought; 0 while no network needs them.',
      },
      () => this.#namespaces.size,
    );
    gauge('weft_pods', 'Pods of this node that the watch has brought.', this.pods.informer);
  }

  /** The WeftConfig object; undefined where `--config` stands for it. */
  get config(): ConfigSource | undefined {
    return this.#config;
  }

  /** Calls `listener` when another WeftConfig is in force. */
  onConfigChange(listener: () => void): void {
    this.#configChanged = listener;
  }

  /** Calls `listener` with the `namespace/name` of each NAD that came, went or is another now. */
  onNetworkChange(listener: (key: string) => void): void {
    this.#networkChanged = listener;
  }

  /** NADs as the watch has them; see NodeInputs. */
  get known(): NetworkLookup {
    return (namespace, name) => this.#networks.known(namespace, name);
  }

  /** What decides a plan. `config`: the configuration in force. */
  planSources(config: ConfigSource['current']): PlanSources {
    this.#inForce = config;
    const annotations = new PodAnnotations(this.pods, this.#link);
    const networks = new KubeNetworks(this.#networks, this.#link);
    return {
      config: async (budget, asks) => {
        await this.#config?.settled(budget.until);
        // Isolation that is not known yet must not let a pod through; a pod that asks for nothing needs no leave.
        const unknown = asks ? this.#config?.unknown : undefined;
        if (unknown !== undefined) throw unknown;
        return config();
      },
      annotations: (pod) => annotations.of(pod),
      networks: (names, budget) => networks.settle(names, budget),
      namespaceLabels: (namespace, budget) => this.#namespaces.labelsOf(namespace, budget),
    };
  }

  /** Begins to list and watch. */
  start(): void {
    for (const informer of this.#informers()) informer.start();
  }

  /** From time to time: nobody tells when a configuration file changes. */
  look(): void {
    this.#needNamespaces();
  }

  /** What was never read since the start: requests are refused because of it. */
  problems(): readonly string[] {
    const unread = [
      ...(this.#networks.informer.synced ? [] : [unreadSentence('networks', this.#networks.informer)]),
      ...(this.pods.synced ? [] : [unreadSentence('pods', this.pods.informer)]),
    ];
    const config = this.#config?.unknown;
    return config === undefined ? unread : [...unread, config.message];
  }

  /** What is known but may be out of date, and what will not be known after a restart. */
  warnings(): readonly string[] {
    const stale = this.#informers()
      .filter(({ synced }) => synced)
      .flatMap(({ problem }) => (problem === undefined ? [] : [problem.message]));
    const namespaces = this.#namespaces.problem;
    if (namespaces !== undefined) stale.push(namespaces.message);
    const old = [...new Set(stale)].map((message) => `what the API server says now is not known: ${message}`);
    return [...old, ...(this.#config?.warnings() ?? [])];
  }

  /** The labels of namespaces decide only with isolation, and only where a network opens itself by them. */
  #needNamespaces(): void {
    this.#namespaces.need(this.#networks.usesSelectors && this.#inForce?.().isolation.enabled === true);
  }

  #informers(): readonly Informer<unknown>[] {
    const { informer: config } = this.#config ?? {};
    return [this.#networks.informer, this.pods.informer, ...(config === undefined ? [] : [config])];
  }
}

function unreadSentence(what: string, { problem }: Informer<unknown>): string {
  const why = problem?.message ?? 'it has not answered yet';
  return `${what} were not read from the API server yet: ${why}`;
}
