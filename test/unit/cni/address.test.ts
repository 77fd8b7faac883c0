import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { family, isDefaultDst, parseAddress, parseCidr, sameAddress } from '../../../src/cni/address.ts';

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

describe('parseAddress of what Go refuses', () => {
  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '1.2..4',
    '1.2.3.',
    '.1.2.3',
    '1.2.3.256',
    '1.2.3.0004',
    '01.2.3.4',
    '1.2.3.00',
    '1.2.3.-4',
    '1.2.3.4a',
    '1.2.3./',
    '1.2.3.:',
    ' 1.2.3.4',
    'fd00::1%eth0',
    '1::2::3',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1:2:3:4:5:6:7::8',
    '12345::',
    'g::',
    '1.2.3.4::',
    '1:1.2.3.4::',
    '::1.2.3.4:5',
    '1.2.3.4:1:2:3:4:5:6',
    '::256.1.1.1',
  ])('has no bytes for %j', (text) => {
    expect(parseAddress(text)).toBeUndefined();
    expect(family(text)).toBeUndefined();
    expect(sameAddress(text, text)).toBe(false);
    expect(sameAddress(text, '0.0.0.0')).toBe(false);
    expect(sameAddress('::', text)).toBe(false);
  });

  it.each([
    ['0.10.200.255', 4, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 10, 200, 255]],
    ['1:2:3:4:5:6:7.8.9.10', 6, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 7, 8, 9, 10]],
    ['fd00::AbC:1', 6, [0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x0a, 0xbc, 0, 1]],
    ['1:2:3:4:5:6:7::', 6, [0, 1, 0, 2, 0, 3, 0, 4, 0, 5, 0, 6, 0, 7, 0, 0]],
    ['::', 6, new Array<number>(16).fill(0)],
  ] as const)('reads %s', (text, written, bytes) => {
    expect(parseAddress(text)).toEqual({ written, bytes });
  });
});

describe('family', () => {
  it.each([
    ['10.0.0.1', 4],
    ['10.0.0.1/8', 4],
    ['::ffff:10.0.0.1/104', 4],
    ['fd00::1/64', 6],
    ['::fffe:10.0.0.1', 6],
    ['::feff:10.0.0.1', 6],
    ['::1:ffff:10.0.0.1', 6],
    ['100::ffff:10.0.0.1', 6],
  ] as const)('of %s is %i', (text, wanted) => {
    expect(family(text)).toBe(wanted);
  });
});

describe('isDefaultDst', () => {
  it.each(['0.0.0.0/0', '::/0', '10.0.0.1/0', 'fd00::1/00'])('is true for %s', (dst) => {
    expect(isDefaultDst(dst)).toBe(true);
  });

  it.each(['0.0.0.0/1', '::/128', '0.0.0.0', '::', '', 'default'])('is false for %j', (dst) => {
    expect(isDefaultDst(dst)).toBe(false);
  });
});

describe('parseCidr', () => {
  it.each(['10.0.0.1', '10.0.0.1/', '10.0.0.1/8a', '10.0.0.1/a8', '10.0.0.1/-1', '10.0.0.1/8/8', '/8'])(
    'has nothing for %j',
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );

  it('is something else than an address', () => {
    expect(parseCidr('1.2.3.4/8')).toEqual({ address: parseAddress('1.2.3.4'), prefix: 8 });
    expect(parseAddress('1.2.3.4/8')).toBeUndefined();
  });

  it('lets leading zeros in the prefix pass, as Go does', () => {
    expect(parseCidr('10.0.0.1/0008')?.prefix).toBe(8);
  });

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
