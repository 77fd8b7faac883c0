import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkContainerId, checkIfname, parseEnv, splitPath } from '../../../src/cni/env.ts';
import { isWellFormed, utf8Length } from '../../../src/cni/utf8.ts';
import { caught } from './caught.ts';

/** The message, behind its reason and code. */
function refusal(env: Record<string, string>): string {
  const { reason, code, message } = caught(() => parseEnv((name) => env[name]));
  return `${reason} ${code}: ${message}`;
}

describe('parseEnv', () => {
  it('[CNI-007] names all missing variables together', () => {
    expect(refusal({ CNI_COMMAND: 'ADD', CNI_CONTAINERID: 'c1' })).toContain(
      'ADD needs CNI_NETNS, CNI_IFNAME;',
    );
    expect(refusal({ CNI_COMMAND: 'DEL', CNI_NETNS: '' })).toContain(
      'DEL needs CNI_CONTAINERID, CNI_IFNAME;',
    );
  });

  it('[CNI-007] names the malformed variable and its value', () => {
    const env = { CNI_COMMAND: 'ADD', CNI_CONTAINERID: 'c1', CNI_NETNS: 'n', CNI_IFNAME: 'a'.repeat(16) };
    expect(refusal(env)).toContain('CNI_IFNAME "aaaaaaaaaaaaaaaa" is longer than 15 bytes');
    expect(refusal({ ...env, CNI_CONTAINERID: '/'.repeat(5000) })).toMatch(
      /CNI_CONTAINERID "\/{39}…" must be/,
    );
  });

  it('names the missing or unknown verb', () => {
    expect(refusal({})).toMatch(/^InvalidEnvironment 4: .*CNI_COMMAND is missing/);
    expect(refusal({ CNI_COMMAND: '' })).toContain('CNI_COMMAND is missing');
    expect(refusal({ CNI_COMMAND: 'add' })).toContain(
      'CNI_COMMAND "add" is not one of ADD, DEL, CHECK, STATUS, GC, VERSION',
    );
    expect(refusal({ CNI_COMMAND: 'x'.repeat(40) })).toContain(`"${'x'.repeat(40)}" is`);
    expect(refusal({ CNI_COMMAND: 'x'.repeat(41) })).toContain(`"${'x'.repeat(39)}…" is`);
  });

  it('[CNI-021] looks at no other variable', () => {
    const asked: string[] = [];
    parseEnv((name) => {
      asked.push(name);
      return name === 'CNI_COMMAND' ? 'VERSION' : undefined;
    });
    expect(new Set(asked)).toEqual(
      new Set(['CNI_COMMAND', 'CNI_CONTAINERID', 'CNI_NETNS', 'CNI_IFNAME', 'CNI_ARGS', 'CNI_PATH']),
    );
  });
});

describe('checkIfname', () => {
  it('[CNI-009] takes a name of printable characters exactly up to 15 bytes', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9é€😀._@-]{1,17}$/u), (name) => {
        fc.pre(name !== '.' && name !== '..');
        expect(checkIfname(name) === undefined).toBe(Buffer.byteLength(name) <= 15);
      }),
    );
  });
});

describe('what is wrong with a name', () => {
  it.each([
    ['', 'is empty'],
    ['.', '"." is a directory'],
    ['..', '".." is a directory'],
    ['a/b', '"a/b" has a "/" or ":" in it'],
    ['a:b', '"a:b" has a "/" or ":" in it'],
    ['a b', '"a b" has white space or a control character in it'],
    ['a\u0000', '"a\\u0000" has white space or a control character in it'],
    ['a\ud800', '"a\\ud800" is not valid Unicode'],
    ['0123456789abcdef', '"0123456789abcdef" is longer than 15 bytes'],
    ['eth0', undefined],
    ['...', undefined],
  ])('of an interface %j: %s', (name, complaint) => {
    expect(checkIfname(name)).toBe(complaint);
  });

  const grammar = 'must be letters, digits, "_", "." and "-", the first a letter or digit';

  it.each([
    ['', 'is empty'],
    ['-a', `"-a" ${grammar}`],
    ['a/b', `"a/b" ${grammar}`],
    ['a\n', `"a\\n" ${grammar}`],
    ['0', undefined],
    ['Z_.-9', undefined],
  ])('of a container %j: %s', (id, complaint) => {
    expect(checkContainerId(id)).toBe(complaint);
  });
});

describe('utf8Length and isWellFormed', () => {
  it.each([0, 0x7f, 0x80, 0x7ff, 0x800, 0xd7ff, 0xe000, 0xfffd, 0xffff, 0x10000, 0x10ffff])(
    'agree with the platform on U+%i',
    (code) => {
      const text = String.fromCodePoint(code);
      expect(utf8Length(text)).toBe(Buffer.byteLength(text));
      expect(isWellFormed(text)).toBe(true);
    },
  );

  it.each([
    '\ud800',
    '\udbff',
    '\udc00',
    '\udfff',
    '\ud800a',
    'a\udc00',
    '\udc00\ud800',
    '\ud800\ud800\udc00',
  ])('agree with the platform on a surrogate that stands alone: %j', (text) => {
    expect(utf8Length(text)).toBe(Buffer.byteLength(text));
    expect(isWellFormed(text)).toBe(false);
  });

  it('agree with the platform on any string', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) }),
        (text) => {
          expect(utf8Length(text)).toBe(Buffer.byteLength(text));
          expect(isWellFormed(text)).toBe(Buffer.from(text).toString() === text);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(utf8Length(text)).toBe(Buffer.byteLength(text));
        expect(isWellFormed(text)).toBe(true);
      }),
    );
  });
});

describe('splitPath', () => {
  it('[CNI-016] [CNI-251] keeps the order and drops empty elements', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('', '/a', '/b', 'c d')), (parts) => {
        expect(splitPath(parts.join(':'))).toEqual(parts.filter((part) => part !== ''));
      }),
    );
  });
});
