import { copyFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineDisk } from '../../hack/vm/machine.ts';
import { applyWrites, type CutWrites } from '../../hack/vm/write-log.ts';
import { mustRun } from '../harness/run.ts';

const bytes = 64 * 1024 * 1024;

/** An ext4 file system with a journal that lives through power cuts. */
export class CutDisk {
  /** As it was when the machine that runs was started. */
  readonly #image: string;
  /** What the machine that runs has. */
  readonly #live: MachineDisk;

  constructor(dir: string) {
    this.#image = join(dir, 'disk');
    this.#live = { image: join(dir, 'disk-live'), writeLog: join(dir, 'disk-writes') };
    writeFileSync(this.#image, '');
    truncateSync(this.#image, bytes);
    // Now, not by a thread of the kernel while we look.
    const now = 'lazy_itable_init=0,lazy_journal_init=0';
    mustRun(['mke2fs', '-q', '-t', 'ext4', '-E', now, this.#image]);
  }

  /** For the next machine. */
  attach(): MachineDisk {
    copyFileSync(this.#image, this.#live.image);
    rmSync(this.#live.writeLog, { force: true });
    writeFileSync(this.#live.writeLog, '');
    return this.#live;
  }

  /**
   * After the cut: of what the machine wrote and did not flush, each write is kept or lost by `keeps`. undefined: the
   * log has a gap, because a write was under way; then everything that was written is kept.
   */
  cut(keeps: () => boolean): CutWrites | undefined {
    const writes = applyWrites(this.#image, this.#live.writeLog, keeps);
    if (writes === undefined) renameSync(this.#live.image, this.#image);
    return writes;
  }
}
