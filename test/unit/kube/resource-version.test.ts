import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notNewer } from '../../../src/kube/resource-version.ts';

describe('notNewer', () => {
  it('compares decimal versions of any length as the numbers that they are', () => {
    const version = fc.bigInt({ min: 1n, max: 2n ** 70n });
    fc.assert(
      fc.property(version, version, (left, right) => {
        expect(notNewer(`${left}`, `${right}`)).toBe(left <= right);
      }),
    );
  });

  it.each([
    ['a', 'b'],
    ['0', '5'],
    ['07', '8'],
    ['', '1'],
    ['-1', '1'],
  ])('takes %j and %j as not comparable, so that no event is lost', (left, right) => {
    expect(notNewer(left, right)).toBe(false);
  });

  it('takes equal versions of any form as equal', () => {
    expect(notNewer('opaque', 'opaque')).toBe(true);
  });
});
