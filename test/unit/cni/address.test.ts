import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { family, parseAddress, parseCidr, sameAddress } from '../../../src/cni/address.ts';

/** Addresses, and texts that look like addresses. */
const almostAddress = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.stringMatching(/^[0-9]{1,3}(\.[0-9]{1,3}){2,4}$/),
  fc.stringMatching(/^([0-9a-fA-F]{0,5}:){1,9}([0-9a-f]{0,4}|1\.2\.3\.4)$/),
);

describe('parseAddress', () => {
  it('[CNI-492] takes exactly what the platform takes', () => {
    fc.assert(
      fc.property(almostAddress, (text) => {
        expect(parseAddress(text)?.written ?? 0).toBe(isIP(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('reads IPv6 as the URL standard writes it', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = new URL(`http://[${text}]`).hostname.slice(1, -1);
        expect(sameAddress(text, canonical)).toBe(true);
      }),
    );
  });

  it('tells different addresses apart', () => {
    const bytes = fc.array(fc.nat({ max: 255 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(bytes, bytes, (left, right) => {
        expect(sameAddress(left.join('.'), right.join('.'))).toBe(left.join() === right.join());
        expect(sameAddress(left.join('.'), `::ffff:${left.join('.')}`)).toBe(true);
        expect(family(`::ffff:${left.join('.')}`)).toBe(4);
      }),
    );
  });
});

describe('parseCidr', () => {
  it('[CNI-492] takes a prefix up to the length of the address', () => {
    fc.assert(
      fc.property(almostAddress, fc.integer({ min: 0, max: 140 }), (text, prefix) => {
        const length = isIP(text) === 4 ? 32 : 128;
        const taken = isIP(text) !== 0 && prefix <= length;
        expect(parseCidr(`${text}/${prefix}`)?.prefix).toBe(taken ? prefix : undefined);
      }),
    );
  });
});
