import { isDeepStrictEqual } from 'node:util';
import type { WeftNodeStatus } from '../../api/weft-node.ts';
import type { Clock, Timer } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import type { Count, Metrics } from '../../daemon/metrics.ts';
import { asWeftError, type WeftError } from '../../errors/weft-error.ts';
import { Backoff, defaultBackoff } from '../../kube/backoff.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { Writer } from '../../kube/writer.ts';
import { weftNodeResource } from '../sources/kube/kube-resources.ts';
import type { NodeCounts, NodeState } from './node-facts.ts';
import {
  type FoundNode,
  isAsWanted,
  type NodeIdentity,
  nodeObject,
  nodeStatus,
  projectNode,
} from './node-object.ts';
import type { FoundNodeSource } from './watched-node.ts';

/** How often it is looked whether a condition has changed. */
const lookMs = 2_000;
/** Between two writes, however often conditions change. */
const apartMs = 5_000;
/** Counts change with each pod: they are taken anew after this, and up to a quarter of it later (DESIGN §3.7). */
const countsMs = 60_000;
const writeMs = 10_000;

/** What the report needs. */
export interface NodeReportRoom {
  readonly node: NodeIdentity;
  readonly found: FoundNodeSource;
  readonly writer: Pick<Writer, 'patch'>;
  /** undefined: not now, as another agent speaks for the node or this one has just started. Must not throw. */
  readonly state: () => NodeState | undefined;
  /** Looks at files. Must not throw. */
  readonly counts: () => NodeCounts;
  readonly clock: Clock;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** The last write that succeeded. */
interface Written {
  readonly wanted: WeftNodeStatus;
  /** What the API server made of it: a field of somebody else's may have stayed. */
  readonly made: FoundNode;
  /** `FoundNodeSource.changes` before. */
  readonly changes: number;
}

/**
 * Keeps the WeftNode of this node as the node is: level-driven, one write at a time, none where there is no difference.
 * So it converges after an outage, a restart, and a deletion.
 */
export class NodeReport {
  readonly #room: NodeReportRoom;
  readonly #backoff: Backoff;
  readonly #writes: Count;
  #timer: Timer | undefined;
  #counts: NodeCounts | undefined;
  /** `monotonic()` from which on the counts are taken anew. */
  #countsDue = 0;
  #notBefore = 0;
  #written: Written | undefined;
  #running: Promise<void> | undefined;
  #complaint = '';
  #closed = false;

  constructor(room: NodeReportRoom) {
    this.#room = room;
    this.#backoff = new Backoff(defaultBackoff, room.random);
    this.#writes = room.metrics.count({
      name: 'weft_node_writes_total',
      help: 'Writes of the WeftNode of this node by result.',
      labels: ['result'],
      initial: [{ result: 'ok' }, { result: 'failed' }],
    });
  }

  start(): void {
    this.#timer = this.#room.clock.every(lookMs, () => this.look());
  }

  /** Begins no write any more; resolves when none runs. Does not reject. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#timer?.cancel();
    await this.#running;
  }

  /** Something may have changed. */
  look(): void {
    const { clock, found } = this.#room;
    if (this.#closed || this.#running !== undefined || !found.synced) return;
    const now = clock.monotonic();
    if (now < this.#notBefore) return;
    const wanted = this.#wanted(now);
    if (wanted === undefined || !this.#differs(wanted)) return;
    // Set before it runs: a writer that fails at once must not leave it set.
    const running = this.#write(wanted).finally(() => {
      this.#running = undefined;
    });
    this.#running = running;
  }

  #wanted(now: number): WeftNodeStatus | undefined {
    const { state: stateNow, clock } = this.#room;
    const state = stateNow();
    if (state === undefined) return undefined;
    return nodeStatus(state, this.#countsAt(now), this.#known, clock.now());
  }

  #countsAt(now: number): NodeCounts {
    if (this.#counts !== undefined && now < this.#countsDue) return this.#counts;
    const { counts, random } = this.#room;
    this.#countsDue = now + countsMs * (1 + random() / 4);
    this.#counts = counts();
    return this.#counts;
  }

  /** What the API has: by our last write until the watch brings anything. */
  get #known(): FoundNode | undefined {
    const { found } = this.#room;
    return this.#written?.changes === found.changes ? this.#written.made : found.current;
  }

  #differs(wanted: WeftNodeStatus): boolean {
    const known = this.#known;
    if (isAsWanted(this.#room.node, wanted, known)) return false;
    const written = this.#written;
    // The API server has made of it what it makes of it.
    const asMade = written !== undefined && isDeepStrictEqual(written.made, known);
    return !asMade || !isDeepStrictEqual(written.wanted, wanted);
  }

  async #write(wanted: WeftNodeStatus): Promise<void> {
    const { node, writer, found, clock } = this.#room;
    const { changes } = found;
    const patch = { kind: 'apply', body: nodeObject(node, wanted), force: true } as const;
    try {
      const made = await writer.patch(weftNodeResource, { name: node.name }, patch, { timeoutMs: writeMs });
      this.#written = { wanted, made: projectNode(made), changes };
      this.#notBefore = clock.monotonic() + apartMs;
      this.#backoff.reset();
      this.#writes.add({ result: 'ok' });
      this.#complaint = '';
    } catch (error) {
      this.#failed(asWeftError(error));
    }
  }

  #failed(error: WeftError): void {
    const retryAfterMs = error instanceof KubeError ? error.api.retryAfterMs : 0;
    this.#notBefore = this.#room.clock.monotonic() + this.#backoff.next(retryAfterMs);
    this.#writes.add({ result: 'failed' });
    // An outage is told once, not with every try.
    if (this.#complaint === error.reason) return;
    this.#complaint = error.reason;
    this.#room.log.warn({ error: error.message }, 'WeftNode not written');
  }
}
