/** Reads addresses exactly as strictly as Go's netip does, because delegates and runtimes do (CNI-492). */

/** An IPv4 or IPv6 address. */
export interface IpAddress {
  /** How it is written. `::ffff:10.0.0.1` is written as 6; see `family` for what it is. */
  readonly written: 4 | 6;
  /** Sixteen bytes, IPv4 in its v4-mapped form, so that equal addresses have equal bytes. */
  readonly bytes: readonly number[];
}

/** An address with its prefix, host bits kept (CNI-134). */
export interface Cidr {
  readonly address: IpAddress;
  /** 0 to 32 or 128, counted in the form that the address is written in. */
  readonly prefix: number;
}

/** Undefined unless the text is one address: no leading zeros in IPv4, no zone, no white space, no prefix. */
export function parseAddress(text: string): IpAddress | undefined {
  if (text.includes(':')) {
    const bytes = parseV6(text);
    return bytes === undefined ? undefined : { written: 6, bytes };
  }
  const bytes = parseV4(text);
  return bytes === undefined ? undefined : { written: 4, bytes: mapped(bytes) };
}

/** Undefined unless the text is `address/prefix`. Leading zeros in the prefix pass, as in Go. */
export function parseCidr(text: string): Cidr | undefined {
  const slash = text.indexOf('/');
  const address = slash === -1 ? undefined : parseAddress(text.slice(0, slash));
  const digits = text.slice(slash + 1);
  if (address === undefined || !/^[0-9]{1,6}$/.test(digits)) return undefined;
  const prefix = Number(digits);
  return prefix <= (address.written === 4 ? 32 : 128) ? { address, prefix } : undefined;
}

/** 4 or 6 of an address or CIDR; a v4-mapped one is 4 (CNI-154); undefined if the text is neither. */
export function family(text: string): 4 | 6 | undefined {
  const address = parseCidr(text)?.address ?? parseAddress(text);
  if (address === undefined) return undefined;
  return isMapped(address.bytes) ? 4 : 6;
}

/** True if both texts are addresses and mean the same one: `::1` and `0:0::1`, `10.0.0.1` and `::ffff:10.0.0.1`. */
export function sameAddress(left: string, right: string): boolean {
  const a = parseAddress(left)?.bytes;
  const b = parseAddress(right)?.bytes;
  return a !== undefined && b !== undefined && a.every((byte, index) => byte === b[index]);
}

/** True for a destination that means everything: a CIDR whose prefix is 0. */
export function isDefaultDst(dst: string): boolean {
  return parseCidr(dst)?.prefix === 0;
}

/** By hand, because every address of every result comes here and a regular expression takes an interpreter long. */
function parseV4(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  for (const part of text.split('.')) {
    const byte = byteOf(part);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return bytes.length === 4 ? bytes : undefined;
}

/** Undefined unless 0 to 255 without a leading zero, which would mean octal to some. */
function byteOf(part: string): number | undefined {
  if (part === '' || part.length > 3 || (part.length > 1 && part.charCodeAt(0) === zero)) return undefined;
  let value = 0;
  for (let at = 0; at < part.length; at += 1) {
    const digit = part.charCodeAt(at) - zero;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value <= 255 ? value : undefined;
}

const zero = 0x30;

function parseV6(text: string): readonly number[] | undefined {
  const gap = text.indexOf('::');
  if (gap === -1) return exactly16(groups(text));
  const left = groups(text.slice(0, gap), false);
  const right = groups(text.slice(gap + 2));
  if (left === undefined || right === undefined) return undefined;
  const zeros = 16 - left.length - right.length;
  // "::" must stand for at least one group.
  return zeros < 2 ? undefined : [...left, ...new Array<number>(zeros).fill(0), ...right];
}

/** The bytes of colon-separated groups. The last may be an IPv4 address, unless a "::" follows it. */
function groups(text: string, mayEndInV4 = true): readonly number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':');
  const bytes: number[] = [];
  for (const [index, part] of parts.entries()) {
    const v4 = mayEndInV4 && index === parts.length - 1 ? parseV4(part) : undefined;
    if (v4 === undefined && !/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
    const value = Number.parseInt(part, 16);
    bytes.push(...(v4 ?? [value >> 8, value & 0xff]));
  }
  return bytes;
}

function exactly16(bytes: readonly number[] | undefined): readonly number[] | undefined {
  return bytes?.length === 16 ? bytes : undefined;
}

function mapped(bytes: readonly number[]): readonly number[] {
  return [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes];
}

function isMapped(bytes: readonly number[]): boolean {
  return bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff;
}
