import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { makeRelease } from '../../hack/release/make-release.ts';
import { run } from '../harness/run.ts';
import { rendered } from './rendered.ts';

/** What make release makes, without the image, which the tier tools builds twice. */

let work: string;

beforeAll(async () => {
  work = mkdtempSync(join(tmpdir(), 'weft-release-'));
  for (const name of ['one', 'two']) await makeRelease(join(work, name), () => {});
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

function content(release: string): Readonly<Record<string, string>> {
  const names = readdirSync(join(work, release)).toSorted();
  return Object.fromEntries(names.map((name) => [name, readFileSync(join(work, release, name), 'utf8')]));
}

describe('a release', () => {
  it('has the same bytes each time', () => {
    expect(Object.keys(content('one'))).toEqual([
      'SHA256SUMS',
      'kubectl-weft',
      'weft-crd.yaml',
      'weft.cdx.json',
      'weft.yaml',
    ]);
    expect(content('two')).toEqual(content('one'));
  });

  it('has sums that sha256sum finds right', async () => {
    const end = await run(['sha256sum', '--check', '--strict', 'SHA256SUMS'], { cwd: join(work, 'one') });
    expect(end.status).toBe(0);
    expect(end.stdout.trim().split('\n')).toHaveLength(4);
  });

  it('has one manifest with all of config/default, and the kind of networks apart from it', async () => {
    const objects = (name: string): readonly unknown[] =>
      parseAllDocuments(content('one')[name] ?? '').map((document) => document.toJS() as unknown);
    expect(objects('weft.yaml')).toEqual(await rendered('config/default'));
    expect(objects('weft-crd.yaml')).toEqual(await rendered('config/crd'));
  });

  it('names in its SBOM what agent, operator and CLI are known to hold', () => {
    const { components } = JSON.parse(content('one')['weft.cdx.json'] ?? '') as {
      readonly components: readonly { readonly name: string }[];
    };
    const found = components.map(({ name }) => name);
    for (const name of ['pino', 'prom-client', '@kubernetes/client-node', 'ajv', 'yaml', 'quickjs'])
      expect(found).toContain(name);
    for (const name of ['vitest', 'esbuild', 'typescript', 'zod']) expect(found).not.toContain(name);
  });
});
