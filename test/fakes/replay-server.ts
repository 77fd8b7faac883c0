import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { sleep } from '../harness/run.ts';
import type { RecordedAnswer } from '../harness/transcript.ts';

/** How a recorded answer comes over the wire. */
export interface Delivery {
  readonly answer: Pick<RecordedAnswer, 'status' | 'retryAfter' | 'body'>;
  /** Byte positions at which the body is cut into pieces. */
  readonly cuts?: readonly number[];
  /** Milliseconds between the pieces. */
  readonly everyMs?: number;
  /** The connection is reset after so many bytes of the body. */
  readonly breakAt?: number;
  /** The answer is not ended after its last byte. */
  readonly hangs?: boolean;
  /** The body is compressed if the client takes that. */
  readonly gzip?: boolean;
}

/** What answers a request; called for each, in the order in which they come. */
export type Script = (path: string) => Delivery;

/** An HTTP server on loopback that says what a script tells it. */
export class ReplayServer {
  readonly #server: Server;
  readonly #script: Script;
  /** Paths of the requests so far. */
  readonly paths: string[] = [];

  private constructor(script: Script) {
    this.#script = script;
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(script: Script): Promise<ReplayServer> {
    const server = new ReplayServer(script);
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve));
    return server;
  }

  get url(): string {
    const address = this.#server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '';
    this.paths.push(path);
    const { answer, breakAt, hangs, gzip, everyMs = 0, cuts = [] } = this.#script(path);
    const compressed = gzip === true && request.headers['accept-encoding'] === 'gzip';
    const whole = compressed ? gzipSync(answer.body) : Buffer.from(answer.body);
    const bytes = whole.subarray(0, breakAt ?? whole.length);
    response.writeHead(answer.status, {
      'Content-Type': 'application/json',
      ...(answer.retryAfter !== undefined && { 'Retry-After': answer.retryAfter }),
      ...(compressed && { 'Content-Encoding': 'gzip' }),
    });
    response.flushHeaders();
    for (const piece of pieces(bytes, cuts)) {
      await new Promise((resolve) => response.write(piece, resolve));
      await (everyMs > 0 ? sleep(everyMs) : new Promise((resolve) => setImmediate(resolve)));
    }
    if (breakAt !== undefined) response.socket?.resetAndDestroy();
    else if (hangs !== true) response.end();
  }
}

function pieces(bytes: Uint8Array, cuts: readonly number[]): readonly Uint8Array[] {
  const inside = [...new Set(cuts)].filter((cut) => cut > 0 && cut < bytes.length).sort((a, b) => a - b);
  const edges = [0, ...inside, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}
