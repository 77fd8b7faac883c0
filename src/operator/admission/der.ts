/** One value of ASN.1 in its distinguished encoding (X.690), as bytes. */
export type Der = Uint8Array;

/** Tag, length, content. Length in the short form below 128, otherwise in as few bytes as it needs. */
function tagged(tag: number, content: Uint8Array): Der {
  const { length } = content;
  const size: number[] = [];
  for (let rest = length; length > 127 && rest > 0; rest >>>= 8) size.unshift(rest & 0xff);
  const head = length > 127 ? [tag, 0x80 | size.length, ...size] : [tag, length];
  return Buffer.concat([Uint8Array.from(head), content]);
}

export function sequence(...items: readonly Der[]): Der {
  return tagged(0x30, Buffer.concat(items));
}

/** A set of one: of several the order would have to be made. */
export function setOf(item: Der): Der {
  return tagged(0x31, item);
}

/** A whole number that is not negative, from its bytes, most significant first; they may begin with zeros. */
export function unsigned(bytes: Uint8Array): Der {
  const first = bytes.findIndex((byte) => byte !== 0);
  const digits = first === -1 ? Uint8Array.of(0) : bytes.subarray(first);
  // A leading bit of 1 would make it negative.
  return tagged(0x02, (digits[0] ?? 0) > 0x7f ? Buffer.concat([Uint8Array.of(0), digits]) : digits);
}

/** `1.2.840.10045.4.3.2`. */
export function objectId(dotted: string): Der {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

export function truth(): Der {
  return tagged(0x01, Uint8Array.of(0xff));
}

export function octets(bytes: Uint8Array): Der {
  return tagged(0x04, bytes);
}

/** Whole bytes, or with `unused` bits at the end that do not count. */
export function bits(bytes: Uint8Array, unused = 0): Der {
  return tagged(0x03, Buffer.concat([Uint8Array.of(unused), bytes]));
}

export function utf8(text: string): Der {
  return tagged(0x0c, Buffer.from(text, 'utf8'));
}

/** A moment in whole seconds; as RFC 5280, 4.1.2.5 wants it: two digits of the year before 2050. */
export function moment(ms: number): Der {
  const text = `${new Date(ms).toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`;
  const early = Number(text.slice(0, 4)) < 2050;
  return early ? tagged(0x17, Buffer.from(text.slice(2), 'ascii')) : tagged(0x18, Buffer.from(text, 'ascii'));
}

/** A context-specific tag: around whole values where `constructed`, otherwise in the place of a value's own tag. */
export function context(number: number, content: Uint8Array, constructed: boolean): Der {
  return tagged((constructed ? 0xa0 : 0x80) | number, content);
}

function base128(value: number): readonly number[] {
  const digits = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) digits.unshift(0x80 | (rest & 0x7f));
  return digits;
}
