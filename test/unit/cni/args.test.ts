import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { annotationsKey, parseArgs } from '../../../src/cni/args.ts';

const word = fc.stringMatching(/^[A-Za-z0-9_./: -]{1,8}$/);
const pair = fc
  .tuple(word, fc.stringMatching(/^[A-Za-z0-9=_./ -]{0,8}$/))
  .filter(([key]) => key !== annotationsKey);
const annotations = fc.dictionary(
  fc.string(),
  fc.oneof(fc.string(), fc.constantFrom(';', '=', '};', '";K8S_ANNOT={', '\\')),
);

describe('parseArgs', () => {
  it('reads back what was joined, the last of repeated keys', () => {
    fc.assert(
      fc.property(fc.array(pair), (pairs) => {
        const text = pairs.map(([key, value]) => `${key}=${value}`).join(';');
        expect(parseArgs(text)).toEqual(new Map(pairs));
      }),
    );
  });

  it('carries annotations with any text in them, wherever K8S_ANNOT stands', () => {
    fc.assert(
      fc.property(
        annotations,
        fc.array(pair),
        fc.array(pair),
        fc.boolean(),
        (map, before, after, indented) => {
          const json = JSON.stringify(map, null, indented ? 2 : 0);
          const text = [...before, [annotationsKey, json] as const, ...after]
            .map((entry) => entry.join('='))
            .join(';');
          const args = parseArgs(text);
          expect(args.get(annotationsKey)).toBe(json);
          expect(args).toEqual(new Map([...before, [annotationsKey, json], ...after]));
        },
      ),
    );
  });

  it('quotes the piece that is no pair, and not more of the text', () => {
    expect(() => parseArgs(`A=1;${'b'.repeat(200)};C=secret`)).toThrow(
      /CNI_ARGS has "b{40}" where KEY=value must stand/,
    );
    expect(() => parseArgs('A=1;B;C=secret')).toThrow(/^(?!.*secret)/);
  });
});
