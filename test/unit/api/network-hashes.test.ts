import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkHashesText, parseNetworkHashes, shortHash } from '../../../src/api/network-hashes.ts';

describe('the annotation of network hashes', () => {
  it('has the first 16 digits by network', () => {
    const hashes = new Map([['ns/net-a', shortHash('0123456789abcdef'.repeat(4))]]);
    expect(networkHashesText(hashes)).toBe('{"ns/net-a":"0123456789abcdef"}');
    expect(networkHashesText(new Map())).toBe('');
  });

  it('says what was written', () => {
    const key = fc.stringMatching(/^[a-z]{1,8}\/[a-z][a-z.-]{0,8}$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(key, fc.stringMatching(/^[0-9a-f]{16}$/))), (entries) => {
        const hashes = new Map(entries);
        expect(parseNetworkHashes(networkHashesText(hashes) || undefined)).toEqual(hashes);
      }),
    );
  });

  it.each([undefined, '', '[]', 'null', '"a"', '{"a/b":5}', '{'])('says nothing as %j', (text) => {
    expect(parseNetworkHashes(text)).toEqual(new Map());
  });
});
