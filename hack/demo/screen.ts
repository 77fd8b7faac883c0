/** Where the text goes; process.stdout is one. */
export interface Sink {
  /** True: a terminal, on which the last line can be written again. */
  readonly isTTY?: boolean;
  /** Width of the terminal. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** How long nothing may appear while something is at work; also the pace of a counter on a terminal, halved. */
const quietMs = 2000;

/** Lines, and below them on a terminal one that counts while something takes its time. */
export class Screen {
  readonly #sink: Sink;
  readonly #colours: boolean;
  #lastMs: number = performance.now();
  /** A counter stands in the last line. */
  #counting = false;

  constructor(sink: Sink = process.stdout, env: Readonly<Record<string, string | undefined>> = process.env) {
    this.#sink = sink;
    this.#colours = sink.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
  }

  /** A line that stays. */
  line(text: string): void {
    this.#sink.write(`${this.#erased()}${text}\n`);
    this.#counting = false;
    this.#lastMs = performance.now();
  }

  bold(text: string): string {
    return this.#colours ? `\u001b[1m${text}\u001b[0m` : text;
  }

  green(text: string): string {
    return this.#colours ? `\u001b[32m${text}\u001b[0m` : text;
  }

  red(text: string): string {
    return this.#colours ? `\u001b[31m${text}\u001b[0m` : text;
  }

  /**
   * Does the work, and at least every two seconds in which nothing else is printed says that it is still at it: in
   * place on a terminal, as lines elsewhere. `note` is added to each.
   */
  async during<T>(what: string, work: () => Promise<T>, note: () => string = () => ''): Promise<T> {
    const start = performance.now();
    const timer = setInterval(() => {
      const now = performance.now();
      if (now - this.#lastMs < (this.#counting ? quietMs / 2 : quietMs - 250)) return;
      const added = note();
      this.#count(`  … ${what}: ${Math.round((now - start) / 1000)} s${added === '' ? '' : `, ${added}`}`);
    }, 250);
    try {
      return await work();
    } finally {
      clearInterval(timer);
      this.#sink.write(this.#erased());
      this.#counting = false;
    }
  }

  #count(text: string): void {
    if (this.#sink.isTTY !== true) {
      this.line(text);
      return;
    }
    // A line that is wrapped cannot be erased. Some terminals say that they are 0 wide.
    this.#sink.write(`${this.#erased()}${text.slice(0, (this.#sink.columns || 80) - 1)}`);
    this.#counting = true;
    this.#lastMs = performance.now();
  }

  #erased(): string {
    return this.#counting ? '\r\u001b[K' : '';
  }
}
