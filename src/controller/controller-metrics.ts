import type { Clock } from '../daemon/clock.ts';
import type { Count, Durations, Metrics } from '../daemon/metrics.ts';
import type { QueueObserver, WorkQueue } from './work-queue.ts';

/** How a reconcile ended, in controller-runtime's words. */
export type Outcome = 'success' | 'error' | 'requeue_after';

/** What one controller counts. */
export interface ControllerCounts {
  readonly queue: QueueObserver;
  /** From now on depth and running times are those of this queue, with that many workers. */
  watch(queue: WorkQueue, workers: number): void;
  /** `terminal`: an error that is not tried again. */
  ended(outcome: Outcome, ms: number, terminal: boolean): void;
  timedOut(): void;
}

interface Known {
  readonly queue: WorkQueue;
  readonly workers: number;
}

const reconcileBuckets: readonly number[] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/** From ten nanoseconds to a thousand seconds, as client-go's. */
const queueBuckets: readonly number[] = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];
const outcomes: readonly Outcome[] = ['success', 'error', 'requeue_after'];

/**
 * The metrics of all controllers of one process, under the names and labels of controller-runtime and client-go, so that
 * dashboards and alerts for operators in Go work.
 */
export class ControllerMetrics {
  readonly #clock: Clock;
  readonly #known = new Map<string, Known>();
  readonly #total: Count;
  readonly #errors: Count;
  readonly #terminal: Count;
  readonly #timeouts: Count;
  readonly #time: Durations;
  readonly #adds: Count;
  readonly #retries: Count;
  readonly #waited: Durations;
  readonly #worked: Durations;

  constructor(metrics: Metrics, clock: Clock) {
    this.#clock = clock;
    const count = (name: string, help: string, ...labels: readonly string[]): Count =>
      metrics.count({ name, help, labels });
    const perQueue = ['name', 'controller'];
    this.#total = count(
      'controller_runtime_reconcile_total',
      'Total number of reconciliations per controller',
      'controller',
      'result',
    );
    this.#errors = count(
      'controller_runtime_reconcile_errors_total',
      'Total number of reconciliation errors per controller',
      'controller',
    );
    this.#terminal = count(
      'controller_runtime_terminal_reconcile_errors_total',
      'Total number of terminal reconciliation errors per controller',
      'controller',
    );
    this.#timeouts = count(
      'controller_runtime_reconcile_timeouts_total',
      'Total number of reconciliation timeouts per controller',
      'controller',
    );
    this.#time = metrics.durations(
      {
        name: 'controller_runtime_reconcile_time_seconds',
        help: 'Length of time per reconciliation per controller',
        labels: ['controller'],
      },
      reconcileBuckets,
    );
    this.#adds = count('workqueue_adds_total', 'Total number of adds handled by workqueue', ...perQueue);
    this.#retries = count(
      'workqueue_retries_total',
      'Total number of items added to the workqueue with a non-zero delay',
      ...perQueue,
    );
    this.#waited = metrics.durations(
      {
        name: 'workqueue_queue_duration_seconds',
        help: 'How long in seconds an item stays in workqueue before being requested',
        labels: perQueue,
      },
      queueBuckets,
    );
    this.#worked = metrics.durations(
      {
        name: 'workqueue_work_duration_seconds',
        help: 'How long in seconds processing an item from workqueue takes.',
        labels: perQueue,
      },
      queueBuckets,
    );
    this.#gauges(metrics);
  }

  /** Of the controller of that name; the same for each of its terms. */
  of(controller: string): ControllerCounts {
    const labels = { controller };
    const queue = { name: controller, controller };
    for (const result of outcomes) this.#total.add({ controller, result }, 0);
    for (const counter of [this.#errors, this.#terminal, this.#timeouts]) counter.add(labels, 0);
    for (const counter of [this.#adds, this.#retries]) counter.add(queue, 0);
    return {
      queue: {
        added: () => this.#adds.add(queue),
        retried: () => this.#retries.add(queue),
        taken: (_, ms) => this.#waited.observe(queue, ms / 1000),
        done: (_, ms) => this.#worked.observe(queue, ms / 1000),
      },
      watch: (watched, workers) => {
        this.#known.set(controller, { queue: watched, workers });
      },
      ended: (result, ms, terminal) => {
        this.#total.add({ controller, result });
        this.#time.observe(labels, ms / 1000);
        if (result === 'error') this.#errors.add(labels);
        if (terminal) this.#terminal.add(labels);
      },
      timedOut: () => this.#timeouts.add(labels),
    };
  }

  #gauges(metrics: Metrics): void {
    const gauge = (
      name: string,
      help: string,
      labels: readonly string[],
      read: (known: Known) => number,
    ): void =>
      metrics.gauges({ name, help, labels }, () =>
        [...this.#known].map(([controller, known]) => ({
          labels: labels.includes('name') ? { name: controller, controller } : { controller },
          value: read(known),
        })),
      );
    const perQueue = ['name', 'controller'];
    gauge('workqueue_depth', 'Current depth of workqueue', perQueue, ({ queue }) => queue.depth);
    gauge(
      'workqueue_unfinished_work_seconds',
      'How many seconds of work is in progress and was not observed by work_duration.',
      perQueue,
      ({ queue }) => this.#running(queue).reduce((sum, seconds) => sum + seconds, 0),
    );
    gauge(
      'workqueue_longest_running_processor_seconds',
      'How many seconds has the longest running processor for workqueue been running.',
      perQueue,
      ({ queue }) => Math.max(0, ...this.#running(queue)),
    );
    gauge(
      'controller_runtime_max_concurrent_reconciles',
      'Maximum number of concurrent reconciles per controller',
      ['controller'],
      ({ workers }) => workers,
    );
    gauge(
      'controller_runtime_active_workers',
      'Number of currently used workers per controller',
      ['controller'],
      ({ queue }) => queue.taken.length,
    );
  }

  /** Seconds that each worker has been at its key. */
  #running(queue: WorkQueue): readonly number[] {
    return queue.taken.map((since) => (this.#clock.monotonic() - since) / 1000);
  }
}
