import { type Stats, statSync } from 'node:fs';

/** What changes when the thing behind a path does: who it is, how long it is, when it was changed last. */
export interface FileStamp {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  /** Milliseconds since 1970, with a fraction. */
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/**
 * File times advance with the kernel's tick, on some file systems only with the second. What was changed less than this
 * before it was read is read again, as git does it; so no change is ever missed, and no watch is needed.
 */
const settleMs = 2_000;

/** The path's status, links followed; undefined if nothing is there; otherwise the errno's name. Never throws. */
export function statusOf(path: string): Stats | string | undefined {
  try {
    // An exception costs more than everything else here, and absent paths are usual.
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    return codeOf(error);
  }
}

/** True if what was read under stamp `left` is what is there under `right`, provided that it had settled. */
export function sameStamp(left: FileStamp, right: FileStamp): boolean {
  return (
    left.mtimeMs === right.mtimeMs &&
    left.ctimeMs === right.ctimeMs &&
    left.size === right.size &&
    left.ino === right.ino &&
    left.dev === right.dev
  );
}

/** True if a change after `now` must give another stamp. `now` is the wall clock at a time before the reading. */
export function hasSettled(stamp: FileStamp, now: number): boolean {
  return now - Math.max(stamp.mtimeMs, stamp.ctimeMs) > settleMs;
}

/** The errno's name, such as EACCES. */
export function codeOf(error: unknown): string {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : String(error);
}
