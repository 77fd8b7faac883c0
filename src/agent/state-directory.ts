import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Log } from '../daemon/log.ts';
import { codeOf } from './sources/file-stamp.ts';

const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * Makes `--state-dir` 0700: kubelet makes the directory of a mount 0755, and the records in it hold networks' secrets.
 * Only where it is ours, and no link: its target may be a directory that others need. One that is not there yet is made
 * 0700 by whoever makes it. Gives what is not as it should be, in sentences, and logs it. Never rejects.
 */
export async function closeStateDirectory(path: string, log: Log): Promise<readonly string[]> {
  const problem = await tryClose(path, log).catch((error: unknown) => failure(path, codeOf(error)));
  if (problem === undefined) return [];
  const sentence = `${path} may be open to others: ${problem}; make it 0700, then restart the agent`;
  log.warn({ problem: sentence }, 'state directory');
  return [sentence];
}

async function tryClose(path: string, log: Log): Promise<string | undefined> {
  // Through a handle: what is looked at is what is changed.
  const directory = await open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  try {
    return await tighten(directory, path, log);
  } finally {
    await directory.close();
  }
}

async function tighten(directory: FileHandle, path: string, log: Log): Promise<string | undefined> {
  const { mode, uid } = await directory.stat();
  if (isClosed(mode)) return undefined;
  if (uid !== process.getuid?.()) return `it belongs to user ${uid}`;
  // Everybody's, such as /tmp.
  if ((mode & 0o1000) !== 0) return 'it is a directory that others share';
  await directory.chmod(0o700);
  log.info({ path, was: (mode & 0o7777).toString(8) }, 'state directory closed to others');
  return undefined;
}

/** undefined where nothing has to be done. */
async function failure(path: string, code: string): Promise<string | undefined> {
  if (code === 'ENOENT') return undefined;
  if (code !== 'ENOTDIR' && code !== 'ELOOP') return code;
  const target = await stat(path).catch(() => undefined);
  return target !== undefined && isClosed(target.mode) ? undefined : 'it is a link or no directory';
}

function isClosed(mode: number): boolean {
  return (mode & 0o077) === 0;
}
