import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { WeftError } from '../errors/weft-error.ts';

/**
 * Writes a file so that it is there as a whole or not at all, also after a power cut; one that was there is replaced.
 * Throws OutputUnwritable.
 */
export function writeOutputFile(path: string, text: string): void {
  const target = resolve(path);
  const directory = dirname(target);
  const temporary = join(directory, `.${basename(target)}.${randomBytes(6).toString('hex')}`);
  try {
    writeSynced(temporary, text);
    renameSync(temporary, target);
    syncDirectory(directory);
  } catch (error) {
    rmSync(temporary, { force: true });
    const cause = error instanceof Error ? error.message : String(error);
    throw new WeftError('OutputUnwritable', { step: `write ${path}`, cause, error });
  }
}

function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o644);
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}
