import type { Clock } from '../daemon/clock.ts';
import type { Log } from '../daemon/log.ts';
import type { Metrics } from '../daemon/metrics.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { pause } from '../kube/kube-clock.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { RawObject } from '../kube/raw-object.ts';
import type { Writer } from '../kube/writer.ts';
import type { Leadership } from './leadership.ts';
import { claimedSpec, type LeaseView, leaseResource, leaseView } from './lease.ts';
import { MovingDeadline } from './moving-deadline.ts';

/** Milliseconds; the defaults are those of Kubernetes's own controllers. */
export interface ElectionTimings {
  /** Silence of the holder after which others take over. Default 15 000. */
  readonly leaseMs: number;
  /** Without a successful renewal for so long, the holder gives up by itself. Less than `leaseMs`. Default 10 000. */
  readonly renewDeadlineMs: number;
  /** Between tries. Default 2 000. */
  readonly retryMs: number;
}

export const defaultElectionTimings: ElectionTimings = {
  leaseMs: 15_000,
  renewDeadlineMs: 10_000,
  retryMs: 2_000,
};

/** What an election is made of. */
export interface ElectionRoom {
  readonly writer: Pick<Writer, 'get' | 'create' | 'patch'>;
  readonly clock: Clock;
  /** 0 up to, not including, 1. */
  readonly random: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Where the Lease is. */
  readonly namespace: string;
  readonly lease: string;
  /** Of this process: no other may ever have it. */
  readonly identity: string;
  readonly timings?: ElectionTimings;
}

/** As client-go's: replicas that started together do not ask together. */
const jitterFactor = 1.2;

interface Observed {
  readonly view: LeaseView;
  /** `monotonic()` when this state of the Lease was first seen. */
  readonly at: number;
}

/**
 * One leader by a Lease, in client-go's way: nobody's clock is compared with another's. Who observes the Lease counts from
 * when it saw the last change, by its own monotonic clock; who holds it counts from before it asked for the renewal. Every
 * write names the version that was seen, so that of two claims one fails.
 *
 * It is a promise, not a fence: a process that was frozen may have a write on its way when another leads already. Hence
 * reconcilers write only what a second writer may write too.
 */
export class LeaderElection implements Leadership {
  readonly #room: ElectionRoom;
  readonly #timings: ElectionTimings;
  #observed: Observed | undefined;
  #leading = false;
  /** Why the last try failed. */
  #problem = '';

  constructor(room: ElectionRoom) {
    this.#room = room;
    this.#timings = room.timings ?? defaultElectionTimings;
    room.metrics.gauges(
      {
        name: 'leader_election_master_status',
        help: 'Gauge of if the reporting system is master of the relevant lease, 0 indicates backup, 1 indicates master.',
        labels: ['name'],
      },
      () => [{ labels: { name: room.lease }, value: this.#leading ? 1 : 0 }],
    );
  }

  get leading(): boolean {
    return this.#leading;
  }

  warnings(): readonly string[] {
    return this.#problem === ''
      ? []
      : [`the lease ${this.#name} cannot be read or written: ${this.#problem}`];
  }

  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const claimed = await this.#acquire(signal);
      if (claimed === undefined) return;
      await this.#term(claimed, lead, signal);
    }
  }

  get #name(): string {
    return `${this.#room.namespace}/${this.#room.lease}`;
  }

  /** Resolves with when the successful claim was begun; undefined when the signal is aborted. */
  async #acquire(signal: AbortSignal): Promise<number | undefined> {
    const { clock, random } = this.#room;
    const { retryMs, renewDeadlineMs } = this.#timings;
    while (!signal.aborted) {
      const begun = clock.monotonic();
      // Also where the signal was aborted meanwhile: what was claimed has to be given back.
      if (await this.#try(renewDeadlineMs / 2, signal)) return begun;
      await pause(clock, retryMs * (1 + jitterFactor * random()), signal);
    }
    return undefined;
  }

  /** From the claim to the loss or the end. */
  async #term(
    claimed: number,
    lead: (signal: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    const { log } = this.#room;
    const term = new AbortController();
    const end = (): void => term.abort();
    this.#leading = true;
    log.info({ lease: this.#name, identity: this.#room.identity }, 'became the leader');
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    const renewing = this.#renew(claimed, term.signal).finally(() => {
      this.#leading = false;
      end();
    });
    try {
      if (!signal.aborted) await lead(term.signal);
    } finally {
      end();
      signal.removeEventListener('abort', end);
    }
    const lost = await renewing;
    if (!lost) await this.#release();
  }

  /** Renews until the signal is aborted (false), or until the lease is lost (true). */
  async #renew(claimed: number, signal: AbortSignal): Promise<boolean> {
    const { clock, log } = this.#room;
    const { retryMs, renewDeadlineMs } = this.#timings;
    const deadline = new MovingDeadline(clock, claimed + renewDeadlineMs, signal);
    while (!deadline.signal.aborted) {
      await pause(clock, retryMs, deadline.signal);
      if (deadline.signal.aborted) break;
      const begun = clock.monotonic();
      const renewed = await this.#try(Math.min(deadline.left, renewDeadlineMs / 2), deadline.signal);
      if (renewed) deadline.move(begun + renewDeadlineMs);
      // Somebody else holds it: there is nothing to wait for.
      else if (this.#heldByOther()) break;
    }
    deadline.clear();
    if (signal.aborted) return false;
    const holder = this.#observed?.view.holder;
    log.warn({ lease: this.#name, holder, problem: this.#problem }, 'lost the lease');
    return true;
  }

  #heldByOther(): boolean {
    const holder = this.#observed?.view.holder ?? '';
    return holder !== '' && holder !== this.#room.identity;
  }

  /** True: the lease is ours from now on. Never rejects. */
  async #try(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    try {
      const done = await this.#claim(timeoutMs, signal);
      this.#problem = '';
      return done;
    } catch (error) {
      const { reason, message } = asWeftError(error);
      if (reason !== 'ApiConflict' && !signal.aborted) this.#complain(message);
      return false;
    }
  }

  async #claim(timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    const { identity, clock } = this.#room;
    const known = this.#observed;
    // The holder needs no look: its write fails where anything has changed.
    if (this.#leading && known?.view.holder === identity) {
      if (await this.#renewed(known.view, timeoutMs, signal)) return true;
    }
    const view = await this.#look(timeoutMs, signal);
    if (view === undefined) {
      this.#see(await this.#create(timeoutMs, signal));
      return true;
    }
    const seen = this.#observed;
    const free = view.holder === '' || view.holder === identity;
    const expired = seen !== undefined && clock.monotonic() >= seen.at + view.durationMs;
    if (!free && !expired) return false;
    this.#see(await this.#write(view, identity, timeoutMs, signal));
    return true;
  }

  /** False: the Lease is not what was seen last, perhaps because of a renewal of ours whose answer was lost. */
  async #renewed(known: LeaseView, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
    try {
      this.#see(await this.#write(known, this.#room.identity, timeoutMs, signal));
      return true;
    } catch (error) {
      if (error instanceof KubeError && isOutdated(error)) return false;
      throw error;
    }
  }

  /** The Lease as it is now; undefined: there is none. */
  async #look(timeoutMs: number, signal: AbortSignal): Promise<LeaseView | undefined> {
    const { writer, namespace, lease } = this.#room;
    try {
      return this.#see(await writer.get(leaseResource, { namespace, name: lease }, { timeoutMs, signal }));
    } catch (error) {
      if (error instanceof KubeError && error.reason === 'ApiNotFound') return undefined;
      throw error;
    }
  }

  #create(timeoutMs: number, signal: AbortSignal): Promise<RawObject> {
    const { writer, namespace, lease, identity, clock } = this.#room;
    const claim = { holder: identity, durationMs: this.#timings.leaseMs, now: clock.now() };
    const body = { metadata: { name: lease, namespace }, spec: claimedSpec(undefined, claim) };
    return writer.create(leaseResource, namespace, body, { timeoutMs, signal });
  }

  #write(known: LeaseView, holder: string, timeoutMs: number, signal?: AbortSignal): Promise<RawObject> {
    const { writer, namespace, lease, clock } = this.#room;
    const { uid, resourceVersion } = known;
    const claim = { holder, durationMs: this.#timings.leaseMs, now: clock.now() };
    const body = { metadata: { uid, resourceVersion }, spec: claimedSpec(known, claim) };
    const options = signal === undefined ? { timeoutMs } : { timeoutMs, signal };
    return writer.patch(leaseResource, { namespace, name: lease }, { kind: 'merge', body }, options);
  }

  /** Remembers the state, and when it was first seen. */
  #see(object: RawObject): LeaseView {
    const view = leaseView(object);
    const known = this.#observed?.view;
    if (known?.uid !== view.uid || known.resourceVersion !== view.resourceVersion) {
      this.#observed = { view, at: this.#room.clock.monotonic() };
    }
    return view;
  }

  /** So that another takes over at once instead of after the lease has expired. */
  async #release(): Promise<void> {
    const { log, identity } = this.#room;
    const timeoutMs = this.#timings.retryMs;
    try {
      // What was known may be older than a renewal that was cut off.
      const view = await this.#look(timeoutMs, new AbortController().signal);
      if (view?.holder !== identity) return;
      this.#see(await this.#write(view, '', timeoutMs));
      log.info({ lease: this.#name }, 'gave the lease back');
    } catch (error) {
      this.#complain(asWeftError(error).message);
    }
  }

  #complain(problem: string): void {
    if (problem !== this.#problem) this.#room.log.warn({ lease: this.#name, problem }, 'the lease');
    this.#problem = problem;
  }
}

/** Somebody has changed it, or deleted it. */
function isOutdated({ reason }: KubeError): boolean {
  return reason === 'ApiConflict' || reason === 'ApiNotFound';
}
