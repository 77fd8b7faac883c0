import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../../src/netconf/json-fault.ts';

describe('what is wrong with a text that must be JSON', () => {
  it.each([
    ['', 'the text is empty; write a CNI configuration in JSON'],
    [' \n', 'the text is empty; write a CNI configuration in JSON'],
    ['\ufeff{}', 'line 1, column 1: the text starts with a byte order mark; save it without one'],
    ['{"a":1,}', 'line 1, column 8: expected a key in double quotes, found "}"; remove the comma before it'],
    ['{"a":[1,]}', 'line 1, column 9: expected a value, found "]}"; remove the comma before it'],
    ['{"a":[1,,2]}', 'line 1, column 9: expected a value, found ",2]}"; remove the comma'],
    ['{"a": ,}', 'line 1, column 7: expected a value, found ",}"; write a value before the comma'],
    ['{"a":1 // x', 'line 1, column 8: expected "," or "}", found "// x"; remove the comment, JSON has none'],
    [
      '{# x\n}',
      'line 1, column 2: expected a key in double quotes, found "# x"; remove the comment, JSON has none',
    ],
    [
      "{'a':1}",
      'line 1, column 2: expected a key in double quotes, found "\'a\':1}"; write plain double quotes: "',
    ],
    [
      '{“a”:1}',
      'line 1, column 2: expected a key in double quotes, found "“a”:1}"; write plain double quotes: "',
    ],
    ['{"a":True}', 'line 1, column 6: expected a value, found "True}"; write true, false or null'],
    [
      '{"a":{{ .Name }}}',
      'line 1, column 7: expected a key in double quotes, found "{ .Name }}}"; replace the placeholder of the template by its value',
    ],
    [
      '{"a":${X}}',
      'line 1, column 6: expected a value, found "${X}}"; replace the placeholder of the template by its value',
    ],
    ['{"a"=1}', 'line 1, column 5: expected ":", found "=1}"; write ":" between key and value'],
    [
      '{"a":"x',
      'line 1, column 8: expected the end of the string, the text ends there; close the string with "',
    ],
    [
      '{"a":[1',
      'line 1, column 8: expected "," or "]", the text ends there; close every { and [ that is open',
    ],
    [
      '{"a":1 "b":2}',
      'line 1, column 8: expected "," or "}", found "\\"b\\":2}"; write a comma between the two',
    ],
    ['{"a":[1 2]}', 'line 1, column 9: expected "," or "]", found "2]}"; write a comma between the two'],
    [
      '{"a":01}',
      'line 1, column 7: expected "," or "}", found "1}"; write the number in decimal digits, without leading zeros',
    ],
    [
      '{"a":0x1F}',
      'line 1, column 7: expected "," or "}", found "x1F}"; write the number in decimal digits, without leading zeros',
    ],
    ['{} x', 'line 1, column 4: expected the end of the text, found "x"; remove what follows the last brace'],
    [
      'cniVersion: 1.0.0',
      'line 1, column 1: expected a value, found "cniVersion: 1.0."; write JSON and not YAML: {"cniVersion": …}',
    ],
    [
      '{a:1}',
      'line 1, column 2: expected a key in double quotes, found "a:1}"; write the key in double quotes',
    ],
    [
      '{01: 2}',
      'line 1, column 2: expected a key in double quotes, found "01: 2}"; write the key in double quotes',
    ],
    ['{"a":eth0}', 'line 1, column 6: expected a value, found "eth0}"; write texts in double quotes'],
    [
      '{"a":"C:\\p"}',
      'line 1, column 9: expected a valid escape, found "\\\\p\\"}"; write a backslash as \\\\',
    ],
    ['{"a":"x\ty"}', 'line 1, column 8: there is a tab inside of a string; write it as \\t, or leave it out'],
    [
      '{"a":"x\u0001"}',
      'line 1, column 8: there is a control character ("\\u0001") inside of a string; leave it out',
    ],
    [
      '{\n"a":"x\n"}',
      'line 2, column 7: the line ends inside of a string; end the string on its line with "',
    ],
  ])('%j: %s', (text, sentence) => {
    expect(jsonFault(text)).toBe(sentence);
  });

  it('is nothing where it is JSON', () => {
    expect(jsonFault(' {"a": [0, -1.5e3, "\\t\\u00e9", null]}\n')).toBeUndefined();
  });

  it('is its depth where there are too many braces', () => {
    expect(jsonFault('['.repeat(10_000) + ']'.repeat(10_000))).toMatch(/write it flatter$/);
  });
});
