import { WeftError } from '../errors/weft-error.ts';
import { lockBoot } from './lock.ts';
import { bootIdFile, type Directories } from './state-paths.ts';
import { isErrno, type Sys } from './sys.ts';
import { writeVolatile } from './write-file.ts';

const pattern = /^[0-9a-f-]{36}\n$/;

/**
 * Names this boot: the content of /run/weft/boot-id, made by whoever looks first after a boot. Written beside and
 * renamed under a lock of its own, so that a race has one winner, nobody ever reads a half-written one, and a kill leaves
 * nothing that the next does not use. Throws StateUnwritable, StateUnreadable, SandboxBusy at the deadline.
 */
export function readBootId(sys: Sys, directories: Directories, deadline: number): string {
  const path = bootIdFile(directories);
  try {
    return known(sys, path) ?? make(sys, directories, path, deadline);
  } catch (error) {
    if (error instanceof WeftError) throw error;
    throw new WeftError('StateUnwritable', { step: 'read the boot ID', cause: String(error), error });
  }
}

function known(sys: Sys, path: string): string | undefined {
  try {
    const text = sys.readText(path, 100);
    if (pattern.test(text)) return text.trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw error;
  }
  throw new WeftError('StateUnreadable', {
    step: 'read the boot ID',
    cause: `${path} holds no boot ID`,
    remedy: 'remove the file',
  });
}

function make(sys: Sys, directories: Directories, path: string, deadline: number): string {
  const lock = lockBoot(sys, directories, deadline);
  try {
    const made = known(sys, path);
    if (made !== undefined) return made;
    const text = sys.readText('/proc/sys/kernel/random/uuid', 100);
    writeVolatile(sys, path, text);
    return text.trim();
  } finally {
    lock.release();
  }
}
