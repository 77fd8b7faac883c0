import type { ApiAnswer, ApiRequest, ApiStream, Transport } from '../../../src/kube/transport.ts';

interface Lease {
  metadata: Record<string, unknown>;
  spec: Record<string, unknown>;
}

/** How a server answers: as it should, not at all, with an error, or it does what it is told but says nothing. */
export type Mood = 'well' | 'silent' | 'failing' | 'mute';

/** An API server that has one Lease, with the optimistic locking of the real one. */
export class LeaseServer {
  lease: Lease | undefined;
  /** Calls that changed the Lease. */
  writes = 0;
  #version = 1;

  get holder(): string {
    const holder = this.lease?.spec['holderIdentity'];
    return typeof holder === 'string' ? holder : '';
  }

  /** A way to it; the mood can be changed. */
  transport(): LeaseTransport {
    return new LeaseTransport((request) => this.#serve(request));
  }

  #serve({ method, body }: ApiRequest): [number, unknown] {
    const sent = JSON.parse(body?.text ?? '{}') as Partial<Lease>;
    if (method === 'GET') return this.lease === undefined ? [404, {}] : [200, this.lease];
    if (method === 'POST') {
      if (this.lease !== undefined) return [409, { reason: 'AlreadyExists' }];
      this.lease = { metadata: { name: 'x', uid: 'u1' }, spec: sent.spec ?? {} };
      return [201, this.#written(this.lease)];
    }
    if (this.lease === undefined) return [404, {}];
    if (sent.metadata?.['resourceVersion'] !== this.lease.metadata['resourceVersion']) return [409, {}];
    const spec = Object.entries({ ...this.lease.spec, ...sent.spec }).filter(([, value]) => value !== null);
    this.lease = { metadata: { ...this.lease.metadata }, spec: Object.fromEntries(spec) };
    return [200, this.#written(this.lease)];
  }

  #written(lease: Lease): Lease {
    this.#version += 1;
    this.writes += 1;
    lease.metadata['resourceVersion'] = String(this.#version);
    return lease;
  }
}

export class LeaseTransport implements Transport {
  mood: Mood = 'well';
  calls = 0;
  readonly #serve: (request: ApiRequest) => [number, unknown];

  constructor(serve: (request: ApiRequest) => [number, unknown]) {
    this.#serve = serve;
  }

  request(request: ApiRequest): Promise<ApiAnswer> {
    this.calls += 1;
    if (this.mood === 'mute') this.#serve(request);
    if (this.mood === 'silent' || this.mood === 'mute')
      return new Promise((_resolve, reject) => {
        request.signal.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const [status, object] = this.mood === 'failing' ? [500, {}] : this.#serve(request);
    return Promise.resolve({ status, retryAfter: undefined, text: JSON.stringify(object) });
  }

  stream(): Promise<ApiStream> {
    return Promise.reject(new Error('nothing to watch'));
  }

  close(): void {}
}
