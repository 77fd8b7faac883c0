import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../../src/wire/frame.ts';
import { decodeAgentFrame, decodePluginFrame, encodeFrame } from '../../../src/wire/frame-codec.ts';
import { frameFields, type Kind } from '../../../src/wire/frame-fields.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { recordOf } from '../attachment/records.ts';

const head = { v: 1, op: 'cni', sender: '0.1.0' } as const;
const cniError = { cniVersion: '1.0.0', code: 7, msg: 'no', details: '' };

/** One of each. */
const frames: readonly Frame[] = [
  { ...head, type: 'request', verb: 'ADD', env: { CNI_IFNAME: 'eth0' }, stdin: '{}', features: [] },
  { ...head, type: 'held' },
  { ...head, type: 'plan', plan: { sandbox: recordOf([]).sandbox, steps: [] }, requires: ['x'] },
  { ...head, type: 'refuse', cniError },
  { ...head, type: 'outcome', verb: 'DEL', record: recordOf([]), ok: true, ms: { lock: 1 } },
  { ...head, type: 'done' },
];

const isFromPlugin = (type: string): boolean => type === 'request' || type === 'outcome';

function decodeOf(type: string): (line: string) => Frame {
  return isFromPlugin(type) ? decodePluginFrame : decodeAgentFrame;
}

/** A value of every JSON kind but the wanted one. */
const mistyped: Readonly<Record<Kind, readonly unknown[]>> = {
  string: [null, 1, true, {}, []],
  boolean: [null, 1, 'true', {}, []],
  object: [null, 1, 'x', true, []],
  strings: [null, 1, 'x', true, {}, [1], ['a', null]],
};

const fields = frames.flatMap((frame) =>
  Object.entries(frameFields[frame.type]).map(([field, kind]) => ({ frame, type: frame.type, field, kind })),
);

describe('a frame', () => {
  it.each(frames)('$type comes back as it was, on one line', (frame) => {
    const line = encodeFrame(frame);
    expect(line.indexOf('\n')).toBe(line.length - 1);
    expect(decodeOf(frame.type)(line)).toEqual(frame);
  });

  it.each(frames)('$type is written with exactly the fields of the table', (frame) => {
    const known = ['v', 'op', 'type', ...Object.keys(frameFields[frame.type])];
    expect(Object.keys(JSON.parse(encodeFrame(frame)) as object).sort()).toEqual([...new Set(known)].sort());
  });

  it.each(frames)('$type with unknown keys is read', (frame) => {
    const line = JSON.stringify({ ...frame, novelty: [1], sender: '9.9.9' });
    expect(decodeOf(frame.type)(line)).toMatchObject({ ...frame, sender: '9.9.9' });
  });

  it.each(fields)('$type without $field is refused', ({ frame, field }) => {
    const line = JSON.stringify({ ...frame, [field]: undefined });
    expect(reasonOf(() => decodeOf(frame.type)(line))).toBe('AgentProtocol');
    expect(() => decodeOf(frame.type)(line)).toThrow(`"${field}"`);
  });

  it.each(fields)('$type whose $field is no $kind is refused', ({ frame, field, kind }) => {
    for (const value of mistyped[kind]) {
      const line = JSON.stringify({ ...frame, [field]: value });
      expect(
        reasonOf(() => decodeOf(frame.type)(line)),
        JSON.stringify(value),
      ).toBe('AgentProtocol');
    }
  });

  it.each(frames)('$type of another version or op is refused naming both sides', (frame) => {
    for (const change of [{ v: 2 }, { v: '1' }, { v: undefined }, { op: 'ipam' }, { op: undefined }]) {
      const line = JSON.stringify({ ...frame, ...change, sender: '7.7.7' });
      expect(reasonOf(() => decodeOf(frame.type)(line))).toBe('AgentProtocol');
      expect(() => decodeOf(frame.type)(line)).toThrow('from weft 7.7.7');
    }
  });

  it.each(frames)('$type is refused by the side that sends it', (frame) => {
    const wrongWay = isFromPlugin(frame.type) ? decodeAgentFrame : decodePluginFrame;
    expect(reasonOf(() => wrongWay(encodeFrame(frame)))).toBe('AgentProtocol');
  });

  it('of an unknown type is refused', () => {
    expect(reasonOf(() => decodeAgentFrame(JSON.stringify({ ...head, type: 'toString' })))).toBe(
      'AgentProtocol',
    );
  });

  it.each([
    [{ v: 2 }, 'version 2 of the frames, this side speaks 1 from weft 0.1.0'],
    [{ v: undefined }, 'version none of the frames'],
    [{ v: 'x'.repeat(99) }, `version "${'x'.repeat(29)} of`],
    [{ op: 'ipam' }, 'op "ipam" from weft 0.1.0'],
    [{ type: 'later' }, 'frame "later", expected held or plan or refuse or done from weft 0.1.0'],
    [{ type: 'refuse', cniError: 5 }, 'a refuse frame whose "cniError" is no object from weft 0.1.0'],
    [{ op: 'ipam', sender: 'y'.repeat(99) }, `op "ipam" from weft ${'y'.repeat(20)};`],
    [{ op: 'ipam', sender: 5 }, 'op "ipam";'],
  ])('with %j is refused in words that say what and whose', (change, words) => {
    const line = JSON.stringify({ ...head, type: 'done', ...change });
    expect(() => decodeAgentFrame(line)).toThrow(words);
    expect(() => decodeAgentFrame(line)).toThrow('read a frame');
  });

  it.each([
    ['{', 'a frame is no JSON'],
    ['[]', 'a frame is no object'],
    ['null', 'a frame is no object'],
  ])('that is %s is refused for what it is', (line, words) => {
    expect(() => decodeAgentFrame(line)).toThrow(`read a frame: ${words}`);
  });

  it('that is anything else is refused, and never throws anything else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
        expect(reasonOf(() => decodeAgentFrame(line))).toBe('AgentProtocol');
        expect(reasonOf(() => decodePluginFrame(line))).toBe('AgentProtocol');
      }),
    );
  });

  it('cut anywhere is refused', () => {
    for (const frame of frames) {
      const line = encodeFrame(frame).trimEnd();
      for (let length = 0; length < line.length; length += 1) {
        expect(reasonOf(() => decodeOf(frame.type)(line.slice(0, length)))).toBe('AgentProtocol');
      }
    }
  });
});
