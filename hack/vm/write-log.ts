import { Buffer } from 'node:buffer';
import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/**
 * The log of QEMU's `blklogwrites`, in the format of the kernel's dm-log-writes
 * (Documentation/admin-guide/device-mapper/log-writes.rst): a header sector, then entries of one sector each, every
 * one followed by its data.
 */
const sector = 512;
const magic = 0x6a736677736872n;
const flags = { flush: 1n, discard: 4n } as const;

/** One request of the machine. A flush makes everything before it durable. */
type LogEntry =
  | { readonly kind: 'flush' }
  | { readonly kind: 'write'; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'discard' };

/** What became of the writes of a machine that was cut off. */
export interface CutWrites {
  /** Followed by a flush: on the disk. */
  readonly durable: number;
  /** Only in the disk's cache, and of these kept by chance. */
  readonly kept: number;
  readonly lost: number;
}

/**
 * Applies a log to `image`, the disk as it was before the machine started: everything up to the last flush, and of what
 * came later only what `keeps` says for each write. That is a disk whose cache loses its content, in any order.
 * undefined, and nothing applied, if the log has a gap.
 */
export function applyWrites(image: string, log: string, keeps: () => boolean): CutWrites | undefined {
  const entries = readLog(log);
  if (entries === undefined) return undefined;
  const lastFlush = entries.findLastIndex((entry) => entry.kind === 'flush');
  const file = openSync(image, 'r+');
  const counts = { durable: 0, kept: 0, lost: 0 };
  try {
    for (const [index, entry] of entries.entries()) {
      if (entry.kind !== 'write') continue;
      const fate = index < lastFlush ? 'durable' : keeps() ? 'kept' : 'lost';
      counts[fate] += 1;
      if (fate !== 'lost') writeSync(file, entry.data, 0, entry.data.length, entry.at);
    }
  } finally {
    closeSync(file);
  }
  return counts;
}

/**
 * Complete entries, in order. The machine may die within the last one: it was never confirmed to the guest. undefined if
 * more follows such a gap, because nobody can tell how much: each entry has its place before it is written.
 */
function readLog(path: string): readonly LogEntry[] | undefined {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (size === 0) return [];
    if (readAt(file, 0).readBigUInt64LE(0) !== magic) throw new Error(`${path} is no log of writes`);
    const entries: LogEntry[] = [];
    for (let at = sector; at + sector <= size; ) {
      const head = readAt(file, at);
      const [place, sectors, kind] = [0, 8, 16].map((offset) => head.readBigUInt64LE(offset));
      const entry = decode(file, at + sector, place ?? 0n, sectors ?? 0n, kind ?? 0n);
      if (entry === undefined) return isLast(head, at, size) ? entries : undefined;
      entries.push(entry);
      at += sector * (1 + (entry.kind === 'write' ? Number(sectors) : 0));
    }
    return entries;
  } finally {
    closeSync(file);
  }
}

function decode(
  file: number,
  at: number,
  place: bigint,
  sectors: bigint,
  kind: bigint,
): LogEntry | undefined {
  if ((kind & flags.flush) !== 0n && sectors === 0n) return { kind: 'flush' };
  if ((kind & flags.discard) !== 0n) return { kind: 'discard' };
  if (sectors === 0n) return undefined;
  const data = readAt(file, at, Number(sectors) * sector);
  return data.length < Number(sectors) * sector
    ? undefined
    : { kind: 'write', at: Number(place) * sector, data };
}

/** True for an entry whose data the file ends in. */
function isLast(head: Buffer, at: number, size: number): boolean {
  const sectors = Number(head.readBigUInt64LE(8));
  return sectors > 0 && at + sector * (1 + sectors) >= size;
}

function readAt(file: number, at: number, length: number = sector): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(file, bytes, 0, length, at));
}
