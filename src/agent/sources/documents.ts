/** A text to the values of its documents. Throws a plain Error that says where it is broken. */
export type DocumentReader = (text: string) => readonly unknown[];

/** Reads one JSON document; an empty file has none. */
export function readJsonDocument(text: string): readonly unknown[] {
  return text.trim() === '' ? [] : [JSON.parse(text) as unknown];
}

/** True for what only the YAML library can read. */
export function isYamlName(name: string): boolean {
  return name.endsWith('.yaml') || name.endsWith('.yml');
}

/** The library's chunk, loaded at the first use. */
export async function loadYamlReader(): Promise<DocumentReader> {
  return (await import('./yaml-documents.ts')).readYamlDocuments;
}
