import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { WeftError } from '../../errors/weft-error.ts';
import { codeOf } from '../sources/file-stamp.ts';

/** What helps, by errno; at most 110 characters each. Others get InstallFailed's own remedy. */
const remedies: Readonly<Record<string, string>> = {
  EACCES: 'give the directory to root, or give the container the capability DAC_OVERRIDE',
  EPERM: 'give the directory to root, or give the container the capability DAC_OVERRIDE',
  EROFS: 'mount the directory writable',
  ENOSPC: 'free space on its file system; the file that was there is untouched',
  EDQUOT: 'free space on its file system; the file that was there is untouched',
};

/** The failure of a step that reads or writes `path`, as InstallFailed; one that is a WeftError already as it is. */
export async function installError(step: string, path: string, error: unknown): Promise<WeftError> {
  if (error instanceof WeftError) return error;
  const code = codeOf(error);
  const cause = `${step} ${path}: ${code}${await ownerOf(code, dirname(path))}`;
  return new WeftError('InstallFailed', { step: 'install', cause, remedy: remedies[code], error });
}

/** Root without DAC_OVERRIDE is an ordinary user: then the directory's owner explains a refusal. */
async function ownerOf(code: string, directory: string): Promise<string> {
  if (code !== 'EACCES' && code !== 'EPERM') return '';
  const owner = (await stat(directory).catch(() => undefined))?.uid;
  return owner === undefined || owner === 0 ? '' : ` (${directory} belongs to user ${owner})`;
}
