import { readdirSync } from 'node:fs';
import type { Clock } from '../../daemon/clock.ts';
import { codeOf, type FileText, StampedFile } from './stamped-file.ts';

/** A directory as it was read. The same object for as long as no file in it has changed. */
export interface DirectoryContent {
  /** In byte order of their names, as every CNI runtime sorts them. */
  readonly files: readonly FileText[];
  /** Why the directory itself cannot be read: `ENOENT`; undefined if it can. */
  readonly problem: string | undefined;
}

/** Reads the files of one directory whenever it is asked, and the bytes of those only that have changed. */
export class StampedDirectory {
  readonly path: string;
  readonly #clock: Clock;
  readonly #wanted: (name: string) => boolean;
  #files = new Map<string, StampedFile>();
  #content: DirectoryContent = { files: [], problem: undefined };

  /** `wanted` picks by base name. Hidden files, with which tools and kubelet prepare a change, are never read. */
  constructor(path: string, clock: Clock, wanted: (name: string) => boolean) {
    this.path = path;
    this.#clock = clock;
    this.#wanted = wanted;
  }

  /** Never throws. */
  read(): DirectoryContent {
    const { names, problem } = this.#names();
    const known = this.#files;
    this.#files = new Map(
      names.map((name) => [
        name,
        known.get(name) ?? new StampedFile(`${this.path}/${name}`, name, this.#clock),
      ]),
    );
    const files = [...this.#files.values()].map((file) => file.read()).filter((file) => file !== undefined);
    const before = this.#content;
    const same =
      before.problem === problem &&
      before.files.length === files.length &&
      files.every((file, index) => file === before.files[index]);
    if (!same) this.#content = { files, problem };
    return this.#content;
  }

  #names(): { readonly names: readonly string[]; readonly problem: string | undefined } {
    try {
      const names = readdirSync(this.path).filter((name) => !name.startsWith('.') && this.#wanted(name));
      return { names: names.sort(byBytes), problem: undefined };
    } catch (error) {
      return { names: [], problem: codeOf(error) };
    }
  }
}

/** Order of file names as Go's and C's comparison of bytes gives it; JavaScript's own differs above U+FFFF. */
export function byBytes(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
