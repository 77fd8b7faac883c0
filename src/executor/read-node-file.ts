import { decodeNodeFile, type NodeFile } from '../attachment/node-file.ts';
import { asWeftError, WeftError } from '../errors/weft-error.ts';
import { type Directories, nodeFile } from './state-paths.ts';
import { isErrno, SysError, type SysFiles } from './sys.ts';

/** Far larger than any default network. */
const limitBytes = 16 * 1024 * 1024;

/** What the agent last wrote about the default network; undefined where it never did. Throws StateUnreadable, InvalidJson. */
export function readNodeFile(
  sys: Pick<SysFiles, 'readText'>,
  directories: Directories,
): NodeFile | undefined {
  try {
    return decodeNodeFile(sys.readText(nodeFile(directories), limitBytes));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (!(error instanceof SysError)) throw asWeftError(error);
    throw new WeftError('StateUnreadable', { step: 'read node.json', cause: error.errno, error });
  }
}
