import { networkHashesText } from '../../api/network-hashes.ts';
import type { PodRef } from '../../attachment/plan.ts';
import type { AttachmentRecord } from '../../attachment/record.ts';
import type { Clock, Timer } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import type { Count, Metrics } from '../../daemon/metrics.ts';
import type { WeftError } from '../../errors/weft-error.ts';
import type { Writer } from '../../kube/writer.ts';
import type { NodePod, NodePods } from '../sources/kube/node-pod.ts';
import { networkHashesOf, type PodRecord } from '../sources/pod-record.ts';
import type { RecordsSource } from '../sources/records-directory.ts';
import { failureOf } from './attach-failure.ts';
import { BarePodEvents } from './bare-pod-events.ts';
import { BarePods } from './bare-pods.ts';
import { failedVerdict } from './networks-ready.ts';
import { PodWorker } from './pod-worker.ts';
import { attachedStatus, type WantedStatus } from './status-change.ts';
import type { StatusSink } from './status-sink.ts';
import { StatusWrites } from './status-writes.ts';
import { WriteTurns } from './write-turns.ts';

/** How often the records are looked at and compared with all pods. */
const lookMs = 5_000;
/** How often it is seen whether the first list is there, and who runs without networks. */
const shortMs = 1_000;
/** For so long a failed ADD says why the pod has no record; the kubelet tries again more often. */
const failureCountsMs = 60_000;

/** What the status needs. */
export interface StatusRoom {
  readonly pods: NodePods;
  readonly writer: Pick<Writer, 'patch' | 'create'>;
  readonly records: RecordsSource;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly nodeName: string;
  /** Version of this weft. */
  readonly version: string;
}

/** The last ADD for a pod gave it nothing. */
interface Failed {
  readonly wanted: WantedStatus;
  /** `monotonic()` of the last one. */
  readonly at: number;
}

/**
 * Keeps annotation and condition of this node's pods as the records say (DESIGN §3.5). Level-driven: what plugins tell,
 * what the watch brings and what a look at the directory finds only say when to compare; so nothing is lost by a
 * failure, a restart, or an agent that was away.
 */
export class PodStatus implements StatusSink {
  readonly #room: StatusRoom;
  readonly #turns: WriteTurns;
  readonly #writes: StatusWrites;
  readonly #bare: BarePods;
  readonly #events: BarePodEvents;
  readonly #overwritten: Count;
  /** By the uid that the runtime knows, as the other maps. */
  readonly #workers = new Map<string, PodWorker>();
  readonly #failures = new Map<string, Failed>();
  readonly #attached = new WeakMap<PodRecord, WantedStatus>();
  readonly #hadRecord = new Set<string>();
  #timers: readonly Timer[] = [];
  #synced = false;
  #problems: readonly string[] = [];

  constructor(room: StatusRoom) {
    const { pods, writer, records, clock, random, log, metrics, nodeName } = room;
    this.#room = room;
    this.#turns = new WriteTurns(clock, random);
    this.#writes = new StatusWrites(writer, clock, log, metrics);
    this.#bare = new BarePods(pods, records, clock);
    this.#events = new BarePodEvents({ writer, turns: this.#turns, clock, log, nodeName });
    this.#overwritten = metrics.count({
      name: 'weft_status_overwritten_total',
      help: "How often a pod's status was found changed by somebody else.",
      initial: [{}],
    });
    const gauge = (name: string, help: string, read: () => number): void =>
      metrics.gauge({ name, help }, read);
    gauge('weft_status_pending', 'Pods whose status is not written yet.', () => this.#pending());
    gauge(
      'weft_pods_not_attached',
      'Pods that run without the networks that they ask for.',
      () => this.#bare.count,
    );
  }

  /** Reads the records and compares from now on. */
  start(): void {
    const { pods, clock } = this.#room;
    pods.onChange((pod, gone) => this.#podChanged(pod, gone));
    this.#timers = [
      clock.every(lookMs, () => this.#lookAtAll()),
      clock.every(shortMs, () => this.#lookShortly()),
    ];
    this.#lookAtAll();
  }

  /** Begins no write any more; resolves when none runs. */
  async close(): Promise<void> {
    for (const timer of this.#timers) timer.cancel();
    this.#turns.close();
    await Promise.all([...this.#workers.values()].map((worker) => worker.close()));
  }

  /** What a person should know. */
  problems(): readonly string[] {
    const away = this.#turns.away ? ["pods' status cannot be written: the API server is away"] : [];
    return [...this.#problems, ...away];
  }

  /** Resolves when the pod's status is as the record says, or cannot be brought there now. Does not reject. */
  write(record: AttachmentRecord): Promise<void> | undefined {
    const { pod } = record;
    if (pod === undefined || pod.uid === '') return undefined;
    this.#room.records.take(record);
    const failure = failureOf(record);
    if (failure !== undefined) this.#fail(pod, failedVerdict(failure));
    const isAttached = this.#room.records.attached(pod.uid) !== undefined;
    // What follows from a DEL, or from a failure, nobody waits for.
    const written = isAttached ? this.#worker(pod).hurry(pod) : undefined;
    const known = this.#room.pods.byUid(pod.uid);
    if (known === undefined) this.#lookAt(pod);
    else this.#lookAtPod(known);
    return written;
  }

  /** The agent has refused an ADD. */
  refused(pod: PodRef, error: WeftError): void {
    if (pod.uid === '') return;
    this.#fail(pod, failedVerdict({ reason: error.reason, message: error.message }));
    this.#lookAt(pod);
  }

  #fail({ uid }: PodRef, verdict: WantedStatus['verdict']): void {
    const known = this.#failures.get(uid)?.wanted;
    const same = known?.verdict.reason === verdict.reason && known.verdict.message === verdict.message;
    const wanted = same ? known : { own: undefined, verdict };
    this.#failures.set(uid, { wanted, at: this.#room.clock.monotonic() });
    this.#bare.forget(uid);
  }

  #failedLately(uid: string): boolean {
    const at = this.#failures.get(uid)?.at;
    return at !== undefined && this.#room.clock.monotonic() - at < failureCountsMs;
  }

  #podChanged(pod: NodePod, gone: boolean): void {
    this.#turns.hint();
    if (gone) this.#forget(pod);
    else this.#lookAtPod(pod);
  }

  #lookShortly(): void {
    if (!this.#synced && this.#room.pods.synced) this.#lookAtAll();
    for (const pod of this.#bare.judge()) this.#lookAtPod(pod);
  }

  #lookAtAll(): void {
    const { pods, records } = this.#room;
    records.refresh();
    this.#report(records.problems());
    this.#synced = pods.synced;
    for (const { pod } of records.attachedPods()) this.#worker(pod);
    for (const pod of pods.values()) this.#lookAtPod(pod);
    for (const worker of this.#workers.values()) this.#keepOrDrop(worker);
  }

  #lookAtPod(pod: NodePod): void {
    const { runtimeUid: uid } = pod;
    const { records } = this.#room;
    if (records.attached(uid) !== undefined) this.#hadRecord.add(uid);
    if (!this.#failedLately(uid)) this.#bare.look(pod, this.#hadRecord.has(uid));
    const bare = this.#bare.verdict(uid);
    if (bare !== undefined) void this.#events.tell(pod, bare.verdict.message);
    this.#lookAt({ namespace: pod.namespace, name: pod.name, uid });
  }

  #lookAt(pod: PodRef): void {
    const known = this.#workers.get(pod.uid);
    if (known !== undefined) known.look();
    else if (this.#wanted(pod.uid) !== undefined) this.#worker(pod).look();
  }

  #worker(pod: PodRef): PodWorker {
    const known = this.#workers.get(pod.uid);
    if (known !== undefined) return known;
    const { pods, clock, random, log } = this.#room;
    const worker = new PodWorker(pod.uid, pod, {
      pods,
      clock,
      random,
      log,
      turns: this.#turns,
      writes: this.#writes,
      wanted: (uid, found) => this.#wanted(uid, found),
      overwritten: () => this.#overwritten.add(),
      gone: (uid) => this.#failures.delete(uid),
    });
    this.#workers.set(pod.uid, worker);
    return worker;
  }

  /** Attached beats failed: a record is there, whatever an ADD for another sandbox of the pod said before. */
  #wanted(uid: string, pod?: NodePod): WantedStatus | undefined {
    const record = this.#room.records.attached(uid);
    if (record !== undefined) {
      this.#failures.delete(uid);
      return this.#statusOf(record);
    }
    if (pod?.deleting === true || pod?.finished === true) return undefined;
    return this.#bare.verdict(uid) ?? this.#failures.get(uid)?.wanted;
  }

  #statusOf(record: PodRecord): WantedStatus {
    const known = this.#attached.get(record);
    if (known !== undefined) return known;
    const status = attachedStatus(record.status, networkHashesText(networkHashesOf(record)));
    this.#attached.set(record, status);
    return status;
  }

  /** A worker is needed for as long as there is a record, or a pod that has something to be told. */
  #keepOrDrop(worker: PodWorker): void {
    const { pods, records } = this.#room;
    const { uid } = worker;
    const needed = !pods.synced || pods.byUid(uid) !== undefined || records.attached(uid) !== undefined;
    if (needed) worker.look();
    else if (!worker.pending) this.#drop(uid);
  }

  #forget(pod: NodePod): void {
    this.#bare.forget(pod.runtimeUid);
    this.#events.forget(pod.uid);
    this.#hadRecord.delete(pod.runtimeUid);
    this.#failures.delete(pod.runtimeUid);
    this.#workers.get(pod.runtimeUid)?.look();
  }

  #drop(uid: string): void {
    void this.#workers.get(uid)?.close();
    this.#workers.delete(uid);
    this.#failures.delete(uid);
  }

  #pending(): number {
    let count = 0;
    for (const { pending } of this.#workers.values()) if (pending) count += 1;
    return count;
  }

  #report(problems: readonly string[]): void {
    const news = problems.filter((problem) => !this.#problems.includes(problem));
    for (const problem of news) this.#room.log.warn({ problem }, 'records');
    this.#problems = problems;
  }
}
