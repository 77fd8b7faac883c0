/** The world outside of a command, passed in so that tests own it. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** To standard output: what the user asked for, and nothing else. */
  out(text: string): void;
  /** To standard error: everything about it. */
  err(text: string): void;
  /** All of standard input. */
  stdin(): Promise<string>;
}

export const processTerminal: Terminal = {
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: async () => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Uint8Array);
    return Buffer.concat(chunks).toString('utf8');
  },
};
