import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  atLeast,
  cniVersions,
  compareVersions,
  delegateVersions,
  inheritedVersion,
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
