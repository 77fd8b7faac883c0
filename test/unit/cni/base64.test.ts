import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64FromText, textFromBase64 } from '../../../src/cni/base64.ts';

describe('base64', () => {
  it('of any text is what everybody else makes of it, and gives the text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const encoded = base64FromText(text);
        expect(encoded).toBe(Buffer.from(text, 'utf8').toString('base64'));
        expect(textFromBase64(encoded)).toBe(text);
      }),
    );
  });

  it.each(['', 'a', 'ab', 'abc', 'ä', '€', '\u{1f6f0}'])('of %j is padded to groups of four', (text) => {
    expect(base64FromText(text)).toBe(Buffer.from(text, 'utf8').toString('base64'));
  });

  it('is refused for a surrogate that stands alone, which has no bytes', () => {
    expect(() => base64FromText('\ud800')).toThrow(URIError);
  });

  it.each(['a', 'ab', 'abc', '!!!!', '/w==', 'Y=QQ', 'YQ==YQ==', '===='])(
    '%j is no base64 of a text',
    (encoded) => {
      expect(textFromBase64(encoded)).toBeUndefined();
    },
  );
});
