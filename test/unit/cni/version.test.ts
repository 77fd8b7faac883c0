import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atLeast,
  cniVersions,
  compareVersions,
  delegateVersions,
  inheritedVersion,
  parseVersion,
  requireVersion,
  resultFamily,
  runtimeVersions,
  selectVersion,
} from '../../../src/cni/version.ts';

describe('the version lists', () => {
  it.each([
    ['cniVersions', cniVersions],
    ['runtimeVersions', runtimeVersions],
    ['delegateVersions', delegateVersions],
  ])('%s ascend', (_name, list) => {
    expect([...list].toSorted(compareVersions)).toEqual(list);
  });

  it('towards the runtime hold every version', () => {
    expect(runtimeVersions).toEqual(['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']);
  });
});

describe('inheritedVersion', () => {
  it.each([
    ['0.3.1', '0.3.1'],
    ['1.0.0', '1.0.0'],
    ['1.1.0', '1.0.0'],
    ['2.0.0', '1.0.0'],
  ])('under a request of %s is %s', (own, inherited) => {
    expect(inheritedVersion(own)).toBe(inherited);
  });
});

describe('compareVersions', () => {
  it('[CNI-203] orders as numbers do, and missing parts are 0', () => {
    const version = fc.array(fc.nat({ max: 20 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(version, version, (left, right) => {
        const number = ([major = 0, minor = 0, patch = 0]: number[]) => major * 10_000 + minor * 100 + patch;
        const expected = Math.sign(number(left) - number(right));
        expect(Math.sign(compareVersions(left.join('.'), right.join('.')))).toBe(expected);
        expect(atLeast(left.join('.'), right.join('.'))).toBe(expected >= 0);
      }),
    );
  });
});

describe('selectVersion', () => {
  it('[CNI-201] is the highest supported one of all that are offered', () => {
    const offered = fc.array(fc.constantFrom(...cniVersions, '0.9.0', '2.0.0', '99'), { maxLength: 6 });
    const supported = fc.subarray([...cniVersions]);
    fc.assert(
      fc.property(
        fc.option(fc.constantFrom(...cniVersions), { nil: undefined }),
        offered,
        supported,
        (one, several, ours) => {
          const common = ours.filter((version) => several.includes(version) || version === one);
          expect(selectVersion(one, several, ours)).toBe(common.at(-1) ?? one ?? '');
        },
      ),
    );
  });
});

describe('requireVersion', () => {
  it('[CNI-035] says what was asked for and what is supported', () => {
    expect(() => requireVersion('9.9.9', runtimeVersions)).toThrow(
      /cniVersion "9\.9\.9" is not one of 0\.1\.0, 0\.2\.0, 0\.3\.0, 0\.3\.1, 0\.4\.0, 1\.0\.0/,
    );
    expect(requireVersion('', runtimeVersions)).toBe('0.1.0');
    expect(() => requireVersion('9'.repeat(30), runtimeVersions)).toThrow(
      `"${'9'.repeat(20)}" is not one of`,
    );
  });
});

describe('parseVersion', () => {
  it.each([
    ['', [0, 1, 0]],
    ['1', [1, 0, 0]],
    ['0.4', [0, 4, 0]],
    ['1.02.999999999', [1, 2, 999_999_999]],
  ])('of %j is %j', (version, numbers) => {
    expect(parseVersion(version)).toEqual(numbers);
  });

  it.each(['1.', '.1', '1..0', '1.0.0.0', 'v1.0.0', '1.0.0-rc1', '1.0.x', ' 1.0.0', '1.0.1234567890'])(
    'has none for %j, and nothing is compared with it',
    (version) => {
      expect(parseVersion(version)).toBeUndefined();
      const words = `${JSON.stringify(version)} is not a CNI version: one to three numbers with dots between them`;
      expect(() => compareVersions('1.0.0', version)).toThrow(words);
      expect(() => atLeast(version, '1.0.0')).toThrow(words);
    },
  );

  it('quotes no more of a version than fits', () => {
    expect(() => compareVersions('x'.repeat(30), '1.0.0')).toThrow(
      `"${'x'.repeat(20)}" is not a CNI version`,
    );
  });
});

describe('resultFamily', () => {
  it.each([
    ['0.1.0', 'ip4'],
    ['0.2.0', 'ip4'],
    ['0.3.0', 'ips-with-version'],
    ['0.3.1', 'ips-with-version'],
    ['0.4.0', 'ips-with-version'],
    ['1.0.0', 'ips'],
    ['1.1.0', 'ips'],
  ] as const)('of %s is %s', (version, shape) => {
    expect(resultFamily(version)).toBe(shape);
  });
});
