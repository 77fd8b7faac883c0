import { createHash } from 'node:crypto';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import { type Clock, since } from '../../daemon/clock.ts';
import { resolveWithWarnings } from '../../resolve/resolve.ts';
import type { Snapshot } from '../../resolve/snapshot.ts';
import { additionalNetworks } from '../../resolve/wanted-attachment.ts';
import { networksAnnotation } from '../../selection/invalid-annotation.ts';
import type { RequestFrame } from '../../wire/frame.ts';
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

/** What a planner works with. */
export interface PlannerRoom {
  readonly sources: PlanSources;
  /** The plugin's time for a plan, milliseconds. */
  readonly planMs: () => number;
  readonly defaultNetwork: () => DefaultNetwork;
  /** `--network-conf-dir`. */
  readonly files: Pick<ConfDirectory, 'read'>;
  readonly clock: Clock;
}

/** What is settled before a request takes its turn. */
interface Settled {
  readonly input: Pick<Snapshot, 'request' | 'pod' | 'annotations'>;
  readonly config: WeftConfigSpec;
  readonly networks: () => Promise<Snapshot['networks']>;
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
    const config = await sources.config(budget, (annotations[networksAnnotation] ?? '') !== '');
    const { selections } = additionalNetworks({ ...input, config });
    const names = new Set(selections.map(({ namespace, name }) => `${namespace}/${name}`));
    return { input, config, networks: await sources.networks([...names], budget) };
  }

  async #plan({ input, config, networks }: Settled, inputs: number): Promise<Planned> {
    const { defaultNetwork, files, clock } = this.#room;
    const start = clock.monotonic();
    const snapshot = {
      ...input,
      networks: await networks(),
      files: files.read().files,
      defaultNetwork: defaultNetwork().network,
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
