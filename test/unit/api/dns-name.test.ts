import { describe, expect, it } from 'vitest';
import { isLabel, isSubdomain } from '../../../src/api/dns-name.ts';

describe('the name of a namespace', () => {
  it.each(['a', '0', 'a-b', 'x'.repeat(63)])('may be %s', (text) => {
    expect(isLabel(text)).toBe(true);
  });

  it.each(['', '-a', 'a-', 'A', 'a.b', 'a_b', 'a\n', 'x'.repeat(64)])('may not be %j', (text) => {
    expect(isLabel(text)).toBe(false);
  });
});

describe('the name of an object', () => {
  const long = `${'x'.repeat(125)}.${'y'.repeat(127)}`;

  it.each(['a', 'a.b', '0.a-b', long])('may be %s', (text) => {
    expect(isSubdomain(text)).toBe(true);
  });

  it.each(['', '.', 'a.', '.a', 'a..b', 'a-.b', 'A.b', `${long}z`])('may not be %j', (text) => {
    expect(isSubdomain(text)).toBe(false);
  });
});
