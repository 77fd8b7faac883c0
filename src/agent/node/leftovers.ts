import { readdirSync, readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { NodeLeftovers } from '../../api/weft-node.ts';
import { decodeRecord } from '../../attachment/record-codec.ts';
import { leftoverSuffix } from '../../executor/state-paths.ts';
import { type FileStamp, sameStamp, statusOf } from '../sources/file-stamp.ts';
import { rfc3339 } from './node-conditions.ts';

interface Known {
  readonly stamp: FileStamp;
  /** Wall clock, milliseconds. */
  readonly since: number;
}

/** A plan is 4 MiB at most (DESIGN §3.1); what is larger was not written by weft. */
const maxBytes = 8 * 1024 * 1024;

/** What a Date can hold; a record that came through a checksum may still have been written by anything. */
const latest = 8.64e15;

/** The leftovers of the node: what no DEL could undo, by the files that stand for them. Each is read once per change. */
export class Leftovers {
  readonly #directory: string;
  #known = new Map<string, Known>();

  /** `directory`: that of the records. */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Looks now. Never throws. */
  survey(): NodeLeftovers {
    const files = this.#names().flatMap((name) => {
      const known = this.#look(name);
      return known === undefined ? [] : ([[name, known]] as const);
    });
    this.#known = new Map(files);
    const oldest = Math.min(...files.map(([, { since }]) => since));
    return { count: files.length, ...(files.length > 0 && { oldest: rfc3339(oldest) }) };
  }

  #names(): readonly string[] {
    try {
      return readdirSync(this.#directory).filter((name) => name.endsWith(leftoverSuffix));
    } catch {
      return [];
    }
  }

  #look(name: string): Known | undefined {
    const path = `${this.#directory}/${name}`;
    const status = statusOf(path);
    if (typeof status !== 'object') return undefined;
    const { dev, ino, size, mtimeMs, ctimeMs } = status;
    const known = this.#known.get(name);
    if (known !== undefined && sameStamp(known.stamp, status)) return known;
    // Each retry writes the file anew, so its own time is the last resort.
    const since = (size <= maxBytes ? failedSince(path) : undefined) ?? mtimeMs;
    return { stamp: { dev, ino, size, mtimeMs, ctimeMs }, since };
  }
}

/** When the undo failed first; undefined where the file does not say. */
function failedSince(path: string): number | undefined {
  try {
    const decoded = decodeRecord(readFileSync(path, 'utf8'), (body) => crc32(body));
    if (!decoded.ok) return undefined;
    const { teardown, createdAt } = decoded.record;
    const at = teardown?.firstAt ?? createdAt;
    return at >= 0 && at < latest ? at : undefined;
  } catch {
    return undefined;
  }
}
