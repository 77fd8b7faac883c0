import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesPattern } from '../../../src/netconf/name-pattern.ts';

describe('a pattern', () => {
  it.each([
    ['eth1', 'eth1', true],
    ['eth10', 'eth1', false],
    ['eth1.100', 'eth1.*', true],
    ['eth1.', 'eth1.*', true],
    ['eth1', 'eth1.*', false],
    ['', '*', true],
    ['0000:3b:00.1', '0000:3b:*.1', true],
    ['aba', 'ab*ba', false],
    ['abba', 'ab*ba', true],
    ['br-red-lan', 'br-*-*', true],
    ['Eth1', 'eth*', false],
    ['eth1\neth0', 'eth1', false],
    ['a.b', 'a?b', false],
  ])('takes %j for %j: %s', (name, pattern, expected) => {
    expect(matchesPattern(name, pattern)).toBe(expected);
  });

  it('matches as the regular expression does that it stands for', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 8 });
    const glob = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, glob, (name, pattern) => {
        const source = pattern.replaceAll('.', '\\.').replaceAll('*', '.*');
        expect(matchesPattern(name, pattern)).toBe(new RegExp(`^${source}$`).test(name));
      }),
    );
  });
});
