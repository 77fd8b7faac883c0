import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import type { Clock } from '../../daemon/clock.ts';
import { codeOf, type FileStamp, hasSettled, sameStamp, statusOf } from './file-stamp.ts';

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

/** Reads one path again and again, and the bytes only when its stamp has changed. */
export class StampedFile {
  /** Base name. */
  readonly name: string;
  readonly #path: string;
  readonly #clock: Clock;
  /** Of `#content`; undefined while that must be read again whatever the stamp says. */
  #settled: FileStamp | undefined;
  #content: FileText | undefined;

  constructor(path: string, name: string, clock: Clock) {
    this.#path = path;
    this.name = name;
    this.#clock = clock;
  }

  /** What is there now; undefined if there is no such file, or it is a directory. Never throws. */
  read(): FileText | undefined {
    const stats = statusOf(this.#path);
    if (stats === undefined) return undefined;
    if (typeof stats === 'string') return this.#problem(stats);
    if (this.#content !== undefined && this.#settled !== undefined && sameStamp(this.#settled, stats)) {
      return this.#content;
    }
    if (stats.isDirectory()) return undefined;
    // A FIFO would block the whole agent.
    if (!stats.isFile()) return this.#problem('it is no regular file');
    if (stats.size > maxFileBytes) return this.#problem(`it is larger than ${maxFileBytes} bytes`);
    // Taken before the bytes: what changes in between changes the stamp as well.
    this.#settled = hasSettled(stats, this.#clock.now()) ? stats : undefined;
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
    this.#settled = undefined;
    return this.#keep(undefined, problem);
  }

  #keep(text: string | undefined, problem: string | undefined): FileText {
    const same = this.#content?.text === text && this.#content?.problem === problem;
    if (!same || this.#content === undefined) this.#content = { name: this.name, text, problem };
    return this.#content;
  }
}
