import type { Clock, Timer } from '../../daemon/clock.ts';
import type { Log } from '../../daemon/log.ts';
import type { WeftError } from '../../errors/weft-error.ts';
import { Backoff } from '../../kube/backoff.ts';
import type { NodePod, NodePods } from '../sources/kube/node-pod.ts';
import { type StatusChange, type StatusInApi, statusChange, type WantedStatus } from './status-change.ts';
import { type StatusWrites, serverState, type WriteEnd, type WriteTarget } from './status-writes.ts';
import type { WriteTurns } from './write-turns.ts';

/** What our own write changed comes back by the watch; until then, or for so long, the write's answer counts. */
const ownAnswerMs = 3_000;
/** Between a write that no ADD waits for and the one before. */
const apartMs = 2_000;
/** Between two writes where somebody overwrites us: ever longer, and never more than 10 s. */
const restoreBackoff = { firstMs: 2_000, maxMs: 6_500 };
/** After so long in peace the next restoration is quick again. */
const peaceMs = 60_000;
const failureBackoff = { firstMs: 200, maxMs: 6_500 };
/** Five conflicts take less than the second that an ADD waits. */
const conflictBackoff = { firstMs: 20, maxMs: 2_000 };
/** The API server makes such uids; the kubelet's for static pods are hashes, unknown to the API. */
const apiUid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What all workers share. */
export interface WorkerRoom {
  readonly pods: Pick<NodePods, 'synced' | 'byUid'>;
  readonly turns: WriteTurns;
  readonly writes: StatusWrites;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  /** What the pod's status shall be now, the same object for as long as it is the same; undefined: as it is. */
  readonly wanted: (uid: string, pod: NodePod | undefined) => WantedStatus | undefined;
  /** Somebody wrote over what was right. */
  readonly overwritten: () => void;
  /** The API has no such pod. */
  readonly gone: (uid: string) => void;
}

/**
 * Brings the status of one pod to what it shall be: one write at a time, each made of the newest knowledge when its turn
 * comes, until there is no difference. So an older state is never written after a newer one.
 */
export class PodWorker {
  /** As the runtime knows the pod. */
  readonly uid: string;
  readonly #room: WorkerRoom;
  readonly #failures: Backoff;
  readonly #conflicts: Backoff;
  readonly #restores: Backoff;
  #name: Omit<WriteTarget, 'uid'>;
  #running: Promise<void> | undefined;
  #closed = false;
  #urgent = false;
  #waiters: (() => void)[] = [];
  #wake: () => void = () => {};
  /** The last write that succeeded. */
  #written: { readonly wanted: WantedStatus; readonly pod: NodePod; readonly at: number } | undefined;
  /** No write before this time unless an ADD waits for it. */
  #notBefore = Number.NEGATIVE_INFINITY;
  /** Whether the last write was found undone, and when one was last. */
  #undone = false;
  #undoneAt = Number.NEGATIVE_INFINITY;
  /** What was compared last and found right. */
  #right: { readonly wanted: WantedStatus; readonly pod: NodePod | undefined } | undefined;
  /** The cache's pod, or its absence, when the API said that there is none. */
  #goneWith: { readonly pod: NodePod | undefined } | undefined;
  #complaint = '';
  #due = false;
  #recheck: Timer | undefined;

  constructor(uid: string, name: Omit<WriteTarget, 'uid'>, room: WorkerRoom) {
    this.uid = uid;
    this.#name = name;
    this.#room = room;
    this.#failures = new Backoff(failureBackoff, room.random);
    this.#conflicts = new Backoff(conflictBackoff, room.random);
    this.#restores = new Backoff(restoreBackoff, room.random);
  }

  /** True while the API does not have what it shall have, as far as is known. */
  get pending(): boolean {
    return this.#running !== undefined || this.#due;
  }

  /** Something may have changed. */
  look(): void {
    if (this.#running !== undefined || this.#closed) return;
    // Set before it runs: its first part runs at once.
    this.#running = Promise.resolve();
    const running = this.#run();
    if (this.#running !== undefined) this.#running = running;
  }

  /** An ADD waits: resolves when its state is written, or cannot be written now. Never rejects. */
  hurry(name: Omit<WriteTarget, 'uid'>): Promise<void> {
    this.#name = name;
    this.#goneWith = undefined;
    this.#urgent = true;
    return new Promise((resolve) => {
      this.#waiters.push(resolve);
      this.#wake();
      this.#room.turns.hurry();
      this.look();
    });
  }

  /** Begins no write any more; resolves when none runs. Does not reject. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#recheck?.cancel();
    this.#wake();
    this.#release();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#closed && this.#next() !== undefined) {
      const pauseMs = this.#urgent ? 0 : this.#notBefore - this.#room.clock.monotonic();
      if (pauseMs > 0) await this.#pause(pauseMs);
      else await this.#turn();
    }
    this.#running = undefined;
    this.#urgent = false;
    this.#release();
  }

  async #turn(): Promise<void> {
    const { turns, writes } = this.#room;
    // It is away, and was just now: this ADD need not find out for itself.
    if (turns.away) this.#release();
    if (!(await turns.take(() => this.#urgent))) {
      this.#closed = true;
      return;
    }
    const next = this.#closed ? undefined : this.#next();
    if (next === undefined) {
      turns.done(undefined);
      return;
    }
    this.#urgent = false;
    const end = await writes.write(next.target, next.change);
    turns.done(serverState(end));
    this.#ended(end, next);
  }

  #ended(end: WriteEnd, next: Next): void {
    const now = this.#room.clock.monotonic();
    if (end.kind === 'written') this.#done(end.pod, next, now);
    else if (end.kind === 'gone') this.#missed(next, end.error);
    else if (end.kind === 'conflict') this.#notBefore = now + this.#conflicts.next();
    else {
      this.#release();
      // While it is away the turns do the waiting.
      if (serverState(end).away) return;
      this.#notBefore = now + this.#failures.next(end.retryAfterMs);
      this.#complain(end.error.reason, next.target, end.error.message);
    }
  }

  #missed({ pod, target }: Next, error: WeftError): void {
    this.#goneWith = { pod };
    this.#room.log.debug({ ...target, error: error.message }, 'no such pod to write a status to');
    this.#room.gone(this.uid);
  }

  #done(pod: NodePod, { wanted, target, change }: Next, now: number): void {
    this.#written = { wanted, pod, at: now };
    this.#undone = false;
    // Whoever came since waits for the next one.
    if (!this.#urgent) this.#release();
    this.#notBefore = now + apartMs;
    this.#recheck?.cancel();
    this.#recheck = this.#room.clock.after(ownAnswerMs, () => this.look());
    this.#failures.reset();
    this.#conflicts.reset();
    this.#complain('', target, '');
    if (change.discarded !== undefined) {
      this.#room.log.warn({ ...target, why: change.discarded }, 'replaced an unusable network-status');
    }
  }

  /** What has to be written now; undefined: nothing, or it is not known where. */
  #next(): Next | undefined {
    const { pods } = this.#room;
    const pod = pods.byUid(this.uid);
    const wanted = this.#room.wanted(this.uid, pod);
    const change = wanted && this.#change(wanted, pod);
    const isGone = this.#goneWith !== undefined && this.#goneWith.pod === pod;
    this.#due = change !== undefined && !isGone;
    if (wanted === undefined || change === undefined || isGone) return undefined;
    // Without the cache nobody knows what others have written into the annotation.
    if (!pods.synced) return undefined;
    if (pod === undefined && !apiUid.test(this.uid)) return undefined;
    const target = pod === undefined ? { ...this.#name, uid: this.uid } : targetOf(pod);
    this.#notice(wanted, target);
    return { wanted, pod, target, change };
  }

  #change(wanted: WantedStatus, pod: NodePod | undefined): StatusChange | undefined {
    if (this.#right?.wanted === wanted && this.#right.pod === pod) return undefined;
    const found = this.#found(pod);
    const change = statusChange(wanted, found, this.#room.clock.now());
    this.#right = change === undefined && found === pod ? { wanted, pod } : undefined;
    return change;
  }

  /** What the API has, as well as it is known. */
  #found(pod: NodePod | undefined): StatusInApi | undefined {
    const written = this.#written;
    if (written === undefined) return pod;
    if (pod === undefined) return written.pod;
    if (pod.uid !== written.pod.uid) return pod;
    return this.#room.clock.monotonic() - written.at < ownAnswerMs ? written.pod : pod;
  }

  /** Finds out whether somebody has undone our last write, and keeps the next one back if so. */
  #notice(wanted: WantedStatus, target: WriteTarget): void {
    const written = this.#written;
    if (written?.wanted !== wanted || written.pod.uid !== target.uid || this.#undone) return;
    const now = this.#room.clock.monotonic();
    if (now - this.#undoneAt > peaceMs) {
      this.#restores.reset();
      this.#room.log.warn({ ...target }, 'somebody overwrites the status that weft wrote; it is restored');
    }
    this.#undone = true;
    this.#undoneAt = now;
    this.#notBefore = Math.max(this.#notBefore, written.at + this.#restores.next());
    this.#room.overwritten();
  }

  #complain(complaint: string, target: WriteTarget, error: string): void {
    if (complaint === this.#complaint) return;
    this.#complaint = complaint;
    if (complaint !== '') this.#room.log.warn({ ...target, error }, 'status not written');
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer: Timer = this.#room.clock.after(ms, resolve);
      this.#wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  #release(): void {
    for (const resolve of this.#waiters.splice(0)) resolve();
  }
}

interface Next {
  readonly wanted: WantedStatus;
  /** The cache's. */
  readonly pod: NodePod | undefined;
  readonly target: WriteTarget;
  readonly change: StatusChange;
}

function targetOf({ namespace, name, uid }: NodePod): WriteTarget {
  return { namespace, name, uid };
}
