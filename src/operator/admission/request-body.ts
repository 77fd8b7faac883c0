import type { IncomingMessage } from 'node:http';
import { BadReviewError } from './admission-review.ts';

/** Two objects of the largest size that etcd takes, escaped, and room beside them. */
export const maxBodyBytes: number = 8 * 1024 * 1024;

/** A body of more than `maxBodyBytes`. */
export class TooLargeError extends Error {
  override readonly name: string = 'TooLargeError';
}

/** The body as UTF-8 text. Throws TooLargeError, and BadReviewError where it breaks off or is not UTF-8. */
export async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    // Without the option the end of the loop would end the connection, and with it the answer.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Uint8Array>) {
      size += chunk.byteLength;
      if (size > maxBodyBytes) break;
      chunks.push(chunk);
    }
  } catch {
    throw new BadReviewError('the body broke off');
  }
  if (size > maxBodyBytes) throw new TooLargeError(`the body is larger than ${maxBodyBytes} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks));
  } catch {
    throw new BadReviewError('the body is not UTF-8');
  }
}
