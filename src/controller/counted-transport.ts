import type { Count, Metrics } from '../daemon/metrics.ts';
import type { ApiAnswer, ApiHead, ApiRequest, ApiStream, Transport } from '../kube/transport.ts';

/** Counts the calls of a transport under the name of client-go. `host` is that of the API server. */
export class CountedTransport implements Transport {
  readonly #inner: Transport;
  readonly #host: string;
  readonly #calls: Count;

  constructor(inner: Transport, host: string, metrics: Metrics) {
    this.#inner = inner;
    this.#host = host;
    this.#calls = metrics.count({
      name: 'rest_client_requests_total',
      help: 'Number of HTTP requests, partitioned by status code, method, and host.',
      labels: ['code', 'method', 'host'],
    });
  }

  request(request: ApiRequest): Promise<ApiAnswer> {
    return this.#counted(request, this.#inner.request(request));
  }

  stream(request: ApiRequest): Promise<ApiStream> {
    return this.#counted(request, this.#inner.stream(request));
  }

  close(): void {
    this.#inner.close();
  }

  async #counted<A extends ApiHead>({ method }: ApiRequest, call: Promise<A>): Promise<A> {
    // client-go's word for a call without an answer.
    let code = '<error>';
    try {
      const answer = await call;
      code = String(answer.status);
      return answer;
    } finally {
      this.#calls.add({ code, method, host: this.#host });
    }
  }
}
