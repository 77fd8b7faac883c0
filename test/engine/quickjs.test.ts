import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildQuickjsProgram } from '../../hack/build/quickjs-program.ts';
import { expectedOutcome, type Outcome, sameJson, type Vector } from './run-vector.ts';

/** The vectors in the engine, flags and C of the shipped plugin. */
const directory = join(import.meta.dirname, 'vectors');
const files = readdirSync(directory).filter((file) => file.endsWith('.json'));
let program = '';

beforeAll(async () => {
  program = await buildQuickjsProgram({ entry: 'test/engine/main.ts', name: 'weft-engine', out: 'build' });
}, 120_000);

function engine(input: string | Uint8Array, args: readonly string[] = []): unknown {
  const ran = spawnSync(program, args, { input, encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 });
  expect({ status: ran.status, signal: ran.signal, stderr: ran.stderr }).toEqual({
    status: 0,
    signal: null,
    stderr: '',
  });
  return JSON.parse(ran.stdout);
}

describe.each(files)('%s in QuickJS', (file) => {
  const vectors = JSON.parse(readFileSync(join(directory, file), 'utf8')) as Vector[];
  let outcomes: readonly Outcome[] = [];
  beforeAll(() => {
    outcomes = engine(JSON.stringify(vectors)) as Outcome[];
  });

  it('gives one outcome for each', () => {
    expect(outcomes).toHaveLength(vectors.length);
  });

  it.each(vectors.map((vector, index) => [vector.name, vector, index] as const))(
    '%s',
    (_name, vector, index) => {
      expect(outcomes[index]).toEqual(expectedOutcome(vector));
      expect(sameJson(outcomes[index], expectedOutcome(vector))).toBe(true);
    },
  );
});

describe('JSON.parse in QuickJS', () => {
  it.each([
    ['a megabyte', JSON.stringify({ text: 'é'.repeat(500_000) }), { type: 'object' }],
    ['a long array', `[${'1,'.repeat(500_000)}1]`, { type: 'array' }],
    ['nesting that is deep but allowed', '['.repeat(512) + ']'.repeat(512), { type: 'array' }],
    ['nesting one deeper', '['.repeat(513) + ']'.repeat(513), { threw: 'SyntaxError' }],
    ['a megabyte of brackets', '['.repeat(1_000_000), { threw: 'SyntaxError' }],
    ['a megabyte of objects', '{"a":'.repeat(200_000), { threw: 'SyntaxError' }],
    [
      'brackets and quotes inside strings',
      JSON.stringify(['[{'.repeat(1000), '"[\\"['.repeat(1000)]),
      { type: 'array' },
    ],
    ['brackets in turn', `[${'[],'.repeat(1000)}[]]`, { type: 'array' }],
    ['an unfinished string', `"${'['.repeat(1000)}`, { threw: 'SyntaxError' }],
    ['nothing', '', { threw: 'SyntaxError' }],
    ['a zero byte', '[1]\u0000', { threw: 'SyntaxError' }],
    ['a BOM, as in Node', '\ufeff{}', { threw: 'SyntaxError' }],
  ])('takes or refuses %s', (_name, text, outcome) => {
    expect(engine(text, ['json'])).toEqual(outcome);
    const inNode = ((): unknown => {
      try {
        const value: unknown = JSON.parse(text);
        return { type: Array.isArray(value) ? 'array' : typeof value };
      } catch (error) {
        return { threw: (error as Error).name };
      }
    })();
    // The depth is the one thing in which the engine is stricter, because it would overflow its stack.
    if (!text.startsWith('['.repeat(513))) expect(inNode).toEqual(outcome);
  });

  it.each([
    ['a byte that never occurs', [0x7b, 0xff, 0x7d]],
    ['a cut character', [0x22, 0xe4, 0xb8]],
    ['a surrogate', [0x22, 0xed, 0xa0, 0x80, 0x22]],
  ])('[CNI-490] gets no text that holds %s', (_name, bytes) => {
    expect(engine(Uint8Array.from(bytes), ['json'])).toEqual({ errno: 'EILSEQ' });
  });
});
