/**
 * The engine's side of quickjs.test.ts: reads a JSON array of vectors from standard input, prints an array of what they
 * came to. With the argument `json`, standard input is any text, and what the engine's JSON.parse says of it is printed.
 * Runs in QuickJS only.
 */

import { SysError } from '../../src/executor/sys.ts';
import { argv, exit, sys, writeStdout } from '../../src/plugin/sys-quickjs.ts';
import { runVector, type Vector } from './run-vector.ts';

const inputBytes = 64 * 1024 * 1024;

function outcomeOfText(): unknown {
  try {
    const value: unknown = JSON.parse(sys.readStdin(inputBytes, sys.monotonicMs() + 10_000));
    return { type: Array.isArray(value) ? 'array' : typeof value };
  } catch (error) {
    if (error instanceof SysError) return { errno: error.errno };
    return { threw: error instanceof Error ? error.name : typeof error };
  }
}

function outcomesOfVectors(): unknown {
  const vectors = JSON.parse(sys.readStdin(inputBytes, sys.monotonicMs() + 10_000)) as Vector[];
  return vectors.map((vector) => runVector(vector));
}

writeStdout(`${JSON.stringify(argv()[0] === 'json' ? outcomeOfText() : outcomesOfVectors())}\n`);
exit(0);
