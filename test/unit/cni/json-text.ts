import fc from 'fast-check';

/** JSON text of a value with white space between all tokens, escapes in strings and numbers as people write them. */
export const spacedJson: fc.Arbitrary<string> = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    scalarText(),
    fc
      .tuple(space(), fc.array(fc.tuple(space(), tie('value'), space()), { maxLength: 4 }))
      .map(
        ([inner, items]) => `[${items.length === 0 ? inner : items.map((item) => item.join('')).join(',')}]`,
      ),
    tie('object'),
  ),
  object: objectOf(keyText(), tie('value')),
})).value;

/** JSON text of an object; keys may repeat and be spelled with escapes. */
export const spacedObject: fc.Arbitrary<string> = fc
  .tuple(space(), objectOf(keyText(), spacedJson), space())
  .map((parts) => parts.join(''));

function objectOf(key: fc.Arbitrary<string>, value: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const member = fc
    .tuple(space(), key, space(), space(), value, space())
    .map(([a, name, b, c, text, d]) => `${a}${name}${b}:${c}${text}${d}`);
  return fc
    .tuple(space(), fc.array(member, { maxLength: 5 }))
    .map(([inner, items]) => `{${items.length === 0 ? inner : items.join(',')}}`);
}

function space(): fc.Arbitrary<string> {
  return fc.constantFrom('', '', '', ' ', '\n', '\t\r ');
}

function keyText(): fc.Arbitrary<string> {
  return fc.oneof(
    fc.constantFrom('"a"', '"\\u0061"', '"b"', '"name"', '"na\\u006de"', '"__proto__"', '""'),
    stringText(),
  );
}

function stringText(): fc.Arbitrary<string> {
  const piece = fc.oneof(
    fc.constantFrom(
      '\\"',
      '\\\\',
      '\\/',
      '\\n',
      '\\u00e9',
      '\\ud800',
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '5. ',
      '-01',
      'é',
      '😀',
    ),
    fc.string({ maxLength: 3 }).map((text) => JSON.stringify(text).slice(1, -1)),
  );
  return fc.array(piece, { maxLength: 5 }).map((parts) => `"${parts.join('')}"`);
}

function scalarText(): fc.Arbitrary<string> {
  const number = fc.constantFrom(
    '0',
    '-0',
    '1.0',
    '-1.50e+3',
    '9007199254740993',
    '18446744073709551615',
    '1E400',
  );
  return fc.oneof(number, fc.constantFrom('true', 'false', 'null'), stringText());
}
