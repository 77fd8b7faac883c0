import type { ApiAnswer, ApiRequest, ApiStream, Transport } from '../../src/kube/transport.ts';
import { settle } from './fake-clock.ts';

/** A call that the test answers by hand. */
export class PuppetCall {
  readonly request: ApiRequest;
  readonly kind: 'request' | 'stream';
  #resolve: (answer: ApiAnswer | ApiStream) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  readonly result: Promise<ApiAnswer | ApiStream>;
  readonly #chunks: Uint8Array[] = [];
  #end: 'open' | 'ended' | Error = 'open';
  #wake: () => void = () => {};

  constructor(request: ApiRequest, kind: 'request' | 'stream') {
    this.request = request;
    this.kind = kind;
    this.result = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    request.signal.addEventListener('abort', () => {
      void this.break(new Error('aborted'));
    });
  }

  get path(): string {
    return this.request.path;
  }

  /** The parameters of the query. */
  get query(): Readonly<Record<string, string>> {
    return Object.fromEntries(new URL(this.path, 'http://x').searchParams);
  }

  get aborted(): boolean {
    return this.request.signal.aborted;
  }

  /** A whole answer; for a stream: head, body and end. */
  async answer(status: number, body: unknown, retryAfter?: string): Promise<void> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    if (this.kind === 'request') this.#resolve({ status, retryAfter, text });
    else {
      this.#resolve({ status, retryAfter, chunks: this.#read() });
      this.#chunks.push(new TextEncoder().encode(text));
      this.#end = 'ended';
    }
    await settle();
  }

  /** Accepts a watch. */
  async open(): Promise<void> {
    this.#resolve({ status: 200, retryAfter: undefined, chunks: this.#read() });
    await settle();
  }

  /** Events, each a line; a text goes as it is. */
  async send(...events: readonly unknown[]): Promise<void> {
    for (const event of events) {
      const text = typeof event === 'string' ? event : `${JSON.stringify(event)}\n`;
      this.#chunks.push(new TextEncoder().encode(text));
    }
    this.#wake();
    await settle();
  }

  /** The server's proper end of a watch. */
  async end(): Promise<void> {
    if (this.#end === 'open') this.#end = 'ended';
    this.#wake();
    await settle();
  }

  /** The connection's end. */
  async break(error: Error = new Error('socket hang up')): Promise<void> {
    if (this.#end === 'open') this.#end = error;
    this.#reject(error);
    this.#wake();
    await settle();
  }

  async *#read(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) yield chunk;
      else if (this.#end === 'ended') return;
      else if (this.#end !== 'open') throw this.#end;
      else
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
    }
  }
}

/** A transport whose other end is the test. */
export class PuppetTransport implements Transport {
  /** Every call so far. */
  readonly calls: PuppetCall[] = [];
  #taken = 0;

  request(request: ApiRequest): Promise<ApiAnswer> {
    return this.#begin(request, 'request') as Promise<ApiAnswer>;
  }

  stream(request: ApiRequest): Promise<ApiStream> {
    return this.#begin(request, 'stream') as Promise<ApiStream>;
  }

  close(): void {}

  /** Calls that the test has not taken yet. */
  get waiting(): number {
    return this.calls.length - this.#taken;
  }

  /** The next call, which must have been made already. */
  async next(): Promise<PuppetCall> {
    await settle();
    const call = this.calls[this.#taken];
    if (call === undefined) throw new Error(`no call after ${this.calls.map(({ path }) => path).join(', ')}`);
    this.#taken += 1;
    return call;
  }

  #begin(request: ApiRequest, kind: 'request' | 'stream'): Promise<ApiAnswer | ApiStream> {
    const call = new PuppetCall(request, kind);
    this.calls.push(call);
    return call.result;
  }
}
