import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { ImportFacts } from '../../../src/cli/import-multus/import-context.ts';
import { importMultus, type MultusImport } from '../../../src/cli/import-multus/import-multus.ts';
import { combined, readSource } from '../../../src/cli/import-multus/read-source.ts';

const directory = resolve(import.meta.dirname, '../../fixtures/multus');

/** Path of a configuration in test/fixtures/multus. */
export function fixturePath(name: string): string {
  return join(directory, name);
}

/** Imports texts: of files in test/fixtures/multus by their names, others as they are. */
export async function importOf(
  texts: readonly string[],
  facts: Partial<ImportFacts> = {},
): Promise<MultusImport> {
  const sources = await Promise.all(
    texts.map((text, index) =>
      /^[-.\w]+$/.test(text)
        ? readSource(text, readFileSync(fixturePath(text), 'utf8'))
        : readSource(`text ${index}`, text),
    ),
  );
  const source = combined(sources);
  return importMultus(source, { mounts: source.mounts, neighbours: new Set(), ...facts });
}

/** What each key became, by key. */
export function becomes({ rows }: MultusImport): Readonly<Record<string, string>> {
  return Object.fromEntries(rows.map((row) => [row.setting.key, row.becomes]));
}

/** What the note of a key says. */
export function noteOf({ rows }: MultusImport, key: string): string {
  return rows.find(({ setting }) => setting.key === key)?.note ?? 'no such row';
}

/** `spec` of the WeftConfig. */
export function specOf({ documents }: MultusImport): object {
  return documents.at(-1)?.spec ?? {};
}

/** A configuration of Multus with these keys. */
export function multusConf(keys: object): string {
  return JSON.stringify({ name: 'multus-cni-network', type: 'multus', ...keys });
}
