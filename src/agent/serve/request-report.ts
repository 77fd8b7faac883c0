import type { Log } from '../../daemon/log.ts';
import type { Count, Durations, Metrics } from '../../daemon/metrics.ts';
import { type Reason, reasons } from '../../errors/reason.ts';
import type { WeftError } from '../../errors/weft-error.ts';
import type { RequestIdentity } from './request-identity.ts';

/**
 * - `ok`: the verb succeeds towards the runtime.
 * - `failed`: the plugin tried and tells why not.
 * - `refused`: the agent gave no plan.
 * - `lost`: a plan went out and nobody told what became of it; the record on disk knows.
 */
export const requestOutcomes = ['ok', 'failed', 'refused', 'lost'] as const;
export type RequestOutcome = (typeof requestOutcomes)[number];

/** All about one request that is over. */
export interface RequestReport {
  readonly identity: RequestIdentity;
  readonly outcome: RequestOutcome;
  /** Name of the registry; '' for success. */
  readonly reason: string;
  /** What the runtime was told; '' for success. */
  readonly message: string;
  /** Networks of the plan in order, `network@interface`. */
  readonly networks: readonly string[];
  readonly warnings: readonly string[];
  /** Milliseconds by phase, the agent's and the plugin's. */
  readonly ms: Readonly<Record<string, number>>;
  /** Milliseconds of each attachment that was made, by interface. */
  readonly steps: Readonly<Record<string, number>>;
  /** Version of the plugin. */
  readonly plugin: string;
  /** What was thrown, where something was. */
  readonly error?: WeftError;
}

/** Phases that have a series of their own; others, which a newer plugin may send, count as `other`. */
const knownSteps = [
  'inputs',
  'held',
  'snapshot',
  'resolve',
  'plan',
  'lock',
  'record',
  'steps',
  'rollback',
  'done',
  'total',
];

/** Writes the one log line of a request and counts it. */
export class RequestReporter {
  readonly #log: Log;
  readonly #requests: Count;
  readonly #durations: Durations;

  constructor(log: Log, metrics: Metrics) {
    this.#log = log;
    this.#requests = metrics.count({
      name: 'weft_requests_total',
      help: 'CNI requests by verb, outcome and reason.',
      labels: ['verb', 'outcome', 'reason'],
      initial: ['ADD', 'DEL'].flatMap((verb) => [
        { verb, outcome: 'ok', reason: '' },
        { verb, outcome: 'failed', reason: 'DelegateFailed' },
        ...(verb === 'ADD' ? [{ verb, outcome: 'refused', reason: 'NetworkNotFound' }] : []),
      ]),
    });
    this.#durations = metrics.durations({
      name: 'weft_request_duration_seconds',
      help: 'Seconds of a CNI request by phase; total is the whole of it as the agent sees it.',
      labels: ['verb', 'step'],
      initial: [{ verb: 'ADD', step: 'total' }],
    });
  }

  report(report: RequestReport): void {
    const verb = report.identity.verb === 'DEL' ? 'DEL' : 'ADD';
    this.#requests.add({ verb, outcome: report.outcome, reason: knownReason(report.reason) });
    for (const [step, ms] of Object.entries(report.ms)) {
      this.#durations.observe({ verb, step: knownSteps.includes(step) ? step : 'other' }, ms / 1000);
    }
    this.#write(report);
  }

  #write(report: RequestReport): void {
    const { identity, error, ...rest } = report;
    const line = { ...identity, ...rest, ...(error?.reason === 'Internal' ? { stack: stackOf(error) } : {}) };
    if (report.outcome === 'ok') this.#log.info(line, 'request');
    else if (report.reason === 'Internal') this.#log.error(line, 'request');
    else this.#log.warn(line, 'request');
  }
}

/** The label's values are bounded by the registry, whatever a plugin sends. */
function knownReason(reason: string): Reason | '' | 'other' {
  if (reason === '') return '';
  return reason in reasons ? (reason as Reason) : 'other';
}

/** Where it really broke: only for what weft does not know, never for a user's mistake. */
function stackOf(error: WeftError): string | undefined {
  return error.cause instanceof Error ? error.cause.stack : error.stack;
}
