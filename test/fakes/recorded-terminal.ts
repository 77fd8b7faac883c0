import type { Terminal } from '../../src/cli/terminal.ts';

/** A terminal that keeps what is written to it. */
export class RecordedTerminal implements Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly #input: string;
  stdout = '';
  stderr = '';

  constructor(input = '', env: Readonly<Record<string, string | undefined>> = {}) {
    this.#input = input;
    this.env = env;
  }

  out(text: string): void {
    this.stdout += text;
  }

  err(text: string): void {
    this.stderr += text;
  }

  stdin(): Promise<string> {
    return Promise.resolve(this.#input);
  }
}
