import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeGetResponse, decodeListResponse } from '../../../../src/agent/devices/pod-resources.ts';
import { encodeTexts, fieldsOf, ProtobufFault, textOf } from '../../../../src/agent/devices/protobuf.ts';
import { message } from '../../../fakes/protobuf-message.ts';

function faultOf(bytes: readonly number[]): string {
  try {
    return JSON.stringify([...fieldsOf(Buffer.from(bytes))]);
  } catch (error) {
    return error instanceof ProtobufFault ? error.message : `not a ProtobufFault: ${String(error)}`;
  }
}

describe('the fields of a message', () => {
  it('are what was put in, in order, whatever numbers stand between them', () => {
    const field = fc.tuple(
      fc.integer({ min: 1, max: 0x0fff_ffff }),
      fc.oneof(fc.string({ unit: 'binary' }), fc.nat()),
    );
    fc.assert(
      fc.property(fc.array(field), (fields) => {
        const read = [...fieldsOf(message(fields))].map((one) => [
          one.number,
          one.bytes === undefined ? undefined : textOf(one),
        ]);
        expect(read).toEqual(
          fields.map(([number, value]) => [number, typeof value === 'string' ? value : undefined]),
        );
      }),
    );
  });

  it('are read past fixed numbers of four and eight bytes', () => {
    const bytes = Buffer.from([0x0d, 1, 2, 3, 4, 0x11, 1, 2, 3, 4, 5, 6, 7, 8, 0x1a, 1, 0x61]);
    expect([...fieldsOf(bytes)].map(({ number }) => number)).toEqual([1, 2, 3]);
  });

  it.each<[string, readonly number[], string]>([
    ['a text longer than the message', [0x0a, 5, 0x61], 'field 1 ends behind its message'],
    ['a length without end', [0x0a, 0xff], 'the message ends within a number'],
    ['a length of six bytes', [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 1], 'a length beyond 2^35'],
    ['a number of eleven bytes', [0x08, ...Array<number>(11).fill(0xff)], 'a number of more than ten bytes'],
    ['a number cut off', [0x08, 0x80], 'a number ends behind its message'],
    ['a fixed number cut off', [0x0d, 1, 2], 'a number ends behind its message'],
    ['a group', [0x0b], 'wire type 3'],
    ['field number 0', [0x02, 0], 'field number 0'],
  ])('are refused: %s', (_what, bytes, fault) => {
    expect(faultOf(bytes)).toBe(fault);
  });

  it('are refused as text where they are none', () => {
    const [number] = [...fieldsOf(message([[1, 7]]))];
    const [bytes] = [...fieldsOf(Buffer.from([0x0a, 1, 0xff]))];
    expect(() => number && textOf(number)).toThrow('field 1 is a number');
    expect(() => bytes && textOf(bytes)).toThrow('field 1 is not UTF-8');
  });

  it('end in an answer or a ProtobufFault for any bytes at all', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        for (const decode of [decodeGetResponse, decodeListResponse]) {
          try {
            decode(Buffer.from(bytes));
          } catch (error) {
            expect(error).toBeInstanceOf(ProtobufFault);
          }
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('encoded texts', () => {
  it('are read back as they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string(), (one, two) => {
        const read = [...fieldsOf(encodeTexts({ 1: one, 2: two }))].map((field) => [
          field.number,
          textOf(field),
        ]);
        expect(read).toEqual([
          [1, one],
          [2, two],
        ]);
      }),
    );
  });
});
