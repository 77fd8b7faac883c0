import { Buffer } from 'node:buffer';
import { rmSync } from 'node:fs';
import { createServer, type Http2Server, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';

/** Bytes: the answer's message. A status: the call fails with it. `raw` does what it likes with the stream. */
export type GrpcReply =
  | Buffer
  | { readonly status: number; readonly text: string }
  | { readonly raw: (stream: ServerHttp2Stream) => void };

/** What a method does with a request's message. */
export type GrpcMethod = (request: Buffer, stream: ServerHttp2Stream) => GrpcReply | Promise<GrpcReply>;

/** A gRPC server on a unix socket, as far as unary calls and server streams need one. */
export class GrpcServer {
  /** Paths of the calls so far. */
  readonly calls: string[] = [];
  /** Client connections that are open. */
  readonly sockets: Set<Socket> = new Set();
  readonly #server: Http2Server = createServer();
  readonly #methods: Readonly<Record<string, GrpcMethod>>;

  private constructor(methods: Readonly<Record<string, GrpcMethod>>) {
    this.#methods = methods;
    this.#server.on('stream', (stream, headers) => void this.#serve(stream, String(headers[':path'])));
    this.#server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  /** `methods`: `/package.Service/Method` → what it does; others are unimplemented. Replaces a socket that is there. */
  static async listen(path: string, methods: Readonly<Record<string, GrpcMethod>>): Promise<GrpcServer> {
    rmSync(path, { force: true });
    const server = new GrpcServer(methods);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    server.#server.once('error', reject).listen(path, resolve);
    await promise;
    return server;
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    await promise;
  }

  async #serve(stream: ServerHttp2Stream, path: string): Promise<void> {
    // A client that goes away in the middle is its own affair.
    stream.on('error', () => {});
    this.calls.push(path);
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const method = this.#methods[path] ?? ((): GrpcReply => ({ status: 12, text: `unknown method ${path}` }));
    const reply = await method(Buffer.concat(chunks).subarray(5), stream);
    if (Buffer.isBuffer(reply)) answer(stream, reply);
    else if ('raw' in reply) reply.raw(stream);
    else fail(stream, reply.status, reply.text);
  }
}

/** One message, in the frame that gRPC gives it. */
export function grpcFrame(message: Buffer): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Begins an answer of any number of messages; the status comes in its trailers. */
export function beginAnswer(stream: ServerHttp2Stream): void {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
}

function answer(stream: ServerHttp2Stream, message: Buffer): void {
  beginAnswer(stream);
  stream.end(grpcFrame(message));
}

function fail(stream: ServerHttp2Stream, status: number, text: string): void {
  const head = { ':status': 200, 'content-type': 'application/grpc' };
  stream.respond(
    { ...head, 'grpc-status': String(status), 'grpc-message': encodeURIComponent(text) },
    { endStream: true },
  );
}
