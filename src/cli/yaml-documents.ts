import { parseAllDocuments, stringify } from 'yaml';
import { WeftError } from '../errors/weft-error.ts';

/** The values of a text in YAML, empty documents left out. Throws an error of `reason` that names line and column. */
export function readYamlDocuments(
  origin: string,
  text: string,
  reason: 'MultusConfigInvalid' | 'InputUnreadable' = 'MultusConfigInvalid',
): readonly unknown[] {
  const documents = parseAllDocuments(text, { prettyErrors: true, uniqueKeys: true });
  const values: unknown[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error !== undefined) {
      const cause = error.message.split('\n')[0]?.replace(/:$/, '') ?? error.code;
      throw new WeftError(reason, { step: `read ${origin}`, cause, error, ...remedyFor(reason) });
    }
    const value: unknown = document.toJS({ maxAliasCount: 100 });
    if (value !== null && value !== undefined) values.push(value);
  }
  return values;
}

/** Documents as `kubectl apply -f -` takes them. */
export function yamlText(documents: readonly object[]): string {
  return documents.map((document) => stringify(document, { lineWidth: 0 })).join('---\n');
}

/** The usual advice for a file that cannot be read is about its name and its permissions. */
function remedyFor(reason: string): { remedy?: string } {
  return reason === 'InputUnreadable' ? { remedy: 'correct the YAML there' } : {};
}
