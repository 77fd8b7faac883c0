import { WeftError } from '../errors/weft-error.ts';
import type { SysFiles } from './sys.ts';

/**
 * Path of the plugin: the first regular file of that name in the directories (CNI-250). Symbolic links are followed,
 * the executable bit is execve's business. Throws PluginMissing; InvalidEnvironment where there is no directory at all.
 */
export function findPlugin(
  sys: Pick<SysFiles, 'stat'>,
  type: string,
  directories: readonly string[],
): string {
  if (type === '' || type === '.' || type === '..' || type.includes('/')) {
    throw new WeftError('PlanRefused', { cause: `plugin type "${type.slice(0, 40)}" is no bare file name` });
  }
  for (const directory of directories) {
    const path = `${directory}/${type}`;
    if (sys.stat(path)?.kind === 'file') return path;
  }
  const plugin = `plugin "${type.slice(0, 40)}"`;
  // Not before: a call that runs no delegate needs none (CNI-005).
  if (directories.length === 0) {
    throw new WeftError('InvalidEnvironment', { cause: `${plugin} has to be found and CNI_PATH is missing` });
  }
  throw new WeftError('PluginMissing', { cause: `${plugin} is not in ${directories.join(', ')}` });
}
