import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { WeftError } from '../../errors/weft-error.ts';
import { codeOf } from '../sources/file-stamp.ts';

/** A temporary file that was not touched for so long has nobody who will rename it. */
const abandonedMs = 60_000;

/**
 * Puts `bytes` at `path` so that after a power loss either the old or the new file is there, whole: temporary file in
 * the same directory, read back and compared, fsync, rename, fsync of the directory. A process that runs the old file
 * keeps it. A failure leaves the old file and no temporary one.
 *
 * The temporary name is random: an init container and an agent may write the same file at once, and neither may rename
 * what the other is still writing. It ends in `.tmp`, which no runtime reads. Throws the errno, or InstallFailed.
 */
export async function replaceFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const temporary = `${temporaryStart(path)}${randomBytes(6).toString('hex')}.tmp`;
  try {
    await withFile(temporary, 'wx', async (file) => {
      await file.writeFile(bytes);
      await file.chmod(mode);
      await file.sync();
    });
    if (!(await readFile(temporary)).equals(bytes)) throw notAsWritten(temporary);
    await rename(temporary, path);
  } catch (error) {
    // What cannot be removed either is found by removeAbandoned; the first failure is the one to be told.
    await rm(temporary, { force: true }).catch(() => {});
    throw error;
  }
  await syncDirectory(dirname(path));
}

/** Removes temporary files that killed writers of `path` left. Never rejects: they are in nobody's way. */
export async function removeAbandoned(path: string): Promise<void> {
  const directory = dirname(path);
  const start = basename(temporaryStart(path));
  const names = await readdir(directory).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(start) || !/^[0-9a-f]{12}\.tmp$/.test(name.slice(start.length))) continue;
    await removeIfAbandoned(`${directory}/${name}`).catch(() => {});
  }
}

/** Makes a directory and its parents, durably. One that is there stays as it is. */
export async function makeDirectory(path: string, mode: number): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode });
  if (first !== undefined) await syncDirectory(dirname(first));
}

/** The file's bytes; undefined if there is none. Throws any other errno. */
export async function readIfThere(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function temporaryStart(path: string): string {
  return `${dirname(path)}/.${basename(path)}.`;
}

async function removeIfAbandoned(path: string): Promise<void> {
  if (Date.now() - (await stat(path)).mtimeMs > abandonedMs) await rm(path, { force: true });
}

function notAsWritten(path: string): WeftError {
  const remedy = 'check the disk; the old file is still in place';
  return new WeftError('InstallFailed', {
    step: 'install',
    cause: `${path} is not what was written to it`,
    remedy,
  });
}

async function syncDirectory(path: string): Promise<void> {
  await withFile(path, 'r', (directory) => directory.sync());
}

async function withFile(
  path: string,
  flags: string,
  use: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, 0o600);
  try {
    await use(file);
  } finally {
    await file.close();
  }
}
