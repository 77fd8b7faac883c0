import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineBuffer } from '../../../src/agent/serve/line-buffer.ts';
import { maxFrameBytes } from '../../../src/wire/frame.ts';

describe('the line buffer', () => {
  it('gives back the lines, however the bytes are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', ' '));
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat({ max: 400 })), (lines, cuts) => {
        const bytes = Buffer.from(lines.map((text) => `${text}\n`).join(''));
        const points = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const buffer = new LineBuffer();
        const got = points.slice(1).flatMap((end, index) => buffer.push(bytes.subarray(points[index], end)));
        expect(got).toEqual(lines);
        expect(buffer.partial).toBe(false);
      }),
    );
  });

  it('takes a frame of 4 MiB with its line feed and refuses one byte more', () => {
    const longest = new LineBuffer().push(Buffer.from(`${'x'.repeat(maxFrameBytes - 1)}\n`));
    expect(longest[0]).toHaveLength(maxFrameBytes - 1);
    expect(() => new LineBuffer().push(Buffer.from('x'.repeat(maxFrameBytes)))).toThrow('longer than');
  });

  it('refuses bytes that are not UTF-8 instead of changing them', () => {
    expect(() => new LineBuffer().push(Buffer.from([0xc3, 0x28, 0x0a]))).toThrow('UTF-8');
    const cut = new LineBuffer();
    cut.push(Buffer.from([0xc3]));
    expect(() => cut.push(Buffer.from([0x28, 0x0a]))).toThrow('UTF-8');
  });

  it('takes the replacement character where a peer really sent it', () => {
    expect(new LineBuffer().push(Buffer.from('a\ufffdb\n'))).toEqual(['a\ufffdb']);
  });

  it('knows that a line is unfinished', () => {
    const buffer = new LineBuffer();
    buffer.push(Buffer.from('a\nb'));
    expect(buffer.partial).toBe(true);
  });
});
