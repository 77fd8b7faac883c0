import { WeftError } from '../errors/weft-error.ts';
import { bootIdFile, type Directories } from './state-paths.ts';
import { isErrno, type Sys } from './sys.ts';
import { openMaking, removeFile } from './write-file.ts';

const pattern = /^[0-9a-f-]{36}\n$/;

/**
 * Names this boot: the content of /run/weft/boot-id, made by whoever looks first after a boot. link(2) decides a race,
 * so that nobody ever reads a half-written one. Throws StateUnwritable.
 */
export function readBootId(sys: Sys, directories: Directories): string {
  const path = bootIdFile(directories);
  try {
    return known(sys, path) ?? make(sys, path);
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

function make(sys: Sys, path: string): string {
  const temporary = `${path}.${sys.pid()}`;
  const file = openMaking(sys, temporary, 'replace');
  try {
    sys.write(file, sys.readText('/proc/sys/kernel/random/uuid', 100));
  } finally {
    sys.close(file);
  }
  try {
    sys.link(temporary, path);
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error;
  } finally {
    removeFile(sys, temporary, true);
  }
  const made = known(sys, path);
  if (made !== undefined) return made;
  throw new WeftError('StateUnwritable', { step: 'make the boot ID', cause: `${path} vanished` });
}
