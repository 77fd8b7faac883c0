import { isUtf8 } from 'node:buffer';
import { WeftError } from '../../errors/weft-error.ts';
import { maxFrameBytes } from '../../wire/frame.ts';

const lineFeed = 0x0a;
const firstCapacity = 4096;

/**
 * Puts lines together from chunks cut anywhere, also inside a character. One growing buffer, because a peer that sends
 * byte by byte would otherwise cost an object a byte.
 */
export class LineBuffer {
  #bytes: Buffer = Buffer.alloc(0);
  #used = 0;

  /** The lines that `chunk` completes, without their line feeds. Throws AgentProtocol; the connection is then lost. */
  push(chunk: Buffer): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      lines.push(this.#line(chunk.subarray(start, end)));
      start = end + 1;
    }
    if (start < chunk.length) this.#append(chunk.subarray(start));
    return lines;
  }

  /** True if bytes of an unfinished line are waiting. */
  get partial(): boolean {
    return this.#used > 0;
  }

  /** The line that ends with `part`. Nearly always it is all of it, and nothing is copied. */
  #line(part: Buffer): string {
    checkLength(this.#used + part.length);
    if (this.#used === 0) return decoded(part);
    this.#append(part);
    const line = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    return decoded(line);
  }

  #append(part: Buffer): void {
    const wanted = this.#used + part.length;
    checkLength(wanted);
    if (wanted > this.#bytes.length) this.#grow(wanted);
    part.copy(this.#bytes, this.#used);
    this.#used = wanted;
  }

  #grow(wanted: number): void {
    const bigger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2, firstCapacity));
    this.#bytes.copy(bigger, 0, 0, this.#used);
    this.#bytes = bigger;
  }
}

/** The line feed belongs to the frame, so a line of the full length is too long already. */
function checkLength(bytes: number): void {
  if (bytes >= maxFrameBytes) throw unusable(`a frame is longer than ${maxFrameBytes} bytes`);
}

/** Decoding puts U+FFFD in the place of broken bytes and would so change a configuration silently. */
function decoded(line: Buffer): string {
  const text = line.toString('utf8');
  if (text.includes('\ufffd') && !isUtf8(line)) throw unusable('a frame is not valid UTF-8');
  return text;
}

function unusable(cause: string): WeftError {
  return new WeftError('AgentProtocol', { step: 'read a frame', cause });
}
