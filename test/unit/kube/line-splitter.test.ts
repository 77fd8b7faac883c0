import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSplitter } from '../../../src/kube/line-splitter.ts';

/** Cuts the bytes at the given places. */
function cut(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  const edges = [0, ...sorted, bytes.length];
  return edges.slice(1).map((end, index) => bytes.subarray(edges[index], end));
}

describe('LineSplitter', () => {
  it('gives the same lines wherever the chunks are cut, also inside a character', () => {
    const line = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 30 })
      .map((text) => JSON.stringify(text));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, places) => {
        const bytes = new TextEncoder().encode(lines.map((text) => `${text}\n`).join(''));
        const splitter = new LineSplitter();
        const got = cut(bytes, places).flatMap((chunk) => splitter.push(chunk));
        expect(got).toEqual(lines);
        expect(splitter.partial).toBe(false);
      }),
    );
  });

  it('knows when the stream stops inside a line, and gives nothing of it', () => {
    const splitter = new LineSplitter();
    expect(splitter.push(Buffer.from('{"a":1}\n{"b"'))).toEqual(['{"a":1}']);
    expect(splitter.partial).toBe(true);
  });

  it('leaves out empty lines and the carriage returns of proxies', () => {
    expect(new LineSplitter().push(Buffer.from('\r\n{}\r\n\n'))).toEqual(['{}']);
  });

  it('does not gather an endless line', () => {
    const splitter = new LineSplitter(10);
    splitter.push(Buffer.from('0123456789'));
    expect(() => splitter.push(Buffer.from('0'))).toThrow('longer than 10 bytes');
  });
});
