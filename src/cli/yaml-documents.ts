import { parseAllDocuments, stringify } from 'yaml';
import { WeftError } from '../errors/weft-error.ts';

/** The values of a text in YAML, empty documents left out. Throws MultusConfigInvalid that names line and column. */
export function readYamlDocuments(origin: string, text: string): readonly unknown[] {
  const documents = parseAllDocuments(text, { prettyErrors: true, uniqueKeys: true });
  const values: unknown[] = [];
  for (const document of Array.isArray(documents) ? documents : []) {
    const [error] = document.errors;
    if (error !== undefined) {
      const cause = error.message.split('\n')[0]?.replace(/:$/, '') ?? error.code;
      throw new WeftError('MultusConfigInvalid', { step: `read ${origin}`, cause, error });
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
