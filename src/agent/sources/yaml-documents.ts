import { parseAllDocuments } from 'yaml';

/**
 * The documents of a YAML text as plain values. Throws a plain Error with line and column. This file is a chunk of
 * its own in the bundle: import it only by `import()`, so that an agent without YAML does not pay for the library.
 */
export function readYamlDocuments(text: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { prettyErrors: false, uniqueKeys: true });
  if (!Array.isArray(documents)) return [];
  return documents.map((document) => {
    const error = document.errors[0];
    if (error !== undefined) throw new Error(`${placeOf(text, error.pos[0])}: ${error.message}`);
    // Bounded, or a few lines of aliases would fill the memory.
    return document.toJS({ maxAliasCount: 100 }) as unknown;
  });
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}
