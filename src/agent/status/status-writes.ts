import type { Clock } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import type { Count, Durations, Metrics } from '../../daemon/metrics.ts';
import { asWeftError, type WeftError } from '../../errors/weft-error.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { Writer } from '../../kube/writer.ts';
import { podResource } from '../sources/kube/kube-resources.ts';
import { type NodePod, projectPod } from '../sources/kube/node-pod.ts';
import { patchBody, type StatusChange } from './status-change.ts';
import type { ServerState } from './write-turns.ts';

/** Longer than a slow API server takes, and short enough to be back in time when one hung and returns. */
const patchMs = 5_000;

/** Which pod a write is for. */
export interface WriteTarget {
  readonly namespace: string;
  readonly name: string;
  /** `metadata.uid`. */
  readonly uid: string;
}

/** How a write ended. */
export type WriteEnd =
  /** `pod`: as it is now. */
  | { readonly kind: 'written'; readonly pod: NodePod }
  /** There is no such pod any more; one of the same name is another (NPWG-159). */
  | { readonly kind: 'gone'; readonly error: WeftError }
  /** Somebody else wrote at the same time: try again. */
  | { readonly kind: 'conflict'; readonly error: WeftError }
  /** Try again later. */
  | { readonly kind: 'failed'; readonly error: WeftError; readonly retryAfterMs: number };

const results = ['ok', 'gone', 'conflict', 'away', 'failed'] as const;

/** Failures that say nothing about the pod. */
const awayReasons: readonly string[] = [
  'ApiUnreachable',
  'ApiTimeout',
  'ApiBusy',
  'ApiUnauthorized',
  'ApiAccessInvalid',
];

/** The PATCHes of pods' status: one request each, counted and timed. */
export class StatusWrites {
  readonly #writer: Pick<Writer, 'patch'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #count: Count;
  readonly #durations: Durations;
  #away = false;

  constructor(writer: Pick<Writer, 'patch'>, clock: Clock, log: Log, metrics: Metrics) {
    this.#writer = writer;
    this.#clock = clock;
    this.#log = log;
    this.#count = metrics.count({
      name: 'weft_status_writes_total',
      help: "PATCHes of pods' status by result.",
      labels: ['result'],
      initial: results.map((result) => ({ result })),
    });
    this.#durations = metrics.durations({
      name: 'weft_status_write_duration_seconds',
      help: "Seconds of a PATCH of a pod's status that succeeded.",
    });
  }

  /** Never rejects. */
  async write(target: WriteTarget, change: StatusChange): Promise<WriteEnd> {
    const start = this.#clock.monotonic();
    const { namespace, name, uid } = target;
    const patch = { kind: 'strategic', subresource: 'status', body: patchBody(uid, change) } as const;
    try {
      const answer = await this.#writer.patch(podResource, { namespace, name }, patch, {
        timeoutMs: patchMs,
      });
      this.#durations.observe({}, (this.#clock.monotonic() - start) / 1000);
      return this.#ended({ kind: 'written', pod: projectPod(answer) });
    } catch (error) {
      return this.#ended(endOf(asWeftError(error)));
    }
  }

  #ended(end: WriteEnd): WriteEnd {
    const { away } = serverState(end);
    this.#count.add({ result: resultOf(end, away) });
    if (away !== this.#away) this.#tell(end, away);
    this.#away = away;
    return end;
  }

  #tell(end: WriteEnd, away: boolean): void {
    if (!away) this.#log.info({}, 'status writes reach the API server again');
    else if (end.kind === 'failed')
      this.#log.warn({ error: end.error.message }, 'status writes do not reach the API server');
  }
}

/** What the end of a write says about the API server. */
export function serverState(end: WriteEnd): ServerState {
  if (end.kind !== 'failed' || !awayReasons.includes(end.error.reason)) return { away: false };
  return { away: true, retryAfterMs: end.retryAfterMs };
}

function resultOf(end: WriteEnd, away: boolean): (typeof results)[number] {
  if (away) return 'away';
  return end.kind === 'written' ? 'ok' : end.kind;
}

function endOf(error: WeftError): WriteEnd {
  if (error.reason === 'ApiNotFound') return { kind: 'gone', error };
  if (error.reason === 'ApiConflict') return { kind: isOtherPod(error) ? 'gone' : 'conflict', error };
  return { kind: 'failed', error, retryAfterMs: error instanceof KubeError ? error.api.retryAfterMs : 0 };
}

/** 422 on the uid, or 409 with the words of a precondition: the name is another pod's by now. */
function isOtherPod(error: WeftError): boolean {
  if (error instanceof KubeError && error.api.status === 422) return true;
  return error.failure.cause.includes('UID in precondition');
}
