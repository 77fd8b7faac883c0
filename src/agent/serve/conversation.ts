import { setImmediate } from 'node:timers/promises';
import { delegatesOf, maxAttachments, type Plan } from '../../attachment/plan.ts';
import { coreComplaint } from '../../attachment/record-codec.ts';
import { type Clock, since } from '../../daemon/clock.ts';
import { reasonIn, toCniError } from '../../errors/cni-error.ts';
import { asWeftError, fitMessage, WeftError } from '../../errors/weft-error.ts';
import {
  type FrameHead,
  type OutcomeFrame,
  type PluginFrame,
  type RequestFrame,
  wireVersion,
} from '../../wire/frame.ts';
import { requirementsOf } from '../../wire/skew.ts';
import type { BoundedStatus } from '../status/bounded-status.ts';
import type { Peer } from './peer.ts';
import type { Planned, Planner, Prepared } from './planner.ts';
import { identityOf, podRefOf, type RequestIdentity } from './request-identity.ts';
import type { RequestReport, RequestReporter } from './request-report.ts';
import type { Release, Slots } from './slots.ts';

/** A plugin connects before it waits for its locks, and sends its first frame when it has them; later it is cut off. */
const firstFrameMs = 10_000;
/** How often a plugin that is held back is told so (DESIGN §3.1). */
const heldEveryMs = 1_000;
/** For a peer that does not read what it was sent. */
const unreadMs = 2_000;
/** On top of the plugin's own budgets, before a plan counts as lost. */
const graceMs = 5_000;

/** What a conversation needs. */
export interface ServeRoom {
  readonly planner: Planner;
  readonly slots: Slots;
  readonly status: BoundedStatus;
  readonly reporter: RequestReporter;
  readonly clock: Clock;
  /** Version of this weft. */
  readonly version: string;
  /** Read anew for each request, as the configuration may change. Milliseconds. */
  readonly budgets: () => { readonly add: number; readonly lock: number; readonly done: number };
}

/** One connection from its first frame to its end. Never throws; whatever goes wrong is answered and reported. */
export async function converse(peer: Peer, room: ServeRoom): Promise<void> {
  try {
    const first = await peer.receive(room.budgets().lock + firstFrameMs);
    // Somebody who only looks whether the agent listens.
    if (first === undefined) return;
    if (first.type === 'request' && first.verb === 'DEL') await planForDel(peer, room, first);
    else if (first.type === 'request') await new AddConversation(peer, room, first).run();
    else await takeOutcome(peer, room, first);
  } catch (error) {
    refuse(peer, room, error);
    report(room, nobody, { outcome: 'refused', error: asWeftError(error) });
  } finally {
    peer.end(unreadMs);
  }
}

/** An ADD: wait for what it needs and for a slot, plan, wait for what became of it. */
class AddConversation {
  readonly #peer: Peer;
  readonly #room: ServeRoom;
  readonly #request: RequestFrame;
  readonly #start: number;
  #ms: Record<string, number> = {};
  #release: Release = () => {};

  constructor(peer: Peer, room: ServeRoom, request: RequestFrame) {
    this.#peer = peer;
    this.#room = room;
    this.#request = request;
    this.#start = room.clock.monotonic();
  }

  async run(): Promise<void> {
    try {
      const prepared = await this.#decided(this.#room.planner.prepare(this.#request));
      this.#release = await this.#slot();
      const planned = await this.#planned(prepared);
      await this.#followUp(planned);
    } catch (error) {
      if (!this.#peer.gone) refuse(this.#peer, this.#room, error);
      this.#report({ outcome: 'refused', error: asWeftError(error) });
    } finally {
      this.#release();
    }
  }

  /** Holds the request back until fewer plans are out, and says so once a second. */
  async #slot(): Promise<Release> {
    const { slots, clock } = this.#room;
    const turn = slots.take();
    if (turn.immediate) return turn.granted;
    this.#peer.onGone(turn.leave);
    const start = clock.monotonic();
    const say = (): void => this.#peer.send({ ...this.#head(), type: 'held' });
    // Most of the plugin's patience may be used up by what the request needed.
    if (start - this.#start >= heldEveryMs) say();
    const held = clock.every(heldEveryMs, say);
    try {
      return await turn.granted;
    } finally {
      held.cancel();
      this.#ms['held'] = since(clock, start);
    }
  }

  async #planned(prepared: Prepared): Promise<Planned> {
    const planned = await this.#decided(prepared.plan());
    this.#ms = { ...this.#ms, ...planned.ms };
    return planned;
  }

  /** What the planner decides; a refusal is made known where the pod's status is. */
  async #decided<T>(decision: Promise<T>): Promise<T> {
    try {
      return await decision;
    } catch (error) {
      const pod = podRefOf(this.#request);
      if (pod !== undefined) this.#room.status.refused(pod, asWeftError(error));
      throw error;
    }
  }

  async #followUp(planned: Planned): Promise<void> {
    const { budgets } = this.#room;
    const { plan, warnings } = planned;
    this.#peer.send({ ...this.#head(), type: 'plan', plan, requires: requirementsOf(plan) });
    const networks = networksOf(plan);
    try {
      const { add, lock } = budgets();
      const outcome = await this.#peer.receive(add + lock + graceMs);
      if (outcome === undefined) throw lost('the plugin closed the connection before it told the outcome');
      checkOutcome(outcome, plan.sandbox.containerId);
      await this.#finish(outcome, networks, warnings);
    } catch (error) {
      this.#report({ outcome: 'lost', networks, warnings, error: asWeftError(error) });
    }
  }

  async #finish(
    outcome: OutcomeFrame,
    networks: readonly string[],
    warnings: readonly string[],
  ): Promise<void> {
    const { status, budgets, clock } = this.#room;
    const start = clock.monotonic();
    await status.write(outcome.record, budgets().done);
    this.#peer.send({ ...this.#head(), type: 'done' });
    this.#ms = { ...this.#ms, ...numbers(outcome.ms), done: since(clock, start) };
    this.#release();
    this.#peer.end(unreadMs);
    // Whoever waits for a plan or for `done` comes before the log and the metrics of this one.
    await setImmediate();
    const all = [...warnings, ...stepWarnings(outcome)];
    this.#report({ ...verdict(outcome), networks, warnings: all, steps: stepTimes(outcome) });
  }

  #head(): FrameHead {
    return headOf(this.#room);
  }

  #report(facts: Partial<RequestReport> & Pick<RequestReport, 'outcome'>): void {
    const ms = { ...this.#ms, total: since(this.#room.clock, this.#start) };
    report(this.#room, identityOf(this.#request), { ms, plugin: this.#request.sender, ...facts });
  }
}

/**
 * What a pod would get now, for the DEL of one that Multus attached and of which Multus's files are lost: the one time
 * that networks are resolved anew for a DEL, and the log says so. Nothing is attached, so no slot is taken and no
 * outcome follows here.
 */
async function planForDel(peer: Peer, room: ServeRoom, request: RequestFrame): Promise<void> {
  const identity = identityOf(request);
  const facts = { plugin: request.sender };
  try {
    const { plan } = await (await room.planner.prepare(request)).plan();
    peer.send({ ...headOf(room), type: 'plan', plan, requires: requirementsOf(plan) });
    const warnings = ["Multus's files of the pod are lost, so its networks were resolved anew for its DEL"];
    report(room, identity, { ...facts, outcome: 'ok', networks: networksOf(plan), warnings });
  } catch (error) {
    refuse(peer, room, error);
    report(room, identity, { ...facts, outcome: 'refused', error: asWeftError(error) });
  }
}

/** A DEL is told afterwards, on a connection of its own, and waits for no answer. */
async function takeOutcome(peer: Peer, room: ServeRoom, outcome: OutcomeFrame): Promise<void> {
  checkOutcome(outcome, undefined);
  await room.status.write(outcome.record, room.budgets().done);
  if (outcome.verb === 'ADD') peer.send({ ...headOf(room), type: 'done' });
  const networks = delegatesOf(outcome.record.steps.map((step) => step.step)).map(
    (step) => `${step.network}@${step.ifname}`,
  );
  report(room, identityOf(outcome), {
    ...verdict(outcome),
    networks,
    ms: numbers(outcome.ms),
    plugin: outcome.sender,
  });
}

function checkOutcome(frame: PluginFrame, containerId: string | undefined): asserts frame is OutcomeFrame {
  if (frame.type !== 'outcome') throw lost(`a ${frame.type} frame came where an outcome must`);
  const complaint = coreComplaint(frame.record);
  if (complaint !== undefined) throw lost(`the record of the outcome cannot be used: ${complaint}`);
  if (containerId !== undefined && frame.record.sandbox.containerId !== containerId) {
    throw lost('the outcome is about another sandbox than the request');
  }
}

function refuse(peer: Peer, room: ServeRoom, error: unknown): void {
  peer.send({ ...headOf(room), type: 'refuse', cniError: toCniError(error, '1.0.0') });
}

function headOf(room: ServeRoom): FrameHead {
  return { v: wireVersion, op: 'cni', sender: room.version };
}

const nobody: RequestIdentity = { verb: '', pod: '', uid: '', sandbox: '', ifname: '' };

function report(
  room: ServeRoom,
  identity: RequestIdentity,
  facts: Partial<RequestReport> & Pick<RequestReport, 'outcome'>,
): void {
  const reason = facts.error?.reason ?? '';
  const message = facts.error?.message ?? '';
  room.reporter.report({
    identity,
    reason,
    message,
    networks: [],
    warnings: [],
    ms: {},
    steps: {},
    plugin: '',
    ...facts,
  });
}

/** What the plugin told the runtime, from the record's failure. */
function verdict(outcome: OutcomeFrame): Pick<RequestReport, 'outcome' | 'reason' | 'message'> {
  if (outcome.ok) return { outcome: 'ok', reason: '', message: '' };
  const { failure, steps } = outcome.record;
  const error = failure ?? steps.find((step) => step.error !== undefined)?.error;
  const reason = (error && reasonIn(error)) || 'Internal';
  return { outcome: 'failed', reason, message: error?.msg ?? 'the plugin failed and told no reason' };
}

function stepTimes({ record }: OutcomeFrame): Record<string, number> {
  return numbers(Object.fromEntries(record.steps.map(({ step, tookMs }) => [step.ifname, tookMs])));
}

/** What a plugin writes is bounded before it enters the log. */
function stepWarnings({ record }: OutcomeFrame): readonly string[] {
  const all: readonly unknown[] = record.steps.flatMap(({ warnings = [] }) => warnings);
  const texts = all.filter((warning) => typeof warning === 'string').slice(0, maxAttachments);
  return texts.map((text) => fitMessage(text));
}

function networksOf(plan: Plan): readonly string[] {
  return delegatesOf(plan.steps).map((step) => `${step.network}@${step.ifname}`);
}

function numbers(ms: Readonly<Record<string, unknown>>): Record<string, number> {
  const pairs = Object.entries(ms).filter((pair): pair is [string, number] => Number.isFinite(pair[1]));
  return Object.fromEntries(pairs.slice(0, 32));
}

function lost(cause: string): WeftError {
  return new WeftError('AgentProtocol', { step: 'read the outcome', cause });
}
