import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { containerKey, containerOfKey, recordKey } from '../../../src/attachment/record-key.ts';
import { sha256 } from '../../../src/attachment/sha256.ts';
import { checkContainerId, checkIfname } from '../../../src/cni/env.ts';
import { lockFile, recordPaths } from '../../../src/executor/state-paths.ts';

// Many worlds; and twenty times as many cases of each property in `make test-long`.
vi.setConfig({ testTimeout: 120_000 });

const idCharacters = 'abcXYZ019_.-';
const containerId = fc
  .string({ unit: fc.constantFrom(...idCharacters), minLength: 1, maxLength: 400 })
  .filter((id) => checkContainerId(id) === undefined);
const ifname = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 15 }),
    fc.constantFrom('eth0', 'a.leftover', 'x%2e', 'x.'),
  )
  .filter((name) => checkIfname(name) === undefined);

const directories = { stateDir: '/s', runDir: '/r' };

function filesOf(key: string): readonly string[] {
  return Object.values(recordPaths(directories, key)).flatMap((path) => [
    path,
    `${path}.tmp`,
    `${path}.1700000000000.damaged`,
  ]);
}

describe('the file-name key of a sandbox', () => {
  it('differs for different sandboxes, and no file of one is a file of another', () => {
    fc.assert(
      fc.property(containerId, ifname, containerId, ifname, (idA, nameA, idB, nameB) => {
        fc.pre(idA !== idB || nameA !== nameB);
        const a = filesOf(recordKey({ containerId: idA, ifname: nameA }));
        const b = filesOf(recordKey({ containerId: idB, ifname: nameB }));
        expect(a.filter((file) => b.includes(file))).toEqual([]);
      }),
    );
  });

  it('does not take an interface called like a suffix for another file of its neighbour', () => {
    const a = filesOf(recordKey({ containerId: 'c', ifname: 'eth0' }));
    const b = filesOf(recordKey({ containerId: 'c', ifname: 'eth0.leftover' }));
    expect(a.filter((file) => b.includes(file))).toEqual([]);
  });

  it('is plain ASCII without a slash, and every file name fits into 255 bytes', () => {
    fc.assert(
      fc.property(containerId, ifname, (id, name) => {
        const key = recordKey({ containerId: id, ifname: name });
        expect(key).toMatch(/^[A-Za-z0-9][A-Za-z0-9_.:%~-]*$/);
        for (const file of filesOf(key))
          expect(Buffer.byteLength(file.slice(file.lastIndexOf('/') + 1))).toBeLessThan(256);
      }),
    );
  });

  it('shows the container ID while it is short', () => {
    expect(recordKey({ containerId: 'c0ffee', ifname: 'eth0' })).toBe('c0ffee:eth0');
  });

  it('tells whose it is, and that it does not where it is hashed or no key', () => {
    for (const ifname of ['eth0', 'a.b~(c)', 'x:y', '\u00e9']) {
      const sandbox = { containerId: 'c0ffee', ifname };
      expect(containerOfKey(recordKey(sandbox))).toEqual(sandbox);
    }
    expect(containerOfKey(recordKey({ containerId: 'a'.repeat(300), ifname: 'eth0' }))).toBeUndefined();
    for (const key of ['', 'c0ffee', 'c0ffee:eth0:more', 'c0ffee:%'])
      expect(containerOfKey(key)).toBeUndefined();
  });

  it('is hashed from 201 characters on, behind the beginning of the ID', () => {
    const id = (length: number): string => 'a'.repeat(length);
    expect(containerKey(id(199))).toBe(`${id(199)}:`);
    expect(containerKey(id(200))).toBe(`${id(60)}~${sha256(`${id(200)}:`)}`);
  });

  it('has no character that a file name gives a meaning to', () => {
    expect(recordKey({ containerId: 'c', ifname: "a.b~!'()*" })).toBe('c:a%2eb%7e%21%27%28%29%2a');
  });

  it('of over-long IDs that differ in one character differs', () => {
    const ids = Array.from({ length: 50 }, (_, index) => `${'a'.repeat(300)}${index}`);
    expect(new Set(ids.map((id) => recordKey({ containerId: id, ifname: 'eth0' }))).size).toBe(50);
    expect(new Set(ids.map(containerKey)).size).toBe(50);
  });

  it('of a container called gc is not the lock of the node', () => {
    expect(lockFile(directories, containerKey('gc'))).not.toBe(lockFile(directories, 'gc'));
  });
});

describe('sha256', () => {
  it('is SHA-256 of the UTF-16BE text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        const units = Buffer.from(text, 'utf16le').swap16();
        expect(sha256(text)).toBe(createHash('sha256').update(units).digest('hex'));
      }),
    );
  });

  it.each(Array.from({ length: 70 }, (_, length) => length))('is right at %i characters', (length) => {
    const text = 'x'.repeat(length);
    const units = Buffer.from(text, 'utf16le').swap16();
    expect(sha256(text)).toBe(createHash('sha256').update(units).digest('hex'));
  });
});
