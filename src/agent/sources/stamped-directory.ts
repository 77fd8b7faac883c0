import { readdirSync } from 'node:fs';
import type { Clock } from '../../daemon/clock.ts';
import { codeOf, type FileStamp, hasSettled, sameStamp, statusOf } from './file-stamp.ts';
import { type FileText, StampedFile } from './stamped-file.ts';

/** A directory as it was read. The same object for as long as no file in it has changed. */
export interface DirectoryContent {
  /** In byte order of their names, as every CNI runtime sorts them. */
  readonly files: readonly FileText[];
  /** Why the directory itself cannot be read: `ENOENT`; undefined if it can. */
  readonly problem: string | undefined;
}

/**
 * Reads the files of one directory whenever it is asked: one stat of the directory and one of each file, the names only
 * when the directory's stamp has changed, the bytes of those files only whose own has.
 */
export class StampedDirectory {
  readonly path: string;
  readonly #clock: Clock;
  readonly #wanted: (name: string) => boolean;
  /** Of the names; undefined while they must be read again whatever the stamp says. */
  #settled: FileStamp | undefined;
  #names: readonly string[] = [];
  #files: readonly StampedFile[] = [];
  #content: DirectoryContent = { files: [], problem: undefined };

  /** `wanted` picks by base name. Hidden files, with which tools and kubelet prepare a change, are never read. */
  constructor(path: string, clock: Clock, wanted: (name: string) => boolean) {
    this.path = path;
    this.#clock = clock;
    this.#wanted = wanted;
  }

  /** Never throws. */
  read(): DirectoryContent {
    const problem = this.#look();
    const files: FileText[] = [];
    for (const stamped of this.#files) {
      const file = stamped.read();
      if (file !== undefined) files.push(file);
    }
    const before = this.#content;
    const same =
      before.problem === problem &&
      before.files.length === files.length &&
      files.every((file, index) => file === before.files[index]);
    if (!same) this.#content = { files, problem };
    return this.#content;
  }

  /** True if an entry of this name, wanted or not, was there at the last `read`. */
  lists(name: string): boolean {
    return this.#names.includes(name);
  }

  /** Brings the names up to date; why they cannot be read, undefined if they can. */
  #look(): string | undefined {
    const status = statusOf(this.path) ?? 'ENOENT';
    if (typeof status === 'string') return this.#unreadable(status);
    if (this.#settled !== undefined && sameStamp(this.#settled, status)) return undefined;
    // Taken before the names: what comes or goes in between changes the stamp as well.
    this.#settled = hasSettled(status, this.#clock.now()) ? status : undefined;
    try {
      this.#take(readdirSync(this.path));
      return undefined;
    } catch (error) {
      return this.#unreadable(codeOf(error));
    }
  }

  #unreadable(problem: string): string {
    this.#settled = undefined;
    this.#take([]);
    return problem;
  }

  #take(names: readonly string[]): void {
    const known = new Set(this.#names);
    if (names.length === known.size && names.every((name) => known.has(name))) return;
    const files = new Map(this.#files.map((file) => [file.name, file]));
    this.#names = names;
    this.#files = names
      .filter((name) => !name.startsWith('.') && this.#wanted(name))
      .sort(byBytes)
      .map((name) => files.get(name) ?? new StampedFile(`${this.path}/${name}`, name, this.#clock));
  }
}

/** Order of file names as Go's and C's comparison of bytes gives it; JavaScript's own differs above U+FFFF. */
export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
