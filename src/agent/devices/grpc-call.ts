import { Buffer } from 'node:buffer';
import type { ClientHttp2Session, ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { connect as connectSocket } from 'node:net';

/** One unary call. */
export interface GrpcCall {
  /** Path of a unix socket. */
  readonly socket: string;
  /** `/package.Service/Method`. */
  readonly method: string;
  /** The encoded message. */
  readonly request: Buffer;
  readonly timeoutMs: number;
}

/** What the server answered: a message with status 0, else why not. */
export type GrpcAnswer =
  | { readonly ok: true; readonly message: Buffer }
  | { readonly ok: false; readonly status: number; readonly text: string };

/** Status codes of gRPC that weft treats each in its own way. */
export const grpcStatus = { unknown: 2, resourceExhausted: 8, unimplemented: 12 } as const;

/** As Multus takes: a node full of pods stays far below. */
const answerBytes = 16 * 1024 * 1024;

/** Flag byte and length (gRPC over HTTP/2, Length-Prefixed-Message). */
const prefixBytes = 5;

/**
 * Calls, over a connection of its own: pods that need devices are rare, and an idle connection would cost memory.
 * node:http2 is loaded by the first call for the same reason. Rejects where there is no answer: no socket, no gRPC, too
 * late, too long.
 */
export async function grpcCall(call: GrpcCall): Promise<GrpcAnswer> {
  const { connect } = await import('node:http2');
  const session = connect('http://localhost', { createConnection: () => connectSocket(call.socket) });
  try {
    return await answerOf(session, call);
  } finally {
    session.destroy();
  }
}

function answerOf(session: ClientHttp2Session, call: GrpcCall): Promise<GrpcAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<GrpcAnswer>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${call.timeoutMs} ms`)), call.timeoutMs);
  session.on('error', reject);
  const stream = session.request({
    ':method': 'POST',
    ':path': call.method,
    'content-type': 'application/grpc',
    te: 'trailers',
    'grpc-timeout': `${Math.max(1, Math.ceil(call.timeoutMs))}m`,
  });
  collect(stream).then(resolve, reject);
  stream.end(framed(call.request));
  return promise.finally(() => clearTimeout(timer));
}

function collect(stream: ClientHttp2Stream): Promise<GrpcAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<GrpcAnswer>();
  const chunks: Buffer[] = [];
  let size = 0;
  const head: IncomingHttpHeaders = {};
  const takeIn = (headers: IncomingHttpHeaders): void => void Object.assign(head, headers);
  // An answer without a message has its status at the start, any other at the end.
  stream.on('response', takeIn);
  stream.on('trailers', takeIn);
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > answerBytes) reject(new Error(`an answer of more than ${answerBytes} bytes`));
    else chunks.push(chunk);
  });
  stream.on('error', reject);
  stream.on('close', () => {
    try {
      resolve(answer(head, Buffer.concat(chunks)));
    } catch (error) {
      reject(error);
    }
  });
  return promise;
}

function answer(head: IncomingHttpHeaders, body: Buffer): GrpcAnswer {
  const status = head['grpc-status'];
  if (status === undefined) {
    const http = textOf(head[':status']);
    throw new Error(`no answer of gRPC, but ${http === '' ? 'nothing' : `HTTP status ${http}`}`);
  }
  if (status !== '0') return { ok: false, status: Number(status), text: textOf(head['grpc-message']) };
  if (body.length < prefixBytes || body[0] !== 0 || body.readUInt32BE(1) !== body.length - prefixBytes)
    throw new Error('an answer that is no single message of gRPC');
  return { ok: true, message: body.subarray(prefixBytes) };
}

function framed(message: Buffer): Buffer {
  const prefix = Buffer.alloc(prefixBytes);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, message]);
}

/** Percent-encoded where it is not plain ASCII. */
function textOf(value: string | readonly string[] | undefined): string {
  const text = String(value ?? '');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
