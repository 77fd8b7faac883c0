import { parseAddress, parseCidr } from '../cni/address.ts';
import { checkIfname } from '../cni/env.ts';
import { isHardwareAddress } from '../cni/hardware-address.ts';
import type { FindingCode } from './finding-codes.ts';

/** A format of JSON Schema: what a text or number must be besides its kind. */
interface ValueFormat {
  readonly kind: 'string' | 'number';
  readonly code: FindingCode;
  readonly holds: (value: string | number) => boolean;
  /** What the writer probably meant, as JSON; undefined where nobody can tell. */
  readonly meant?: (value: string) => string | undefined;
}

/** The formats of the plugins' schemas, by name. */
export const valueFormats: Readonly<Record<string, ValueFormat>> = {
  cidr: {
    kind: 'string',
    code: 'InvalidCidr',
    holds: (value) => parseCidr(String(value)) !== undefined,
    meant: meantCidr,
  },
  /** Of a single address more often than not. */
  exclusion: {
    kind: 'string',
    code: 'InvalidCidr',
    holds: (value) => parseCidr(String(value)) !== undefined,
    meant: meantExclusion,
  },
  destination: {
    kind: 'string',
    code: 'InvalidCidr',
    holds: (value) => parseCidr(String(value)) !== undefined,
    // As `ip route` has it.
    meant: (value) => (value.trim() === 'default' ? '"0.0.0.0/0"' : meantCidr(value)),
  },
  'whereabouts-range': {
    kind: 'string',
    code: 'InvalidCidr',
    holds: (value) => isWhereaboutsRange(String(value)),
    meant: meantCidr,
  },
  address: {
    kind: 'string',
    code: 'InvalidAddress',
    holds: (value) => parseAddress(String(value)) !== undefined,
    meant: meantAddress,
  },
  mac: {
    kind: 'string',
    code: 'InvalidMac',
    holds: (value) => isInterfaceMac(String(value)),
    meant: meantMac,
  },
  'hardware-address': {
    kind: 'string',
    code: 'InvalidMac',
    holds: (value) => [6, 8, 20].some((bytes) => isHardwareAddress(String(value), bytes)),
    meant: meantMac,
  },
  'interface-name': {
    kind: 'string',
    code: 'InvalidInterfaceName',
    holds: (value) => checkIfname(String(value)) === undefined,
    meant: (value) => (checkIfname(value.trim()) === undefined ? JSON.stringify(value.trim()) : undefined),
  },
  'pci-address': {
    kind: 'string',
    code: 'UnknownValue',
    holds: (value) => pciAddress.test(String(value)),
    // As lspci prints it where there is one domain.
    meant: (value) =>
      pciAddress.test(`0000:${value.trim()}`) ? JSON.stringify(`0000:${value.trim()}`) : undefined,
  },
  mtu: {
    kind: 'number',
    code: 'InvalidMtu',
    // 68 is what IPv4 asks of every link (RFC 791).
    holds: (value) => value === 0 || (Number(value) >= 68 && Number(value) <= 65_535),
  },
};

const pciAddress = /^[0-9a-f]{4}:[0-9a-f]{2}:[01][0-9a-f]\.[0-7]$/i;

/** `10.1.2.10-10.1.2.90/24` or a CIDR; the prefix is that of the second address. */
export function whereaboutsCidr(text: string): string {
  const dash = text.indexOf('-');
  return dash === -1 ? text : text.slice(dash + 1).trim();
}

function isWhereaboutsRange(text: string): boolean {
  const dash = text.indexOf('-');
  const startHolds = dash === -1 || parseAddress(text.slice(0, dash).trim()) !== undefined;
  return startHolds && parseCidr(whereaboutsCidr(text)) !== undefined;
}

/** The first byte of an interface's address is even: an odd one is for groups, and the kernel refuses it. */
function isInterfaceMac(text: string): boolean {
  if (!isHardwareAddress(text, 6)) return false;
  const digits = text.replace(/[^0-9a-f]/gi, '');
  return Number.parseInt(digits.slice(0, 2), 16) % 2 === 0 && !/^0+$/.test(digits);
}

function meantMac(value: string): string | undefined {
  const trimmed = value.trim();
  const bytes = /^[0-9a-f]{12}$/i.test(trimmed) ? (trimmed.match(/../g) ?? []).join(':') : trimmed;
  const padded = bytes.replace(/(^|:)([0-9a-f])(?=:|$)/gi, '$10$2');
  return isInterfaceMac(padded) ? JSON.stringify(padded) : undefined;
}

function meantAddress(value: string): string | undefined {
  const trimmed = value.trim();
  const plain = trimmed.split('/')[0] ?? '';
  return parseAddress(decimal(plain)) === undefined ? undefined : JSON.stringify(decimal(plain));
}

/** An address without its prefix, a dotted netmask, leading zeros, white space. */
function meantCidr(value: string): string | undefined {
  const [address = '', mask, ...more] = value.trim().split(/\s*\/\s*/);
  const plain = decimal(address);
  if (parseAddress(plain) === undefined || more.length > 0) return undefined;
  const prefix = mask === undefined ? usualPrefix(plain) : prefixOf(mask, plain);
  return prefix === undefined ? undefined : JSON.stringify(`${plain}/${prefix}`);
}

function meantExclusion(value: string): string | undefined {
  const plain = decimal(value.trim());
  if (parseAddress(plain) === undefined) return meantCidr(value);
  return JSON.stringify(`${plain}/${plain.includes(':') ? 128 : 32}`);
}

/** What most people have: a /24, or for a single address of IPv6 a /64. */
function usualPrefix(address: string): number {
  return address.includes(':') ? 64 : 24;
}

function prefixOf(mask: string, address: string): number | undefined {
  if (parseCidr(`${address}/${mask}`) !== undefined) return Number(mask);
  const bytes = parseAddress(mask)?.bytes.slice(12);
  if (bytes === undefined || address.includes(':')) return undefined;
  const bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return /^1*0*$/.test(bits) ? bits.replaceAll('0', '').length : undefined;
}

/** `010.001.002.000` is read as octal by some, so Go refuses it. */
function decimal(address: string): string {
  return address.includes(':') ? address : address.replace(/(^|\.)0+(?=[0-9])/g, '$1');
}
