const lineFeed = 0x0a;

/** An object has at most 1.5 MiB in etcd; a line with 16 MiB is not one. */
const maxLineBytes = 16 * 1024 * 1024;

/** Puts the lines of a watch together from chunks cut anywhere, also inside a character. */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #bytes = 0;
  readonly #limit: number;

  constructor(limit: number = maxLineBytes) {
    this.#limit = limit;
  }

  /** The lines that `chunk` completes, without line feeds and without empty ones. Throws an Error for an endless line. */
  push(chunk: Uint8Array): readonly string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      const line = this.#line(chunk.subarray(start, end));
      if (line !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
    return lines;
  }

  /** True if bytes of an unfinished line are waiting: the stream broke off in mid-line. */
  get partial(): boolean {
    return this.#bytes > 0;
  }

  #line(part: Uint8Array): string {
    if (this.#bytes === 0) return text(part);
    this.#keep(part);
    const line = text(Buffer.concat(this.#parts, this.#bytes));
    this.#parts = [];
    this.#bytes = 0;
    return line;
  }

  #keep(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#limit) throw new Error(`a line is longer than ${this.#limit} bytes`);
    if (part.length > 0) this.#parts.push(part);
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8').trim();
}
