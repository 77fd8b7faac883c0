import { describe, expect, it } from 'vitest';
import { type SchemaValidator, shown, violation } from '../../../src/api/schema-validator.ts';

type Fault = NonNullable<SchemaValidator['errors']>[number];

/** What is said of a value of which a validator finds this fault. */
function said(fault: Fault | undefined, value: unknown = {}, prefix?: string): string | undefined {
  const validator: SchemaValidator = () => false;
  if (fault !== undefined) validator.errors = [fault];
  return violation(validator, value, prefix);
}

const at = (instancePath: string, keyword = 'pattern', params: Fault['params'] = {}): Fault => ({
  instancePath,
  keyword,
  params,
});

describe('the fault of a value', () => {
  it('is nothing where the validator takes it', () => {
    expect(violation(() => true, 'anything')).toBeUndefined();
  });

  it.each<[Fault, unknown, string]>([
    [at('', 'required', { missingProperty: 'name' }), {}, 'name is missing'],
    [at('/a', 'additionalProperties', { additionalProperty: 'b' }), { a: {} }, 'a.b is not a known key'],
    [at('/a', 'type', { type: 'integer' }), { a: 'x' }, 'a must be an integer, not "x"'],
    [at('/a', 'type', { type: 'boolean' }), { a: null }, 'a must be a boolean, not null'],
    [at('', 'type', { type: 'object' }), 7, 'the document must be an object, not 7'],
    [at('/a', 'const', { allowedValue: 'v1' }), { a: 'v2' }, 'a must be "v1", not "v2"'],
    [at('/a', 'minItems'), { a: [] }, 'a must not be empty'],
    [at('/a', 'maxItems', { limit: 3 }), { a: [] }, 'a must have at most 3 elements'],
    [at('/a', 'minimum', { comparison: '>=', limit: 1 }), { a: 0 }, 'a must be >= 1, not 0'],
    [at('/a', 'maximum', { comparison: '<=', limit: 1 }), { a: 2 }, 'a must be <= 1, not 2'],
    [at('/a', 'exclusiveMinimum', { comparison: '>', limit: 0 }), { a: 0 }, 'a must be > 0, not 0'],
    [at('/a', 'exclusiveMaximum', { comparison: '<', limit: 9 }), { a: 9 }, 'a must be < 9, not 9'],
    [at('/a', 'pattern'), { a: 'X' }, 'a is not well-formed: "X"'],
    [at('/a', 'format'), { a: 'X' }, 'a cannot be "X"'],
    [at('/a/b'), { a: 5 }, 'a.b is not well-formed: nothing'],
    [at('/a/b'), { a: null }, 'a.b is not well-formed: nothing'],
    [at('/a'), null, 'a is not well-formed: nothing'],
  ])('of %j in %j is that %s', (fault, value, sentence) => {
    expect(said(fault, value)).toBe(sentence);
  });

  it.each([
    ['/a/0/b', 'a[0].b'],
    ['/a/10', 'a[10]'],
    ['/2x', '["2x"]'],
    ['/x2', 'x2'],
    ['/default-route', 'default-route'],
    ['/a/weft.dev~1x', 'a["weft.dev/x"]'],
    ['/a/~0~01', 'a["~~1"]'],
    ['/', '[""]'],
  ])('at %s is called %s', (pointer, name) => {
    expect(said(at(pointer))).toBe(`${name} is not well-formed: nothing`);
  });

  it('has a name in front where it is part of something', () => {
    expect(said(at('/mac'), { mac: 'x' }, '[1]')).toBe('[1].mac is not well-formed: "x"');
    expect(said(at(''), 'x', '[1]')).toBe('[1] is not well-formed: "x"');
  });

  it('is that it cannot be used where the validator says no more', () => {
    expect(said(undefined)).toBe('the document cannot be used');
    expect(said(undefined, {}, '[1]')).toBe('[1] cannot be used');
  });
});

describe('a value in a message', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [[1], 'an array'],
    [{ a: 1 }, 'an object'],
    ['a "b"', '"a \\"b\\""'],
    ['x'.repeat(58), `"${'x'.repeat(58)}"`],
    ['x'.repeat(59), `"${'x'.repeat(58)}…`],
  ])('%j is %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });
});
