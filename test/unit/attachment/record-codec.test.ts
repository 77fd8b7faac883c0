import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  coreComplaint,
  decodeRecord,
  encodeRecord,
  isFuture,
  peekSequence,
} from '../../../src/attachment/record-codec.ts';
import { undosOf } from '../../../src/attachment/teardown.ts';
import { attachedWith, delegate, recordOf, stepIn } from './records.ts';

// Many worlds; and twenty times as many cases of each property in `make test-long`.
vi.setConfig({ testTimeout: 120_000 });

const checksum = (text: string): number => crc32(text);

const record = recordOf([
  attachedWith({ ifname: 'eth0', plugins: ['{"type":"bridge","mtu":9007199254740993}'] }, { ips: [] }, true),
  stepIn('running', delegate, { process: { pgid: 3, startTicks: '12' } }),
]);

const text = encodeRecord(record, checksum);

/** A text with a right checksum, for bodies that no weft writes. */
function sealed(body: object): string {
  return encodeRecord(body as never, checksum);
}

describe('a record as text', () => {
  it('comes back as it was, whatever its texts hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), fc.nat(), (cniArgs, config, sequence) => {
        const step = { ...delegate, plugins: [{ type: 'bridge', config }] };
        const written = recordOf([stepIn('attached', step, { result: cniArgs })], { cniArgs, sequence });
        expect(decodeRecord(encodeRecord(written, checksum), checksum)).toEqual({
          ok: true,
          record: written,
        });
      }),
    );
  });

  it('is one line of JSON', () => {
    expect(text.indexOf('\n')).toBe(text.length - 1);
    expect(JSON.parse(text)).toMatchObject({ record });
  });

  it('tells its sequence without being read whole', () => {
    expect(peekSequence(encodeRecord({ ...record, sequence: 41 }, checksum))).toBe(41);
    for (const other of ['', '{}', text.slice(1), ` ${text}`]) expect(peekSequence(other)).toBe(-1);
  });

  it('says what is wrong with it: cut off, or changed', () => {
    expect(decodeRecord(text.slice(0, -1), checksum)).toEqual({
      ok: false,
      damage: 'it is cut off or no record of weft',
    });
    expect(decodeRecord(text.replace('bridge', 'bribge'), checksum)).toEqual({
      ok: false,
      damage: 'its checksum is wrong',
    });
  });

  it('cut at any byte is damaged', () => {
    for (let length = 0; length < text.length; length += 1) {
      expect(decodeRecord(text.slice(0, length), checksum).ok, `cut at ${length}`).toBe(false);
    }
  });

  it('with any bit of any byte flipped is damaged, or reads as the same record', () => {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Buffer.from(bytes);
        flipped.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        const decoded = decodeRecord(flipped.toString('utf8'), checksum);
        if (decoded.ok) expect(decoded.record, `byte ${at} bit ${bit}`).toEqual(record);
      }
    }
  });

  it('with a byte more anywhere is damaged, or reads as the same record', () => {
    for (let at = 0; at <= text.length; at += 1) {
      const decoded = decodeRecord(`${text.slice(0, at)} ${text.slice(at)}`, checksum);
      if (decoded.ok) expect(decoded.record, `at ${at}`).toEqual(record);
    }
  });
});

describe('a record of a newer format', () => {
  const future = {
    ...record,
    format: 7,
    weft: undefined,
    createdAt: undefined,
    novelty: { a: 1 },
    steps: [...record.steps, { state: 'attached', step: { kind: 'wormhole', id: 'w' } }],
  };

  it('is read by its core fields, and a step of an unknown kind is passed over', () => {
    const decoded = decodeRecord(sealed(future), checksum);
    if (!decoded.ok) throw new Error(decoded.damage);
    expect([isFuture(decoded.record), isFuture(record)]).toEqual([true, false]);
    expect(undosOf(decoded.record).map(({ index }) => index)).toEqual([1, 0]);
  });

  const without = (change: (body: Record<string, unknown>) => void): object => {
    const body = JSON.parse(JSON.stringify(record)) as Record<string, unknown>;
    change(body);
    return body;
  };

  it.each(['format', 'sequence', 'bootId', 'sandbox', 'cniArgs', 'cniPath', 'steps'])(
    'is damaged without %s',
    (field) => {
      const body = without((record) => delete record[field]);
      expect(decodeRecord(sealed(body), checksum)).toMatchObject({
        ok: false,
        damage: expect.stringContaining(field),
      });
    },
  );

  it.each(['containerId', 'ifname', 'netns'])('is damaged without sandbox.%s', (field) => {
    const body = without((record) => delete (record['sandbox'] as Record<string, unknown>)[field]);
    expect(decodeRecord(sealed(body), checksum)).toMatchObject({
      ok: false,
      damage: `sandbox.${field} is not a string`,
    });
  });

  it.each(['kind', 'id', 'network', 'networkName', 'ifname', 'cniVersion', 'plugins'])(
    'is damaged where a delegate has no %s',
    (field) => {
      const body = without((record) => {
        const [first] = record['steps'] as { step: Record<string, unknown> }[];
        delete first?.step[field];
      });
      expect(decodeRecord(sealed(body), checksum)).toMatchObject({
        ok: false,
        damage: 'a step lacks a core field',
      });
    },
  );

  it.each([
    ['no object', null],
    ['without a type', { config: '{}' }],
    ['without a configuration', { type: 'x' }],
    ['whose type is no text', { type: 1, config: '{}' }],
    ['whose configuration is no text', { type: 'x', config: {} }],
  ])('is damaged where one of several plugin calls is %s', (_, call) => {
    const body = without((record) => {
      const [first] = record['steps'] as { step: { plugins: unknown[] } }[];
      first?.step.plugins.push(call);
    });
    expect(coreComplaint(body)).toBe('a step lacks a core field');
  });

  it('is damaged in a state that nobody knows', () => {
    const body = without((record) => {
      const [first] = record['steps'] as Record<string, unknown>[];
      if (first !== undefined) first['state'] = 'dreaming';
    });
    expect(coreComplaint(body)).toBe('a step lacks a core field');
  });

  it.each([
    [null, 'it is not an object'],
    [1, 'it is not an object'],
    ['text', 'it is not an object'],
    [[], 'it is not an object'],
    [{ ...record, format: 0 }, 'format is not a number'],
    [{ ...record, format: '1' }, 'format is not a number'],
    [{ ...record, sequence: '1' }, 'sequence is not a number'],
    [{ ...record, sequence: Number.NaN }, 'sequence is not a number'],
  ])('is damaged where it is %j', (body, complaint) => {
    expect(coreComplaint(body)).toBe(complaint);
  });
});
