import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectedOutcome, runVector, sameJson, type Vector } from './run-vector.ts';

/** The vectors in Node; the same files run in the built binary. */
const directory = join(import.meta.dirname, 'vectors');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));

describe.each(files)('%s in Node', (file) => {
  const vectors = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Vector[];

  it('has vectors, each with its own name and one expectation', () => {
    expect(vectors.length).toBeGreaterThan(0);
    expect(new Set(vectors.map(({ name }) => name)).size).toBe(vectors.length);
    for (const vector of vectors) expect('result' in vector, vector.name).not.toBe('error' in vector);
  });

  it.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_name, vector) => {
    const outcome = runVector(vector);
    // The portable comparison is what the other engine has; both must agree before it is trusted there.
    expect(outcome).toEqual(expectedOutcome(vector));
    expect(sameJson(outcome, expectedOutcome(vector))).toBe(true);
  });
});

describe('the comparison of outcomes', () => {
  it.each([
    [{ a: 1 }, { a: 1, b: null }],
    [
      { a: 1, b: 2 },
      { a: 1, c: 2 },
    ],
    [[1], { 0: 1 }],
    [
      [1, 2],
      [2, 1],
    ],
    ['1', 1],
    [null, {}],
    [{ error: { code: 6 } }, { error: { code: 7 } }],
  ])('tells %j from %j', (left, right) => {
    expect(sameJson(left, right)).toBe(false);
    expect(sameJson(right, left)).toBe(false);
  });

  it('ignores the order of keys', () => {
    expect(sameJson({ a: [1, { b: 2, c: 3 }], d: null }, { d: null, a: [1, { c: 3, b: 2 }] })).toBe(true);
  });
});
