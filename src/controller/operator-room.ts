import type { Clock } from '../daemon/clock.ts';
import type { Log } from '../daemon/log.ts';
import type { Writer } from '../kube/writer.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import type { Informers } from './informers.ts';

/** What reconcilers are made of. */
export interface OperatorRoom {
  readonly informers: Pick<Informers, 'of'>;
  readonly writer: Pick<Writer, 'patch'>;
  readonly metrics: ControllerMetrics;
  readonly clock: Clock;
  readonly log: Log;
  /** Keys of one kind that are looked at at the same time. Default 1. */
  readonly workers?: number;
}
