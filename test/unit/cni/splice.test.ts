import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeyByKey } from '../../../src/cni/escaped-keys.ts';
import {
  editObject,
  elements,
  getMember,
  members,
  removeMember,
  setMember,
} from '../../../src/cni/splice.ts';
import { spacedJson, spacedObject } from './json-text.ts';

const someKey = fc.constantFrom('a', 'b', 'name', '__proto__', '', 'x"\\\n', 'é');

/** Own keys only, `__proto__` included. Not by JSON.parse, which confuses escaped keys (escaped-keys.ts). */
function entriesOf(text: string): [string, unknown][] {
  return Object.entries(parseKeyByKey(text) as object);
}

function without(text: string, key: string): [string, unknown][] {
  return entriesOf(text).filter(([name]) => name !== key);
}

function sorted(entries: [string, unknown][]): [string, unknown][] {
  return entries.toSorted(([left], [right]) => (left < right ? -1 : 1));
}

describe('members', () => {
  it('gives every member its own text, in order, as JSON.parse reads it', () => {
    fc.assert(
      fc.property(spacedObject, (text) => {
        const last = new Map(members(text).map(({ key, value }) => [key, parseKeyByKey(value)]));
        expect(sorted([...last])).toEqual(sorted(entriesOf(text)));
      }),
    );
  });

  it('gives raw texts without white space around them', () => {
    fc.assert(
      fc.property(spacedObject, (text) => {
        for (const { value } of members(text)) {
          expect(value).toBe(value.trim());
          expect(text).toContain(value);
        }
      }),
    );
  });
});

describe('getMember', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(spacedObject, someKey, (text, key) => {
        const raw = getMember(text, key);
        const found = entriesOf(text).find(([name]) => name === key);
        expect(raw === undefined ? undefined : [key, parseKeyByKey(raw)]).toEqual(found);
      }),
    );
  });
});

describe('setMember', () => {
  it('sets the member and leaves the texts of all others as they are', () => {
    fc.assert(
      fc.property(spacedObject, someKey, spacedJson, (text, key, value) => {
        const out = setMember(text, key, value);
        expect(getMember(out, key)).toBe(value.trim());
        expect(members(out).filter((member) => member.key === key)).toHaveLength(1);
        expect(members(out).filter((member) => member.key !== key)).toEqual(
          members(text).filter((member) => member.key !== key),
        );
        expect(sorted(entriesOf(out))).toEqual(sorted([...without(text, key), [key, parseKeyByKey(value)]]));
      }),
    );
  });

  it('is the same text when a member gets the value that it has', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string({ maxLength: 3 }), { maxLength: 5 }), fc.nat(), (keys, pick) => {
        const text = `{ ${keys.map((key) => `${JSON.stringify(key)} : 1.0`).join('\n, ')} }`;
        const key = keys[pick % Math.max(1, keys.length)];
        fc.pre(key !== undefined);
        expect(setMember(text, String(key), '1.0')).toBe(text);
      }),
    );
  });

  it('keeps every byte outside the value', () => {
    fc.assert(
      fc.property(spacedObject, spacedJson, spacedJson, spacedObject, (before, old, value, after) => {
        const head = `${before.trimEnd().slice(0, -1)}${members(before).length === 0 ? '' : ','} "zz" : `;
        const tail = members(after).length === 0 ? ' }\n' : ` ,${after.trimStart().slice(1)}`;
        fc.pre([...members(before), ...members(after)].every(({ key }) => key !== 'zz'));
        expect(setMember(`${head}${old}${tail}`, 'zz', value)).toBe(`${head}${value}${tail}`);
      }),
    );
  });
});

describe('removeMember', () => {
  it('removes every occurrence and leaves the texts of all others as they are', () => {
    fc.assert(
      fc.property(spacedObject, someKey, (text, key) => {
        const out = removeMember(text, key);
        expect(sorted(entriesOf(out))).toEqual(sorted(without(text, key)));
        expect(members(out)).toEqual(members(text).filter((member) => member.key !== key));
      }),
    );
  });

  it('returns the very text where there is nothing to remove', () => {
    fc.assert(
      fc.property(spacedObject, (text) => {
        expect(removeMember(text, 'not there at all')).toBe(text);
      }),
    );
  });
});

describe('editObject', () => {
  it('sets rather than removes a key that is in both', () => {
    expect(editObject('{"a":1,"b":2}', { set: new Map([['a', '3']]), remove: () => true })).toBe('{"a":3}');
  });

  it('appends new members in the order of the map', () => {
    const set = new Map([
      ['c', '3'],
      ['a', '0'],
      ['d', '4'],
    ]);
    expect(editObject('{"a":1 }', { set })).toBe('{"a":0,"c":3,"d":4 }');
  });

  it('leaves no trace of a member that was appended and removed', () => {
    fc.assert(
      fc.property(spacedObject, spacedJson, (text, value) => {
        expect(removeMember(setMember(text, 'new one', value), 'new one')).toBe(text);
      }),
    );
  });

  it('keeps a number above 2^53 through any number of edits', () => {
    const text = '{"n":9007199254740993}';
    const out = removeMember(setMember(setMember(text, 'a', '{}'), 'a', '[]'), 'a');
    expect(out).toBe(text);
  });
});

describe('elements', () => {
  it('gives the raw text of every item', () => {
    fc.assert(
      fc.property(
        fc.array(spacedJson, { maxLength: 5 }),
        fc.constantFrom('', ' ', '\n\t'),
        (items, space) => {
          const text = `${space}[${space}${items.join(`${space},${space}`)}${space}]${space}`;
          expect(elements(text)).toEqual(items.map((item) => item.trim()));
        },
      ),
    );
  });
});

describe('text that is no object or array', () => {
  it.each([
    [() => getMember('[]', 'a'), 'the JSON text has no "{" at character 1'],
    [() => elements(' {}'), 'the JSON text has no "[" at character 2'],
    [() => members('{"a" 1}'), 'the JSON text has no ":" at character 6'],
    [() => members('{a:1}'), 'the JSON text has no """ at character 2'],
    [() => elements('[1 2]'), 'the JSON text has no "," at character 4'],
    [() => members('{"\\x":1}'), 'a key of the JSON object is not a JSON string'],
    [() => members('{"a":'), 'the JSON text ends in the middle of a value'],
    [() => members('{"a":[1,'), 'the JSON text ends in the middle of a value'],
    [() => members('{"a'), 'the JSON text ends in the middle of a value'],
  ] as const)('is refused with the place: %s', (run, words) => {
    expect(run).toThrow(words);
  });
});
