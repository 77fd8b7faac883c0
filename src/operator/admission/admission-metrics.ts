import type { Count, Durations, Metrics } from '../../daemon/metrics.ts';

/** What the webhook server counts. The first three have controller-runtime's names, for dashboards that know them. */
export class AdmissionMetrics {
  readonly #requests: Count;
  readonly #latency: Durations;
  readonly #reviews: Count;
  #running = 0;

  /** `paths`: of the webhooks, so that their series are there from the start. */
  constructor(metrics: Metrics, paths: readonly string[], notAfter: () => number | undefined) {
    this.#requests = metrics.count({
      name: 'controller_runtime_webhook_requests_total',
      help: 'Calls of admission webhooks by path and HTTP status.',
      labels: ['webhook', 'code'],
      initial: paths.flatMap((webhook) => ['200', '500'].map((code) => ({ webhook, code }))),
    });
    this.#latency = metrics.durations({
      name: 'controller_runtime_webhook_latency_seconds',
      help: 'How long calls of admission webhooks took, by path.',
      labels: ['webhook'],
      initial: paths.map((webhook) => ({ webhook })),
    });
    this.#reviews = metrics.count({
      name: 'weft_admission_reviews_total',
      help: 'Requests to the API server that were judged, by webhook, operation and verdict.',
      labels: ['webhook', 'operation', 'verdict'],
      initial: paths.map((webhook) => ({ webhook, operation: 'CREATE', verdict: 'refused' })),
    });
    metrics.gauge(
      {
        name: 'controller_runtime_webhook_requests_in_flight',
        help: 'Calls of admission webhooks that are running.',
      },
      () => this.#running,
    );
    metrics.gauge(
      {
        name: 'weft_webhook_certificate_not_after_seconds',
        help: 'When the certificate that is served ends, seconds since 1970.',
      },
      () => {
        const ms = notAfter();
        return ms === undefined ? undefined : ms / 1000;
      },
    );
  }

  /** A call has begun; the result is called at its end with the HTTP status and seconds. */
  began(webhook: string): (status: number, seconds: number) => void {
    this.#running += 1;
    return (status, seconds) => {
      this.#running -= 1;
      this.#requests.add({ webhook, code: String(status) });
      this.#latency.observe({ webhook }, seconds);
    };
  }

  decided(webhook: string, operation: string, allowed: boolean): void {
    this.#reviews.add({ webhook, operation, verdict: allowed ? 'admitted' : 'refused' });
  }
}
