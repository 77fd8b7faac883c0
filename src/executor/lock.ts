import { containerKey } from '../attachment/record-key.ts';
import { WeftError } from '../errors/weft-error.ts';
import { endGcRemains } from './gc-remains.ts';
import { type Directories, lockFile } from './state-paths.ts';
import type { Fd, Sys } from './sys.ts';
import { openMaking, removeFile } from './write-file.ts';

/** A held flock. The kernel releases it when this process ends, however it ends. */
export interface Lock {
  /** Gives it up; the lock file stays for the next. */
  release(): void;
  /** Gives it up and removes the file: for a container that is gone. */
  retire(): void;
}

/**
 * The container's exclusive lock: its operations never overlap, across processes and interfaces (CNI-330, 331).
 * SandboxBusy at the deadline; StateUnwritable where the lock directory cannot be written.
 */
export function lockContainer(
  sys: Sys,
  directories: Directories,
  containerId: string,
  deadline: number,
): Lock {
  return lock(sys, lockFile(directories, containerKey(containerId)), 'exclusive', deadline);
}

/** The same if nobody holds it now, otherwise undefined. */
export function tryLockContainer(sys: Sys, directories: Directories, containerId: string): Lock | undefined {
  return attempt(sys, lockFile(directories, containerKey(containerId)), 'exclusive');
}

/**
 * Held shared by ADD, DEL and CHECK, so that GC, which takes it alone, never overlaps them (CNI-314). What a killed GC has
 * left running is ended first.
 */
export function lockAgainstGc(sys: Sys, directories: Directories, deadline: number): Lock {
  return withoutRemains(sys, directories, lock(sys, lockFile(directories, 'gc'), 'shared', deadline));
}

/** The GC's own hold: nothing else of any sandbox is under way, and nothing begins. */
export function lockForGc(sys: Sys, directories: Directories, deadline: number): Lock {
  return withoutRemains(sys, directories, lock(sys, lockFile(directories, 'gc'), 'exclusive', deadline));
}

/**
 * Held for the moment in which the boot is named. A lock of its own: the sandboxes' verbs hold that of GC shared for as
 * long as their delegates take, and whoever waited to have it alone would wait for all of them.
 */
export function lockBoot(sys: Sys, directories: Directories, deadline: number): Lock {
  return lock(sys, lockFile(directories, 'boot'), 'exclusive', deadline);
}

function withoutRemains(sys: Sys, directories: Directories, held: Lock): Lock {
  try {
    endGcRemains(sys, directories);
    return held;
  } catch (error) {
    held.release();
    throw error;
  }
}

function lock(sys: Sys, path: string, kind: 'shared' | 'exclusive', deadline: number): Lock {
  for (let pauseMs = 1; ; pauseMs = Math.min(pauseMs * 2, 20)) {
    const held = attempt(sys, path, kind);
    if (held !== undefined) return held;
    if (sys.monotonicMs() + pauseMs > deadline) throw busy(path);
    sys.sleepMs(pauseMs);
  }
}

/** One try. A lock on a file that its last holder has removed meanwhile protects nothing: the inode tells. */
function attempt(sys: Sys, path: string, kind: 'shared' | 'exclusive'): Lock | undefined {
  const file = openLock(sys, path);
  if (sys.tryLock(file, kind) && sys.stat(path)?.ino === sys.inodeOf(file)) return heldLock(sys, path, file);
  sys.close(file);
  return undefined;
}

function openLock(sys: Sys, path: string): Fd {
  try {
    return openMaking(sys, path, 'lock');
  } catch (error) {
    throw new WeftError('StateUnwritable', { step: 'lock the sandbox', cause: String(error), error });
  }
}

function heldLock(sys: Sys, path: string, file: Fd): Lock {
  return {
    release: () => sys.close(file),
    retire: () => {
      removeFile(sys, path, true);
      sys.close(file);
    },
  };
}

function busy(path: string): WeftError {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return new WeftError('SandboxBusy', {
    step: 'lock the sandbox',
    cause: `${name.slice(0, 80)} is held by another process`,
  });
}
