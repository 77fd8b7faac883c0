import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readValidAttachments, unique } from '../../../src/cni/valid-attachments.ts';
import { reasonOf } from '../attachment/reason-of.ts';

const newKey = 'cni.dev/valid-attachments';
const oldKey = 'cni.dev/attachments';
const a = { containerID: 'a', ifname: 'eth0' };
const b = { containerID: 'b', ifname: 'net1' };

describe('the list of a GC', () => {
  it('is read from either key, and from both together [CNI-111] [CNI-352]', () => {
    expect(readValidAttachments({ [newKey]: [a, b] })).toEqual([a, b]);
    expect(readValidAttachments({ [oldKey]: [a, b] })).toEqual([a, b]);
    expect(readValidAttachments({ [newKey]: [a], [oldKey]: [b, a] })).toEqual([a, b]);
  });

  it('may be null or empty, but not missing', () => {
    expect(readValidAttachments({ [newKey]: null })).toEqual([]);
    expect(readValidAttachments({ [newKey]: null, [oldKey]: [a] })).toEqual([a]);
    expect(readValidAttachments({ [oldKey]: [] })).toEqual([]);
    expect(reasonOf(() => readValidAttachments({}))).toBe('InvalidConfig');
    expect(reasonOf(() => readValidAttachments({ 'cni.dev/Attachments': [] }))).toBe('InvalidConfig');
  });

  it('holds nothing but names; other keys of an item are passed over', () => {
    expect(readValidAttachments({ [newKey]: [{ ...a, more: 1 }] })).toEqual([a]);
    for (const value of [
      true,
      'x',
      7,
      {},
      [null],
      [[]],
      [{}],
      [{ ...a, ifname: null }],
      [{ ...a, containerID: 1 }],
    ]) {
      expect(reasonOf(() => readValidAttachments({ [newKey]: value }))).toBe('InvalidJson');
    }
    for (const item of [
      { ...a, containerID: '' },
      { ...a, containerID: '../a' },
      { ...a, ifname: '' },
      { ...a, ifname: 'a/b' },
    ]) {
      expect(reasonOf(() => readValidAttachments({ [oldKey]: [a, item] }))).toBe('InvalidConfig');
    }
  });

  it('keeps each attachment once, in order, and never mixes two up', () => {
    const name = fc.stringMatching(/^[a-z0-9][a-z0-9._-]{0,6}$/);
    const item = fc.record({ containerID: name, ifname: name });
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const texts = items.map(({ containerID, ifname }) => JSON.stringify([containerID, ifname]));
        const kept = unique(items).map(({ containerID, ifname }) => JSON.stringify([containerID, ifname]));
        expect(kept).toEqual([...new Set(texts)]);
      }),
    );
  });
});

describe('what is wrong with the list of a GC', () => {
  const none = `neither "${newKey}" nor "${oldKey}" is there; the runtime must say which attachments are in use`;
  const path = `"${newKey}[1].ifname"`;

  it.each([
    [{}, none],
    [{ [newKey]: 7 }, `"${newKey}" must be a list, not a number`],
    [{ [oldKey]: {} }, `"${oldKey}" must be a list, not an object`],
    [{ [newKey]: [a, 'x'] }, `"${newKey}[1]" must be an object, not a string`],
    [{ [newKey]: [a, { containerID: 'b' }] }, `${path} must be a string, not nothing`],
    [{ [newKey]: [a, { ...b, ifname: 'a/b' }] }, `${path} "a/b" has a "/" or ":" in it`],
    [{ [newKey]: [{ ...a, containerID: '' }] }, `"${newKey}[0].containerID" is empty`],
  ])('in %j is named, with its place and GC', (conf, words) => {
    expect(() => readValidAttachments(conf)).toThrow(`GC: ${words}`);
  });
});
