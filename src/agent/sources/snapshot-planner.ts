import { createHash } from 'node:crypto';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import { type Clock, since } from '../../daemon/clock.ts';
import { type Devices, needsDevices } from '../../resolve/devices.ts';
import { type IsolationInputs, needsNamespaceLabels } from '../../resolve/isolation.ts';
import { resolveWithWarnings } from '../../resolve/resolve.ts';
import type { NetworkLookup, Snapshot } from '../../resolve/snapshot.ts';
import { podNamespace, type WantedNetworks, wantedNetworks } from '../../resolve/wanted-attachment.ts';
import { asksForNetworks } from '../../selection/asks-for-networks.ts';
import { networkLabel } from '../../selection/network-selection.ts';
import type { RequestFrame } from '../../wire/frame.ts';
import type { DeviceSource } from '../devices/kubelet-devices.ts';
import type { Planned, Planner, Prepared } from '../serve/planner.ts';
import type { ConfDirectory } from './conf-directory.ts';
import type { DefaultNetwork } from './default-network-source.ts';
import type { PlanSources, WaitBudget } from './plan-sources.ts';
import { readRequest } from './request-input.ts';

/** How long a watch may take to bring what a request needs (DESIGN §3.7), and how long the one call after it. */
const watchMs = 2_000;
const callMs = 2_000;
/** Part of the plugin's time for a plan that each of the two may take, where that is configured to be short. */
const share = 0.42;

/** How long the kubelet may take to name a pod's devices; it needs some milliseconds. */
const devicesMs = 2_000;
/** What it gets in any case, however long the request has waited for other things. */
const leastMs = 200;
/** Part of the plugin's time for a plan after which nothing more is asked. */
const wholeShare = 0.95;

/** What a planner works with. */
export interface PlannerRoom {
  readonly sources: PlanSources;
  /** The plugin's time for a plan, milliseconds. */
  readonly planMs: () => number;
  /** The default network, with what a request knows of NADs. */
  readonly defaultNetwork: (networks: NetworkLookup) => DefaultNetwork;
  /** `namespace/name` of the NAD that is the default network, while nothing is known of it. */
  readonly unknownDefault: () => string | undefined;
  /** Resolves when the default network says that it is ready, or throws DefaultNetworkNotReady at `until`. */
  readonly ready: (until: number) => Promise<void>;
  /** `--network-conf-dir`. */
  readonly files: Pick<ConfDirectory, 'read'>;
  readonly devices: DeviceSource;
  readonly clock: Clock;
}

/** What is settled before a request takes its turn. */
interface Settled {
  readonly input: Pick<Snapshot, 'request' | 'pod' | 'annotations'>;
  readonly config: WeftConfigSpec;
  readonly wanted: WantedNetworks;
  readonly networks: () => Promise<Snapshot['networks']>;
  /** Undefined where no network needed one. */
  readonly devices: Devices | undefined;
  /** Undefined where none decided. */
  readonly labels: Snapshot['namespaceLabels'] | undefined;
}

/** Makes plans: first waits until all is known that the request needs, then takes a snapshot of it and resolves that. */
export class SnapshotPlanner implements Planner {
  readonly #room: PlannerRoom;

  constructor(room: PlannerRoom) {
    this.#room = room;
  }

  async prepare(frame: RequestFrame): Promise<Prepared> {
    const start = this.#room.clock.monotonic();
    const settled = await this.#settle(frame, start);
    const inputs = since(this.#room.clock, start);
    return { plan: () => this.#plan(settled, inputs) };
  }

  async #settle(frame: RequestFrame, start: number): Promise<Settled> {
    const { sources, planMs } = this.#room;
    const budget: WaitBudget = {
      until: start + Math.min(watchMs, planMs() * share),
      callMs: Math.min(callMs, planMs() * share),
    };
    const { request, pod, handed } = readRequest(frame);
    const annotations = handed ?? (await sources.annotations(pod, budget));
    const input = pod === undefined ? { request, annotations } : { request, pod, annotations };
    const config = await sources.config(budget, asksForNetworks(annotations));
    const wanted = wantedNetworks({ ...input, config });
    const names = this.#nads(wanted);
    await this.#room.ready(budget.until);
    const networks = await sources.networks(names, budget);
    const known = await networks();
    const left = planMs() * wholeShare - since(this.#room.clock, start);
    const short = { until: budget.until, callMs: Math.max(leastMs, Math.min(callMs, left)) };
    const labels = await this.#labels(wanted, { ...input, config, networks: known }, short);
    const devices = await this.#devices(wanted, pod, known, left);
    return { input, config, wanted, networks, devices, labels };
  }

  /** Asks for the labels of the pod's namespace, if a network opens itself by them. */
  async #labels(
    wanted: WantedNetworks,
    inputs: Omit<IsolationInputs, 'namespaceLabels'>,
    budget: WaitBudget,
  ): Promise<Snapshot['namespaceLabels'] | undefined> {
    if (!needsNamespaceLabels(wanted, inputs)) return undefined;
    return this.#room.sources.namespaceLabels(podNamespace(inputs), budget);
  }

  /** Asks the kubelet, if one of the networks needs a device; nobody else pays for it. */
  async #devices(
    { first, additional }: WantedNetworks,
    pod: Snapshot['pod'],
    networks: Snapshot['networks'],
    leftMs: number,
  ): Promise<Devices | undefined> {
    const head = first ?? this.#room.defaultNetwork(networks).nad;
    const needed = needsDevices(head === undefined ? additional : [head, ...additional], networks);
    if (!needed || pod === undefined) return undefined;
    return this.#room.devices.devicesOf(pod, Math.max(leastMs, Math.min(devicesMs, leftMs)));
  }

  /** Each NAD that the plan needs, once. */
  #nads({ first, additional }: WantedNetworks): readonly string[] {
    const selected = [...(first === undefined ? [] : [first]), ...additional];
    const names = selected.filter(({ namespace }) => namespace !== '').map(networkLabel);
    const unknown = first === undefined ? this.#room.unknownDefault() : undefined;
    return [...new Set(unknown === undefined ? names : [unknown, ...names])];
  }

  async #plan(settled: Settled, inputs: number): Promise<Planned> {
    const { input, config, wanted, networks } = settled;
    const { defaultNetwork, files, clock } = this.#room;
    const start = clock.monotonic();
    const lookup = await networks();
    // A network may have begun to need them while the request waited for its turn.
    const devices = settled.devices ?? (await this.#devices(wanted, input.pod, lookup, leastMs));
    // One may have begun to open itself by them, too.
    const budget = { until: start, callMs: leastMs };
    const labels =
      settled.labels ?? (await this.#labels(wanted, { ...input, config, networks: lookup }, budget));
    const { network, nad } = defaultNetwork(lookup);
    const snapshot = {
      ...input,
      networks: lookup,
      files: files.read().files,
      defaultNetwork: network,
      ...(nad && { defaultNad: { namespace: nad.namespace, name: nad.name } }),
      ...(devices && { devices }),
      ...(labels && { namespaceLabels: labels }),
      config,
      sha256,
    };
    const taken = clock.monotonic();
    const { plan, warnings } = resolveWithWarnings(snapshot);
    return { plan, warnings, ms: { inputs, snapshot: tenths(taken - start), resolve: since(clock, taken) } };
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
