import { createHash } from 'node:crypto';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import { type Clock, since } from '../../daemon/clock.ts';
import { resolveWithWarnings } from '../../resolve/resolve.ts';
import type { NetworkLookup } from '../../resolve/snapshot.ts';
import type { RequestFrame } from '../../wire/frame.ts';
import type { Planned, Planner } from '../serve/planner.ts';
import type { ConfDirectory } from './conf-directory.ts';
import type { DefaultNetwork } from './default-network-source.ts';
import { readRequest } from './request-input.ts';

/** Where the inputs of a plan come from without Kubernetes. Each is read when a plan is made, never earlier. */
export interface StandaloneSources {
  readonly config: () => WeftConfigSpec;
  readonly defaultNetwork: () => DefaultNetwork;
  /** `--networks-dir`. */
  readonly networks: () => Promise<NetworkLookup>;
  /** `--network-conf-dir`. */
  readonly files: ConfDirectory;
  readonly clock: Clock;
}

/** Makes plans from files. */
export class StandalonePlanner implements Planner {
  readonly #sources: StandaloneSources;

  constructor(sources: StandaloneSources) {
    this.#sources = sources;
  }

  async plan(frame: RequestFrame): Promise<Planned> {
    const { config, defaultNetwork, networks, files, clock } = this.#sources;
    const start = clock.monotonic();
    const input = readRequest(frame);
    const lookup = await networks();
    const snapshot = {
      ...input,
      networks: lookup,
      files: files.read().files,
      defaultNetwork: defaultNetwork().network,
      config: config(),
      sha256,
    };
    const taken = clock.monotonic();
    const { plan, warnings } = resolveWithWarnings(snapshot);
    return { plan, warnings, ms: { snapshot: tenths(taken - start), resolve: since(clock, taken) } };
  }
}

function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

function sha256(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
