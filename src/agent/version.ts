import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Put in by hack/build/agent.ts from the file VERSION. */
declare const __WEFT_VERSION__: string | undefined;

/** Version of this weft. Run from source, it is read from VERSION. */
export const weftVersion: string =
  typeof __WEFT_VERSION__ === 'string'
    ? __WEFT_VERSION__
    : readFileSync(sourcePath('../../VERSION'), 'utf8').trim();

/** The plugin that came with this agent: beside the bundle, or where the build puts it. */
export function pluginSource(): string {
  const beside = sourcePath('./weft');
  return existsSync(beside) ? beside : sourcePath('../../dist/weft');
}

function sourcePath(relative: string): string {
  return fileURLToPath(new URL(relative, import.meta.url));
}
