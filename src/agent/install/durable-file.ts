import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { codeOf } from '../sources/file-stamp.ts';

/**
 * Puts `bytes` at `path` so that after a power loss either the old or the new file is there, whole: temporary file in
 * the same directory, fsync, rename, fsync of the directory. A process that runs the old file keeps it.
 *
 * The temporary name is fixed, so that what a killed agent left is used up by the next one, and ends in `.tmp`, which no
 * runtime reads. Throws the errno.
 */
export async function replaceFile(path: string, bytes: Uint8Array, mode: number): Promise<void> {
  const directory = dirname(path);
  const temporary = `${directory}/.${basename(path)}.tmp`;
  await withFile(temporary, 'w', async (file) => {
    await file.writeFile(bytes);
    await file.chmod(mode);
    await file.sync();
  });
  await rename(temporary, path);
  await syncDirectory(directory);
}

/** Makes a directory and its parents, 0700, durably. One that is there stays as it is. */
export async function makeDirectory(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true, mode: 0o700 });
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
