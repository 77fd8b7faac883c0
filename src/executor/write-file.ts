import { isErrno, type Sys, type SysFiles } from './sys.ts';

/**
 * Replaces a file so that a reader, also one after a power loss, finds the old or the new content and never half:
 * temp file, fsync, rename, fsync of the directory. The temp name is fixed because the container's lock admits one
 * writer, so a torn one is overwritten by the next.
 */
export function writeDurable(sys: SysFiles, path: string, text: string): void {
  replaceFile(sys, path, text, true);
  syncDirectory(sys, parentOf(path));
}

/** The same without fsync: safe against kill -9, not against power loss. */
export function writeVolatile(sys: SysFiles, path: string, text: string): void {
  replaceFile(sys, path, text, false);
}

/** Where the new content stands before it takes the path's place; a writer that was killed leaves it there. */
export function temporaryOf(path: string): string {
  return `${path}.tmp`;
}

function replaceFile(sys: SysFiles, path: string, text: string, durable: boolean): void {
  const temporary = temporaryOf(path);
  try {
    const file = openMaking(sys, temporary, 'replace');
    try {
      sys.write(file, text);
      if (durable) sys.fsync(file);
    } finally {
      sys.close(file);
    }
    sys.rename(temporary, path);
  } catch (error) {
    // A full disk must not be kept full by our own half file.
    removeFile(sys, temporary, true);
    throw error;
  }
}

/** Opens a file that may be created, making its directory first where that is missing. */
export function openMaking(sys: SysFiles, path: string, mode: 'replace' | 'append' | 'lock'): number {
  try {
    return sys.open(path, mode);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
    makeDirectory(sys, parentOf(path));
    return sys.open(path, mode);
  }
}

/** Removes a file; its absence is no error. With `quiet` no failure is. */
export function removeFile(sys: Pick<Sys, 'unlink' | 'stat'>, path: string, quiet = false): void {
  try {
    sys.unlink(path);
  } catch (error) {
    if (quiet || isErrno(error, 'ENOENT')) return;
    // A read-only file system says so before it looks whether the file is there.
    if (isErrno(error, 'EROFS') && sys.stat(path) === undefined) return;
    throw error;
  }
}

function syncDirectory(sys: SysFiles, path: string): void {
  const directory = sys.open(path, 'directory');
  try {
    sys.fsync(directory);
  } finally {
    sys.close(directory);
  }
}

/** Durable at once, because a durable file in a directory that is lost is lost. */
function makeDirectory(sys: SysFiles, path: string): void {
  try {
    sys.mkdir(path, 0o700);
    syncDirectory(sys, parentOf(path));
  } catch (error) {
    if (isErrno(error, 'EEXIST')) return;
    if (!isErrno(error, 'ENOENT') || path === '/') throw error;
    makeDirectory(sys, parentOf(path));
    makeDirectory(sys, path);
  }
}

function parentOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/')) || '/';
}
