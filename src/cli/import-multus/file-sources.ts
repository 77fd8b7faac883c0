import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { WeftError } from '../../errors/weft-error.ts';
import { readConfDirectory } from '../../netconf/conf-directory.ts';
import { metaPluginIn } from '../../netconf/meta-plugin.ts';
import type { Terminal } from '../terminal.ts';
import { readSource, type Source } from './read-source.ts';

/** Reads the files of `-f`; `-` is standard input. Rejects with InputUnreadable or MultusConfigInvalid. */
export async function fileSources(
  paths: readonly string[],
  terminal: Pick<Terminal, 'stdin'>,
): Promise<readonly Source[]> {
  const sources: Source[] = [];
  for (const path of paths) {
    if (path === '-') sources.push(await readSource('standard input', await terminal.stdin()));
    else sources.push(await readSource(basename(path), textOf(path)));
  }
  return sources;
}

/** CNI names of the configurations in the files' directories that are networks of their own. */
export function neighbourNames(paths: readonly string[]): ReadonlySet<string> {
  const directories = new Set(paths.filter((path) => path !== '-').map((path) => dirname(resolve(path))));
  return new Set([...directories].flatMap((directory) => networkNames(directory)));
}

function networkNames(directory: string): readonly string[] {
  const files = entries(directory)
    .filter((name) => /\.(conf|conflist|json)$/.test(name))
    .flatMap((name) => {
      try {
        return [{ name, text: readFileSync(resolve(directory, name), 'utf8') }];
      } catch {
        // Nothing follows from what cannot be read.
        return [];
      }
    });
  return readConfDirectory(files)
    .networks.filter(({ network }) => metaPluginIn(network) === undefined)
    .map(({ network }) => network.name);
}

function entries(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new WeftError('InputUnreadable', { step: `read ${path}`, cause, error });
  }
}
