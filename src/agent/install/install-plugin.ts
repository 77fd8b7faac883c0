import { dirname } from 'node:path';
import { makeDirectory, removeAbandoned } from './durable-file.ts';
import { installError } from './install-error.ts';
import type { PluginBinary } from './plugin-binary.ts';

/**
 * `--install-only`: puts the plugin in place, with the directory if it is missing, and says what it did. It is for an
 * init container, which may have the capability to write to a directory of another user that the agent itself lacks.
 * Throws InstallFailed; a plugin that was there is untouched then.
 */
export async function installPlugin(binary: PluginBinary, version: string): Promise<string> {
  const { target } = binary;
  try {
    // Runtimes and other users' tools look into it.
    await makeDirectory(dirname(target), 0o755);
    await removeAbandoned(target);
    const state = await binary.state();
    if (state === 'current') return `${target} is the plugin of version ${version} already`;
    await binary.install();
    return `${target} is now the plugin of version ${version}; it was ${state}`;
  } catch (error) {
    throw await installError('write', target, error);
  }
}
