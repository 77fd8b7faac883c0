import type { Clock } from '../daemon/clock.ts';
import type { Log } from '../daemon/log.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { pause } from '../kube/kube-clock.ts';
import type { Informers } from './informers.ts';
import type { Leadership } from './leadership.ts';
import type { Runnable } from './runnable.ts';

/** What a manager is made of. */
export interface ManagerRoom {
  readonly informers: Informers;
  readonly leadership: Leadership;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * After the loss of the lease, how long what needs the leader has for its end, milliseconds. The lease is given up 5 s
 * before others may take it (leaseDuration − renewDeadline), so that two never work at a time.
 */
export const leaderEndMs = 4_000;

/** After a failure, how long everything else has for its end, milliseconds. */
const failedEndMs = 900;

interface Named {
  readonly name: string;
  readonly runnable: Runnable;
}

/**
 * Owns what a process runs, in controller-runtime's order. Start: informers; once they know everything, what every
 * replica runs; then, when this replica leads, what only the leader runs. Stop: the other way round, and the lease is
 * given back as soon as what needs it has ended.
 */
export class Manager {
  readonly #room: ManagerRoom;
  readonly #runnables: Named[] = [];
  readonly #stop = new AbortController();
  /** Of what every replica runs: outlives what only the leader runs. */
  readonly #end = new AbortController();
  #running: Promise<void> | undefined;
  #failure: WeftError | undefined;
  #started = false;

  constructor(room: ManagerRoom) {
    this.#room = room;
  }

  /** Before `run`. `name`, kebab-case, is for log and messages. */
  add(name: string, runnable: Runnable): void {
    if (this.#running !== undefined) throw new Error(`${name} comes too late: the manager runs`);
    this.#runnables.push({ name, runnable });
  }

  /** Starts everything. Resolves when everything has ended after `stop`; rejects where something had to end the process. */
  run(): Promise<void> {
    this.#running ??= this.#run();
    return this.#running;
  }

  /** Ends everything in its order; resolves when nothing runs any more, also where something failed. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running?.catch(() => {});
  }

  /** For /readyz. A replica that does not lead is ready: it serves what every replica serves. */
  notReady(): readonly string[] {
    if (this.#stop.signal.aborted) return ['stopping'];
    const started = this.#started ? [] : ['starting'];
    const unknown = this.#room.informers.problems();
    const said = this.#runnables.flatMap(({ runnable }) => runnable.notReady?.() ?? []);
    return unknown.length > 0 ? [...unknown, ...said] : [...started, ...said];
  }

  /** For /readyz. */
  warnings(): readonly string[] {
    const { informers, leadership } = this.#room;
    const said = this.#runnables.flatMap(({ runnable }) => runnable.warnings?.() ?? []);
    return [...informers.warnings(), ...leadership.warnings(), ...said];
  }

  async #run(): Promise<void> {
    const { informers } = this.#room;
    informers.start();
    await informers.settled(this.#stop.signal);
    try {
      if (!this.#stop.signal.aborted) await this.#runAll();
    } finally {
      this.#stop.abort();
      await informers.close();
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  async #runAll(): Promise<void> {
    const everywhere = this.#group(false).map((named) => this.#start(named, this.#end.signal));
    this.#started = true;
    try {
      await this.#room.leadership.run((signal) => this.#lead(signal), this.#stop.signal);
    } catch (error) {
      this.#fail(error);
    }
    this.#end.abort();
    await Promise.race([Promise.all(everywhere), this.#hurry()]);
  }

  /** Resolves soon after a failure, never without one: what does not end must not outlive the lease. */
  async #hurry(): Promise<void> {
    const { clock } = this.#room;
    if (this.#failure === undefined) await new Promise(() => {});
    await pause(clock, failedEndMs, new AbortController().signal);
  }

  /** Resolves when everything that needs the leader has ended; rejects where it does not in time after the lease's loss. */
  async #lead(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#room;
    log.info({}, 'leading');
    const ended = new AbortController();
    const running = Promise.all(this.#group(true).map((named) => this.#start(named, signal))).then(() =>
      untilAborted(signal),
    );
    const late = untilAborted(signal)
      .then(() => pause(clock, leaderEndMs, ended.signal))
      .then(() => {
        if (ended.signal.aborted) return;
        const cause = `what needs the leader has not ended within ${leaderEndMs} ms after its end`;
        throw new WeftError('Internal', { step: 'stop leading', cause, remedy: 'the process ends' });
      });
    try {
      await Promise.race([running, late]);
    } finally {
      ended.abort();
    }
    log.info({}, 'not leading any more');
  }

  #group(needsLeader: boolean): readonly Named[] {
    return this.#runnables.filter(({ runnable }) => runnable.needsLeader === needsLeader);
  }

  /** Never rejects: what fails ends the manager, and with it everything else in its order. */
  async #start({ name, runnable }: Named, signal: AbortSignal): Promise<void> {
    const { log } = this.#room;
    log.debug({ runnable: name }, 'starts');
    try {
      await runnable.start(signal);
      log.debug({ runnable: name }, 'ended');
    } catch (error) {
      log.error({ runnable: name, error: asWeftError(error).message }, 'failed');
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= asWeftError(error);
    this.#stop.abort();
  }
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
