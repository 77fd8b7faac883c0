import { createHash } from 'node:crypto';
import { readRequest } from '../../../src/agent/sources/request-input.ts';
import { networkStatusOf } from '../../../src/attachment/network-status.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { toCniError } from '../../../src/errors/cni-error.ts';
import { resolveWithWarnings } from '../../../src/resolve/resolve.ts';
import type { Snapshot } from '../../../src/resolve/snapshot.ts';
import type { RequestFrame } from '../../../src/wire/frame.ts';
import { requirementsOf } from '../../../src/wire/skew.ts';
import type { Reply } from '../../fakes/sys-memory/memory-agent.ts';
import type { DelegateLog } from '../../fakes/sys-memory/world.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { type SnapshotParts, snapshotOf } from '../resolve/snapshots.ts';
import { bin, call, type Outcome, sandbox } from './memory-node.ts';

/** A delegate's standard input, read. */
export type Stdin = Readonly<Record<string, unknown>>;

const cluster = JSON.stringify({
  name: 'cluster',
  cniVersion: '1.0.0',
  plugins: [
    { type: 'bridge', capabilities: { mac: true } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
});

/**
 * A pod `ns1/pod-a` from its annotation to what delegates are told: what the agent makes of a request, and the plugin
 * that runs it, in a world in memory. The plugin types are bridge, portmap, macvlan and ptp.
 */
export class AskingPod {
  readonly world: World = new World();
  /** What the agent would log. */
  warnings: readonly string[] = [];
  readonly #snapshot: Snapshot;
  /** Our configuration as the runtime sends it. */
  readonly #conf: Readonly<Record<string, unknown>>;

  constructor(parts: SnapshotParts, rest: Partial<Snapshot> = {}) {
    const defaultNetwork = parseNetwork(cluster, 'the default network');
    this.#snapshot = snapshotOf(parts, { defaultNetwork, ...rest });
    this.#conf = parts.runtimeConfig === undefined ? {} : { runtimeConfig: parts.runtimeConfig };
    this.world.install(bin, 'bridge', 'portmap', 'macvlan', 'ptp');
    this.world.addSandbox(sandbox.netns);
    this.world.agent = { received: [], script: (frame, reply) => this.#answer(frame, reply) };
  }

  add(): Outcome {
    return this.#call('ADD');
  }

  check(): Outcome {
    return this.#call('CHECK', { prevResult: { cniVersion: '1.0.0' } });
  }

  del(): Outcome {
    return this.#call('DEL');
  }

  /** ADD, CHECK and DEL; fails unless each succeeds and nothing stays. */
  live(): void {
    for (const outcome of [this.add(), this.check(), this.del()])
      if (outcome.status !== 0) throw new Error(outcome.stdout);
    if (this.world.allocations.size > 0) throw new Error([...this.world.allocations].join());
  }

  /** The runs of delegates for one interface, in their order. */
  runsOf(ifname: string): readonly DelegateLog[] {
    return this.world.log.filter((run) => run.ifname === ifname);
  }

  /** What they were told. */
  stdinsOf(ifname: string, verb?: string): readonly Stdin[] {
    const runs = this.runsOf(ifname).filter((run) => run.verb === (verb ?? run.verb));
    return runs.map(({ stdin }) => JSON.parse(stdin) as Stdin);
  }

  /** `verb type ifname` of all runs. */
  get trace(): readonly string[] {
    return this.world.log.map(({ verb, type, ifname }) => `${verb} ${type} ${ifname}`);
  }

  /** The entries of network-status that follow from the record. */
  get status(): ReturnType<typeof networkStatusOf> {
    const path = `/var/lib/weft/attachments/${sandbox.containerId}:${sandbox.ifname}.json`;
    const { record } = JSON.parse(String(this.world.disk.find(path)?.bytes)) as { record: AttachmentRecord };
    return networkStatusOf(record);
  }

  #call(verb: string, more: Readonly<Record<string, unknown>> = {}): Outcome {
    return call(this.world, verb, { conf: { ...this.#conf, ...more } });
  }

  #answer(frame: Readonly<Record<string, unknown>>, reply: Reply): void {
    if (frame['type'] !== 'request') {
      if (frame['verb'] === 'ADD') reply({ type: 'done' });
      return;
    }
    try {
      const { request } = readRequest(frame as unknown as RequestFrame);
      const { plan, warnings } = resolveWithWarnings({ ...this.#snapshot, request, sha256 });
      this.warnings = warnings;
      reply({ type: 'plan', plan, requires: requirementsOf(plan) });
    } catch (error) {
      reply({ type: 'refuse', cniError: toCniError(error, '1.0.0') });
    }
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
