import { Buffer } from 'node:buffer';
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

/** One file of an archive. `path` is absolute in the machine; `mode` holds the permission bits only. */
export type ArchiveEntry =
  | { readonly kind: 'directory'; readonly path: string; readonly mode: number }
  | { readonly kind: 'file'; readonly path: string; readonly mode: number; readonly from: string }
  | { readonly kind: 'text'; readonly path: string; readonly mode: number; readonly text: string }
  | { readonly kind: 'link'; readonly path: string; readonly target: string };

const typeBits = { directory: 0o040_000, file: 0o100_000, text: 0o100_000, link: 0o120_000 } as const;

/**
 * Writes `entries` in this order as a cpio archive of the format "newc", the only one that the kernel unpacks
 * (Documentation/driver-api/early-userspace/buffer-format.rst). Directories must come before what is in them. Not
 * compressed: unpacking under emulation costs more than reading.
 */
export function writeCpio(out: string, entries: readonly ArchiveEntry[]): void {
  const file = openSync(out, 'w', 0o600);
  try {
    entries.forEach((entry, index) => {
      for (const part of record(entry.path.replace(/^\//, ''), modeOf(entry), index + 1, contentOf(entry)))
        writeSync(file, part);
    });
    for (const part of record('TRAILER!!!', 0, 0, Buffer.alloc(0))) writeSync(file, part);
  } finally {
    closeSync(file);
  }
}

function modeOf(entry: ArchiveEntry): number {
  return typeBits[entry.kind] + (entry.kind === 'link' ? 0o777 : entry.mode);
}

function contentOf(entry: ArchiveEntry): Buffer {
  if (entry.kind === 'file') return readFileSync(entry.from);
  if (entry.kind === 'directory') return Buffer.alloc(0);
  return Buffer.from(entry.kind === 'text' ? entry.text : entry.target);
}

function record(name: string, mode: number, inode: number, content: Buffer): readonly Buffer[] {
  const path = Buffer.from(`${name}\0`);
  // inode, mode, uid, gid, links, time, size, device (2), its own device (2), length of the name, checksum (unused).
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, path.length, 0];
  const head = Buffer.from(`070701${fields.map((value) => value.toString(16).padStart(8, '0')).join('')}`);
  return [padded(Buffer.concat([head, path])), padded(content)];
}

/** To a multiple of four bytes. */
function padded(bytes: Buffer): Buffer {
  const rest = (4 - (bytes.length % 4)) % 4;
  return rest === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(rest)]);
}
