import { isUtf8 } from 'node:buffer';
import { readFileSync, type Stats, statSync } from 'node:fs';
import type { Clock } from '../../daemon/clock.ts';

/** One file's content. The same object for as long as the content is the same, so that work can hang on it. */
export interface FileText {
  /** Base name. */
  readonly name: string;
  /** Undefined where it cannot be read. */
  readonly text: string | undefined;
  /** Why not: `EACCES`, `it is no regular file`. */
  readonly problem: string | undefined;
}

/** A network or a configuration of this size is a mistake; etcd would not take it either. */
const maxFileBytes = 2 * 1024 * 1024;

/**
 * File times advance with the kernel's tick, on some file systems only with the second. A file that was changed less
 * than this before it was read is read again, as git does it; so no change is ever missed, and no watch is needed.
 */
const settleMs = 2_000;

/** Reads one path again and again, and the bytes only when its stamp has changed. */
export class StampedFile {
  readonly #path: string;
  readonly #name: string;
  readonly #clock: Clock;
  #stamp = '';
  #settled = false;
  #content: FileText | undefined;

  constructor(path: string, name: string, clock: Clock) {
    this.#path = path;
    this.#name = name;
    this.#clock = clock;
  }

  /** What is there now; undefined if there is no such file, or it is a directory. Never throws. */
  read(): FileText | undefined {
    const stats = this.#stat();
    if (stats === undefined) return undefined;
    if (typeof stats === 'string') return this.#problem(stats);
    const stamp = `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeMs}:${stats.ctimeMs}`;
    if (this.#settled && this.#stamp === stamp && this.#content !== undefined) return this.#content;
    // A FIFO would block the whole agent.
    if (!stats.isFile()) return this.#problem('it is no regular file');
    if (stats.size > maxFileBytes) return this.#problem(`it is larger than ${maxFileBytes} bytes`);
    // Taken before the bytes: what changes in between changes the stamp as well.
    this.#stamp = stamp;
    this.#settled = this.#clock.now() - Math.max(stats.mtimeMs, stats.ctimeMs) > settleMs;
    return this.#bytes();
  }

  #bytes(): FileText {
    try {
      const bytes = readFileSync(this.#path);
      return isUtf8(bytes) ? this.#keep(bytes.toString('utf8'), undefined) : this.#problem('it is not UTF-8');
    } catch (error) {
      return this.#problem(codeOf(error));
    }
  }

  #problem(problem: string): FileText {
    this.#settled = false;
    return this.#keep(undefined, problem);
  }

  #keep(text: string | undefined, problem: string | undefined): FileText {
    const same = this.#content?.text === text && this.#content?.problem === problem;
    if (!same || this.#content === undefined) this.#content = { name: this.#name, text, problem };
    return this.#content;
  }

  #stat(): Stats | string | undefined {
    try {
      const stats = statSync(this.#path);
      return stats.isDirectory() ? undefined : stats;
    } catch (error) {
      const code = codeOf(error);
      return code === 'ENOENT' || code === 'ENOTDIR' ? undefined : code;
    }
  }
}

/** The errno's name, such as EACCES. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : String(error);
}
