import { type Cidr, type IpAddress, parseAddress, parseCidr } from '../cni/address.ts';

/** Addresses from `first` to `last`, both included, of one family. */
export interface IpRange {
  readonly family: 4 | 6;
  readonly first: bigint;
  readonly last: bigint;
}

/** An address as a number of its family: IPv4 also where it is written as `::ffff:10.0.0.1`, as for Go. */
interface IpNumber {
  readonly family: 4 | 6;
  readonly value: bigint;
}

const v4Mapped = 0xffffn << 32n;

/** Undefined unless the text is one address. */
export function ipNumber(text: string): IpNumber | undefined {
  const address = parseAddress(text);
  return address && numberOf(address);
}

/** All addresses below a CIDR; undefined unless the text is one. */
export function cidrRange(text: string): IpRange | undefined {
  const cidr = parseCidr(text);
  return cidr && rangeOf(cidr);
}

/** True if the address is in the range. */
export function inRange(address: IpNumber, range: IpRange): boolean {
  return address.family === range.family && address.value >= range.first && address.value <= range.last;
}

/** True if some address is in both. */
export function overlap(left: IpRange, right: IpRange): boolean {
  return left.family === right.family && left.first <= right.last && right.first <= left.last;
}

/** `10.1.2.0`, `fd00::1`. */
export function ipText({ family, value }: IpNumber): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  return compressed(groups);
}

/** The network of a CIDR with its host bits cleared: `10.1.2.0/24`. Undefined unless the text is a CIDR. */
export function networkText(text: string): string | undefined {
  const cidr = parseCidr(text);
  const range = cidr && rangeOf(cidr);
  return range && `${ipText({ family: range.family, value: range.first })}/${prefixOf(cidr, range.family)}`;
}

/** True if the address of the CIDR is not its network's. False unless the text is a CIDR. */
export function hasHostBits(text: string): boolean {
  const cidr = parseCidr(text);
  return cidr !== undefined && numberOf(cidr.address).value !== rangeOf(cidr)?.first;
}

/** How many bits of a CIDR are free: 8 for a /24 of IPv4. Undefined unless the text is a CIDR. */
export function hostBits(text: string): number | undefined {
  const cidr = parseCidr(text);
  const range = cidr && rangeOf(cidr);
  return range && (range.family === 4 ? 32 : 128) - prefixOf(cidr, range.family);
}

function numberOf({ bytes }: IpAddress): IpNumber {
  const value = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
  return value >> 32n === v4Mapped >> 32n ? { family: 4, value: value & 0xffff_ffffn } : { family: 6, value };
}

/** Undefined for a prefix shorter than what makes a v4-mapped address one of IPv4: nobody means that. */
function rangeOf(cidr: Cidr): IpRange | undefined {
  const { family, value } = numberOf(cidr.address);
  const prefix = prefixOf(cidr, family);
  if (prefix < 0) return undefined;
  const size = 1n << BigInt((family === 4 ? 32 : 128) - prefix);
  const first = (value / size) * size;
  return { family, first, last: first + size - 1n };
}

function prefixOf({ address, prefix }: Cidr, family: 4 | 6): number {
  return family === 4 && address.written === 6 ? prefix - 96 : prefix;
}

/** The longest run of zeros becomes `::`, the first of several (RFC 5952). A run starts with a whole group: not in `fd00`. */
function compressed(groups: readonly string[]): string {
  const text = groups.join(':');
  const runs = [...text.matchAll(/\b0(?::0)+\b/g)];
  const longest = runs.toSorted((left, right) => right[0].length - left[0].length)[0];
  if (longest === undefined) return text;
  const before = text.slice(0, longest.index).replace(/:$/, '');
  return `${before}::${text.slice(longest.index + longest[0].length).replace(/^:/, '')}`;
}
