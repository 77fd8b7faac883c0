import { Buffer } from 'node:buffer';
import { createReadStream, openSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';

/**
 * What a machine can be asked to do, by name. Argument and answer travel as JSON; keep the argument below 4 kB, because
 * a serial port has no flow control.
 */
export type Cases = Readonly<Record<string, (argument: never) => Promise<unknown>>>;

/** Runner to machine, one JSON line each. */
export interface Question {
  readonly id: number;
  readonly name: string;
  readonly argument: unknown;
}

/** Machine to runner, one JSON line each: up and listening; said by a case while it runs; a case's end. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'said'; readonly value: unknown }
  | { readonly kind: 'answer'; readonly id: number; readonly value?: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: string };

/** The machine's second serial port; the first one is its console. */
const device = '/dev/ttyS1';
let port: number | undefined;

/** In the machine: answers questions from the runner, several at once, until the machine ends. */
export async function serveCases(cases: Cases): Promise<void> {
  const lines = createInterface({ input: createReadStream(device) });
  lines.on('line', (line) => {
    void answer(cases, JSON.parse(line) as Question).then(report);
  });
  report({ kind: 'ready' });
  await new Promise((resolve) => lines.once('close', resolve));
}

/** In the machine: tells the runner something before the case ends. It has left the machine when this returns. */
export function say(value: unknown): void {
  report({ kind: 'said', value });
}

async function answer(cases: Cases, { id, name, argument }: Question): Promise<Report> {
  try {
    const found = cases[name];
    if (found === undefined) throw new Error(`there is no case ${name}`);
    return { kind: 'answer', id, value: await found(argument as never) };
  } catch (error) {
    return {
      kind: 'failure',
      id,
      error: error instanceof Error ? (error.stack ?? String(error)) : String(error),
    };
  }
}

function report(message: Report): void {
  port ??= openSync(device, 'w');
  const bytes = Buffer.from(`${JSON.stringify(message)}\n`);
  for (let sent = 0; sent < bytes.length; ) sent += writeSync(port, bytes, sent);
}
