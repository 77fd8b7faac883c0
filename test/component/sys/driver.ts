/**
 * A program of QuickJS and the plugin's C, for tests: runs the calls of Sys that its argument lists as JSON and prints
 * one line for each. Runs in QuickJS only.
 */

import { SysError } from '../../../src/executor/sys.ts';
import { argv, exit, sys, writeStderr, writeStdout } from '../../../src/plugin/sys-quickjs.ts';

/** One call. `$n` in `args` is the result of the n-th call, `$now+n` is monotonicMs() + n at the time of the call. */
interface ScriptedCall {
  readonly call: string;
  readonly args: readonly unknown[];
}

const extra: Readonly<Record<string, (...args: never[]) => unknown>> = {
  writeStdout: (text: string) => writeStdout(text),
  writeStderr: (text: string) => writeStderr(text),
  exit: (code: number) => exit(code),
  /** For comparison of engines: what JSON.parse makes of a text. */
  parse: (text: string) => typeof JSON.parse(text),
  length: (text: string) => text.length,
};

const results: unknown[] = [];

function resolved(value: unknown): unknown {
  if (typeof value === 'string' && /^\$now\+[0-9]+$/.test(value))
    return sys.monotonicMs() + Number(value.slice(5));
  if (typeof value === 'string' && /^\$[0-9]+$/.test(value)) return results[Number(value.slice(1))];
  if (Array.isArray(value)) return value.map(resolved);
  if (typeof value !== 'object' || value === null) return value;
  const repeat = (value as Record<string, unknown>)['$repeat'];
  if (Array.isArray(repeat)) return String(repeat[0]).repeat(Number(repeat[1]));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, resolved(item)]));
}

function outcome({ call, args }: ScriptedCall): unknown {
  const run = { ...extra, ...sys }[call] as ((...args: unknown[]) => unknown) | undefined;
  if (run === undefined) throw new Error(`no such call: ${call}`);
  try {
    const result = run(...args.map(resolved));
    results.push(result);
    return { result };
  } catch (error) {
    results.push(undefined);
    if (error instanceof SysError) return { errno: error.errno, call: error.call, subject: error.subject };
    return { threw: String(error) };
  }
}

for (const scripted of JSON.parse(argv()[0] ?? '[]') as ScriptedCall[]) {
  writeStdout(`${JSON.stringify(outcome(scripted))}\n`);
}
