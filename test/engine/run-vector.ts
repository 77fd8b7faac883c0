import { asWeftError } from '../../src/errors/weft-error.ts';
import { cniFunctions } from './cni-functions.ts';

/**
 * One case that must come out the same in Node and in QuickJS. Portable: no Node import here or below.
 *
 * Anywhere in `args` and `result`, `{"$repeat": ["text", times]}` stands for a long string and
 * `{"$join": [part, …]}` for its parts put together, so that megabytes need no megabytes of vectors.
 */
export interface Vector {
  readonly name: string;
  /** A key of the function tables. */
  readonly function: string;
  readonly args: readonly unknown[];
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

/** What came out: a value as JSON has it (undefined is null), or the CNI code of a WeftError. */
export type Outcome = { readonly result: unknown } | { readonly error: { readonly code: number } };

/** A function that vectors may name: takes JSON values, gives something that JSON.stringify takes. */
export type VectorFunction = (args: readonly unknown[]) => unknown;

const functions: ReadonlyMap<string, VectorFunction> = new Map(Object.entries(cniFunctions));

/** Runs the function that the vector names. Throws only if there is no such function. */
export function runVector(vector: Vector): Outcome {
  const run = functions.get(vector.function);
  if (run === undefined) throw new Error(`vector ${vector.name}: no function ${vector.function}`);
  const args = vector.args.map(expand);
  try {
    return { result: JSON.parse(JSON.stringify(run(args) ?? null)) };
  } catch (error) {
    return { error: { code: asWeftError(error).code } };
  }
}

/** What should come out. */
export function expectedOutcome(vector: Vector): Outcome {
  return vector.error === undefined ? { result: expand(vector.result ?? null) } : { error: vector.error };
}

/** True if the two are the same JSON; the order of keys does not count. For engines that have no test library. */
export function sameJson(left: unknown, right: unknown): boolean {
  if (!isObject(left) || !isObject(right)) return Object.is(left, right);
  const keys = Object.keys(left);
  if (Array.isArray(left) !== Array.isArray(right) || keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && sameJson(left[key], right[key]));
}

function expand(value: unknown): unknown {
  if (!isObject(value)) return value;
  if (Array.isArray(value)) return value.map(expand);
  const repeat = value['$repeat'];
  if (Array.isArray(repeat)) return String(repeat[0]).repeat(Number(repeat[1]));
  const join = value['$join'];
  if (Array.isArray(join)) return join.map(expand).join('');
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, expand(item)]));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
