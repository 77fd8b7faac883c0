import { readFileSync } from 'node:fs';
import { isObject } from '../../cni/json.ts';
import { WeftError } from '../../errors/weft-error.ts';
import type { Terminal } from '../terminal.ts';

/** Something to be checked, and the file it is from. */
export type LintInput =
  /** A CNI configuration as it is in a file. */
  | { readonly file: string; readonly kind: 'config'; readonly text: string }
  /** An object of Kubernetes, or what stands in its place. */
  | { readonly file: string; readonly kind: 'object'; readonly object: unknown };

/** Reads the files in order; `-` is standard input. Rejects with InputUnreadable. */
export async function lintInputs(
  paths: readonly string[],
  terminal: Pick<Terminal, 'stdin'>,
): Promise<readonly LintInput[]> {
  const inputs: LintInput[] = [];
  for (const path of paths) {
    const text = path === '-' ? await terminal.stdin() : textOf(path);
    inputs.push(...(await inputsOf(path === '-' ? 'standard input' : path, text)));
  }
  return inputs;
}

async function inputsOf(file: string, text: string): Promise<readonly LintInput[]> {
  if (/\.(conf|conflist)$/.test(file)) return [{ file, kind: 'config', text }];
  const { readYamlDocuments } = await import('../yaml-documents.ts');
  const documents = readYamlDocuments(file, text, 'InputUnreadable');
  const [only, ...others] = documents;
  if (others.length === 0 && isConfig(only)) return [{ file, kind: 'config', text }];
  return documents.flatMap(items).map((object) => ({ file, kind: 'object', object }));
}

/** A file of the node that has another ending, such as `.json`. */
function isConfig(document: unknown): boolean {
  if (!isObject(document) || document['kind'] !== undefined || document['apiVersion'] !== undefined)
    return false;
  return (
    document['type'] !== undefined ||
    document['plugins'] !== undefined ||
    document['cniVersion'] !== undefined
  );
}

/** The objects of a list, as `kubectl get -o yaml` prints it. */
function items(document: unknown): readonly unknown[] {
  const list = isObject(document) ? document['items'] : undefined;
  return Array.isArray(list) ? list : [document];
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw new WeftError('InputUnreadable', { step: `read ${path}`, cause, error });
  }
}
