import { Buffer } from 'node:buffer';

/** Bytes that are no message, or not the one that they should be. */
export class ProtobufFault extends Error {
  override readonly name: string = 'ProtobufFault';
}

/** One field of a message: a number, or bytes that are a text or another message. */
export interface Field {
  readonly number: number;
  /** Undefined for the wire types of numbers, which nothing that weft reads has. */
  readonly bytes: Buffer | undefined;
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/** A varint has seven bits a byte, at most ten bytes; lengths and tags fit into five. */
const varintBytes = 10;

/**
 * The fields of a message in their order (protobuf encoding, proto3 without groups). Unknown ones are the caller's to
 * pass over, so newer kubelets are understood. Nothing is copied. Throws ProtobufFault.
 */
export function* fieldsOf(message: Buffer): Generator<Field> {
  let at = 0;
  while (at < message.length) {
    const tag = varint(message, at);
    const number = Math.floor(tag.value / 8);
    const wireType = tag.value % 8;
    if (number < 1 || number > 0x1fff_ffff) throw new ProtobufFault(`field number ${number}`);
    const start = tag.end;
    if (wireType === wireTypes.bytes) {
      const length = varint(message, start);
      at = length.end + length.value;
      if (at > message.length) throw new ProtobufFault(`field ${number} ends behind its message`);
      yield { number, bytes: message.subarray(length.end, at) };
    } else {
      at = endOfNumber(message, start, wireType);
      yield { number, bytes: undefined };
    }
  }
}

/** The bytes of a text or message field. Throws ProtobufFault for a number. */
export function bytesOf({ number, bytes }: Field): Buffer {
  if (bytes === undefined) throw new ProtobufFault(`field ${number} is a number`);
  return bytes;
}

/** A text field. Throws ProtobufFault where it is not UTF-8, as proto3 wants it. */
export function textOf(field: Field): string {
  try {
    return utf8.decode(bytesOf(field));
  } catch (error) {
    if (error instanceof ProtobufFault) throw error;
    throw new ProtobufFault(`field ${field.number} is not UTF-8`);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A message of text fields. */
export function encodeTexts(texts: Readonly<Record<number, string>>): Buffer {
  const parts = Object.entries(texts).flatMap(([number, text]) => {
    const bytes = Buffer.from(text);
    return [encodeVarint(Number(number) * 8 + wireTypes.bytes), encodeVarint(bytes.length), bytes];
  });
  return Buffer.concat(parts);
}

function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 0x80) {
    bytes.push((rest % 0x80) + 0x80);
    rest = Math.floor(rest / 0x80);
  }
  return Buffer.from([...bytes, rest]);
}

function endOfNumber(message: Buffer, start: number, wireType: number): number {
  const end = numberEnd(message, start, wireType);
  if (end > message.length) throw new ProtobufFault('a number ends behind its message');
  return end;
}

function numberEnd(message: Buffer, start: number, wireType: number): number {
  if (wireType === wireTypes.fixed64) return start + 8;
  if (wireType === wireTypes.fixed32) return start + 4;
  if (wireType !== wireTypes.varint) throw new ProtobufFault(`wire type ${wireType}`);
  let at = start;
  while ((message[at] ?? 0) >= 0x80 && at - start < varintBytes) at += 1;
  if (at - start >= varintBytes) throw new ProtobufFault('a number of more than ten bytes');
  return at + 1;
}

/** Tags and lengths: beyond 2^32 none is honest. */
function varint(message: Buffer, start: number): { readonly value: number; readonly end: number } {
  let value = 0;
  for (let at = start; at < start + 5; at += 1) {
    const byte = message[at];
    if (byte === undefined) throw new ProtobufFault('the message ends within a number');
    value += (byte % 0x80) * 2 ** (7 * (at - start));
    if (byte < 0x80) return { value, end: at + 1 };
  }
  throw new ProtobufFault('a length beyond 2^35');
}
