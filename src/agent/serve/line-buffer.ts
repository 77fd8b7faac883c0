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
    let rest = chunk;
    for (let end = rest.indexOf(lineFeed); end !== -1; end = rest.indexOf(lineFeed)) {
      this.#append(rest.subarray(0, end));
      lines.push(this.#takeLine());
      rest = rest.subarray(end + 1);
    }
    this.#append(rest);
    return lines;
  }

  /** True if bytes of an unfinished line are waiting. */
  get partial(): boolean {
    return this.#used > 0;
  }

  #append(part: Buffer): void {
    const wanted = this.#used + part.length;
    // The line feed belongs to the frame, so a line of the full length is too long already.
    if (wanted >= maxFrameBytes) throw unusable(`a frame is longer than ${maxFrameBytes} bytes`);
    if (wanted > this.#bytes.length) this.#grow(wanted);
    part.copy(this.#bytes, this.#used);
    this.#used = wanted;
  }

  #grow(wanted: number): void {
    const bigger = Buffer.allocUnsafe(Math.max(wanted, this.#bytes.length * 2, firstCapacity));
    this.#bytes.copy(bigger, 0, 0, this.#used);
    this.#bytes = bigger;
  }

  #takeLine(): string {
    const line = this.#bytes.subarray(0, this.#used);
    this.#used = 0;
    // Decoding would put U+FFFD in the place of broken bytes and so change a configuration silently.
    if (!isUtf8(line)) throw unusable('a frame is not valid UTF-8');
    return line.toString('utf8');
  }
}

function unusable(cause: string): WeftError {
  return new WeftError('AgentProtocol', { step: 'read a frame', cause });
}
