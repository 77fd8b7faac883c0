import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hasEscapedKey, parseKeyByKey } from '../../../src/cni/escaped-keys.ts';
import { kindOf, parseJson, parseObject } from '../../../src/cni/json.ts';
import { nestedDeeperThan, skipValue } from '../../../src/cni/json-scan.ts';
import { findSyntaxFault, needsStrictLook } from '../../../src/cni/json-syntax.ts';
import type { WeftError } from '../../../src/errors/weft-error.ts';
import { caught } from './caught.ts';
import { spacedJson } from './json-text.ts';

/** JSON with some of its characters replaced, doubled or taken away. */
const almostJson = fc
  .tuple(
    spacedJson,
    fc.array(
      fc.tuple(
        fc.nat(),
        fc.constantFrom('', '"', '\\', '{', ']', ',', ':', '.', '0', '-', 'e', 'x', '\n', '\u2028', "'"),
      ),
      { maxLength: 3 },
    ),
  )
  .map(([text, edits]) =>
    edits.reduce((current, [at, char]) => {
      const index = at % (current.length + 1);
      return current.slice(0, index) + char + current.slice(at % 2 === 0 ? index : index + 1);
    }, text),
  );

function accepts(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}

function failure(text: string): WeftError {
  return caught(() => parseObject(text, 'the configuration of network default/a'));
}

describe('parseJson', () => {
  it('takes what JSON.parse takes, with the same value', () => {
    fc.assert(
      fc.property(spacedJson, (text) => {
        expect(parseJson(text, 'it')).toEqual(parseKeyByKey(text));
        expect(findSyntaxFault(text)).toBeUndefined();
      }),
    );
  });

  it('finds a fault exactly where JSON.parse refuses, whatever was broken', () => {
    fc.assert(
      fc.property(almostJson, (text) => {
        const valid = accepts(() => JSON.parse(text));
        expect(findSyntaxFault(text) === undefined).toBe(valid);
        expect(accepts(() => parseJson(text, 'it'))).toBe(valid);
      }),
    );
  });

  it('names the text, the place and what it found', () => {
    const error = failure('{"a": 1,\n "b": }');
    expect(error.reason).toBe('InvalidJson');
    expect(error.code).toBe(6);
    expect(error.message).toContain(
      'the configuration of network default/a is not JSON: expected a value at character 16',
    );
  });

  it.each([
    ['', 'the text is empty'],
    ['\ufeff{}', 'byte order mark'],
    ['{"a":1', 'ends where "," or "}" should stand'],
    ['{"a":"b', 'ends where the end of the string should stand'],
    ['{"a" 1}', 'expected ":"'],
    ['{a:1}', 'expected a key in double quotes'],
    ['{"a":"\\x"}', 'expected a valid escape'],
    ['{"a":"\n"}', 'expected no control character'],
    ['"\\', 'expected a valid escape at character 2'],
    ['{} x', 'expected the end of the text at character 4, found "x"'],
    ['null', 'must be a JSON object, not null'],
    ['[1]', 'must be a JSON object, not an array'],
    ['5', 'must be a JSON object, not a number'],
  ])('says of %j: %s', (text, words) => {
    expect(failure(text).message).toContain(words);
  });

  it('quotes so much of what it found that it fits, escapes and all', () => {
    expect(failure(`{"a":${'x'.repeat(30)}`).message).toContain(`at character 6, found "${'x'.repeat(20)}";`);
    expect(failure('\u0001'.repeat(30)).message).toContain(`found "${'\\u0001'.repeat(6)}\\u0;`);
  });

  it('says how deep is too deep', () => {
    const cause = 'the configuration of network default/a is nested more than 512 deep';
    expect(failure('[{"a":'.repeat(257)).message).toContain(cause);
    expect(failure(`${'['.repeat(512)}${']'.repeat(512)}`).message).toContain('must be a JSON object');
  });

  it('quotes at most 40 characters of a text', () => {
    const secret = 'x'.repeat(1000);
    const quoted = /x+/.exec(failure(`{"a":${secret}`).message.split('found')[1] ?? '')?.[0] ?? '';
    expect(quoted.length).toBeGreaterThan(0);
    expect(quoted.length).toBeLessThanOrEqual(40);
    expect(failure('\u0001'.repeat(1000)).message.length).toBeLessThan(300);
  });
});

describe('parseJson in another engine', () => {
  /** As if the engine's own parser did this. */
  function inEngine<Value>(parse: typeof JSON.parse, run: () => Value): Value {
    const own = JSON.parse;
    JSON.parse = parse;
    try {
      return run();
    } finally {
      JSON.parse = own;
    }
  }

  it.each(['5.', '[9. ]', '-01', '[-09]', '"\\x41"'])('refuses %s, which that takes for JSON', (text) => {
    const { reason, message } = caught(() =>
      inEngine(
        () => 5,
        () => parseJson(text, 'it'),
      ),
    );
    expect(reason).toBe('InvalidJson');
    expect(message).toContain('it is not JSON: expected');
  });

  it('says so where that refuses what is JSON', () => {
    const refuse = (): never => {
      throw new SyntaxError('no');
    };
    expect(caught(() => inEngine(refuse, () => parseJson('{}', 'it'))).message).toContain(
      'it is not JSON: the engine refused it',
    );
  });

  it('does not take its want of memory for a fault of the text', () => {
    const fail = (): never => {
      throw new RangeError('out of memory');
    };
    expect(() => inEngine(fail, () => parseJson('{', 'it'))).toThrow(RangeError);
  });
});

describe('kindOf', () => {
  it.each([
    [undefined, 'nothing'],
    [null, 'null'],
    [[], 'an array'],
    [{}, 'an object'],
    ['', 'a string'],
    [0, 'a number'],
    [false, 'a boolean'],
  ])('calls %j %s', (value, kind) => {
    expect(kindOf(value)).toBe(kind);
  });
});

/** Of the test that needs keys which were never parsed before. */
let runs = 0;

describe('parseKeyByKey', () => {
  it('reads what JSON.parse reads where no key has an escape', () => {
    const key = fc.constantFrom('a', 'b', '__proto__', '');
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        tie('list'),
        tie('map'),
      ),
      list: fc.array(tie('value'), { maxLength: 3 }),
      map: fc.dictionary(key, tie('value'), { maxKeys: 3 }),
    }));
    fc.assert(
      fc.property(value, fc.constantFrom(0, 2), (any, indent) => {
        const text = JSON.stringify(any, null, indent);
        expect(parseKeyByKey(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('is what parseJson uses for escaped keys, whatever was parsed before', () => {
    // The engine guesses only what follows a key that it knows from one place: each key here is new to it.
    runs += 1;
    for (const place of ['x', 'y']) JSON.parse(`{"${place}${runs}":0,"\\\\":1}`);
    expect(parseJson(`{"x${runs}":0,"\\u0061":1}`, 'it')).toEqual({ [`x${runs}`]: 0, a: 1 });
    expect(parseJson(`[ {"y${runs}":0,"\\u006eame" :{"\\n":[]}}]`, 'it')).toEqual([
      { [`y${runs}`]: 0, name: { '\n': [] } },
    ]);
  });

  it('makes members like those of JSON.parse', () => {
    const descriptors = Object.getOwnPropertyDescriptors(parseKeyByKey('{"a":1,"__proto__":2}') as object);
    expect(descriptors).toEqual(
      Object.getOwnPropertyDescriptors(JSON.parse('{"a":1,"__proto__":2}') as object),
    );
  });

  it.each(['{"\\u0061":1}', '{"a\\\\":1}', '{"\\"" : 1}', '[{"x":"\\n","\\ty"\n:0}]'])(
    'sees the escaped key of %s',
    (text) => {
      expect(hasEscapedKey(text)).toBe(true);
    },
  );

  it.each(['{"a":"\\u0061"}', '{"a":"{\\"b\\":1}","c":"\\n"}', '["\\"",":"]'])('sees none in %s', (text) => {
    expect(hasEscapedKey(text)).toBe(false);
  });
});

describe('needsStrictLook', () => {
  it.each([
    '{"cniVersion":"1.0.0","name":"net1.example","ip":"10.0.0.5/24"}',
    '{"k8s.v1.cni.cncf.io/networks":"a","uid":"0b9d7b2e-01ab-40c1-0000-000000000000"}',
    '{"a":"net. 1.","b":"a.b. .","c":"x-0 a-0","d":"-0,x"}',
    '{"a":[1.5,-0.5,-0,0.10],"b":"\\\\x41 \\"quoted\\" \\u00e9"}',
  ])('does not slow down ordinary text: %s', (text) => {
    expect(needsStrictLook(text)).toBe(false);
  });

  it.each([
    '5.',
    '9.',
    '[-09]',
    '[5. ]',
    '{"a":5.}',
    '1.e5',
    '1.E+5',
    '-01',
    '[-01]',
    '[1,-00]',
    '{"a":-01}',
    '"\\x41"',
    '"\\\'"',
    '"\\u{41}"',
    '"\\\n"',
  ])('wants a look at %j, which QuickJS takes', (text) => {
    expect(needsStrictLook(text)).toBe(true);
    expect(findSyntaxFault(text)).toBeDefined();
  });
});

describe('nestedDeeperThan', () => {
  it('counts what lies in each other, not what follows each other', () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 40 }),
        fc.nat({ max: 40 }),
        fc.integer({ min: 1, max: 40 }),
        (depth, others, limit) => {
          const nested = `${'[{"a":'.repeat(depth)}"]}"${'}]'.repeat(depth)}`;
          const text = `[${nested}${',[{}]'.repeat(others)}]`;
          expect(nestedDeeperThan(text, limit)).toBe(Math.max(1 + 2 * depth, others > 0 ? 3 : 1) > limit);
        },
      ),
    );
  });

  it.each([
    ['[[],[],[]]', 2],
    ['{"a":{},"b":{}}', 2],
    ['[1]', 1],
    ['["[[[["]', 1],
  ])('of %s is not more than %i', (text, depth) => {
    expect(nestedDeeperThan(text, depth)).toBe(false);
    expect(nestedDeeperThan(text, depth - 1)).toBe(true);
  });

  it('ends on text that is cut off inside a string', () => {
    expect(nestedDeeperThan(`${'['.repeat(10)}"${'['.repeat(100)}`, 20)).toBe(false);
  });
});

describe('skipping a value', () => {
  it.each([
    ['5', 0, 1],
    ['x5 ', 1, 2],
    ['true,1', 0, 4],
    ['12]', 0, 2],
    ['1}', 0, 1],
    ['"a\\""b', 0, 5],
    ['"\\\\""', 0, 4],
    ['[{"]":[]}],', 0, 10],
    ['{}{}', 0, 2],
  ])('in %s from %i ends at %i', (text, at, end) => {
    expect(skipValue(text, at)).toBe(end);
  });

  it.each(['', ',', '[', '{"a":1', '["]', '"a\\"'])('that %j does not hold is refused', (text) => {
    expect(() => skipValue(text, 0)).toThrow('the JSON text ends in the middle of a value');
  });
});
