import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruiserConfig } from '../../../hack/arrows/cruiser-config.ts';

interface Case {
  readonly what: string;
  readonly path: string;
  readonly text: string;
  readonly rules: readonly string[];
}

function importing(specifier: string): string {
  return `import * as x from '${specifier}';\nexport const b = x;\n`;
}

const allowed: readonly Omit<Case, 'rules'>[] = [
  { what: 'an arrow of the table', path: 'src/cni/ok.ts', text: importing('../errors/a.ts') },
  { what: 'zod in a schema', path: 'src/api/s.schema.ts', text: importing('zod') },
  {
    what: "a schema's types",
    path: 'src/api/t.ts',
    text: "import type { b } from './s.schema.ts';\nexport type S = typeof b;\n",
  },
  { what: 'I/O in the agent', path: 'src/agent/io.ts', text: importing('node:fs') },
  { what: 'yaml in a yaml- file', path: 'src/agent/sources/yaml-text.ts', text: importing('yaml') },
  {
    what: 'a yaml- file as a chunk',
    path: 'src/agent/chunk.ts',
    text: "export const y = await import('./sources/yaml-text.ts');\n",
  },
  {
    what: 'the types of node:http',
    path: 'src/agent/http-types.ts',
    text: "import type { Server } from 'node:http';\nexport type S = Server;\n",
  },
  { what: 'os in sys-quickjs.ts', path: 'src/plugin/sys-quickjs.ts', text: importing('os') },
];

const refused: readonly Case[] = [
  {
    what: 'node:http with all its getters',
    path: 'src/agent/b-http.ts',
    text: importing('node:http'),
    rules: ['http-by-getter'],
  },
  { what: 'an import', path: 'src/errors/b1.ts', text: importing('../cni/ok.ts'), rules: ['room-errors'] },
  {
    what: 'an import of a type only',
    path: 'src/errors/b2.ts',
    text: "import type { b } from '../cni/ok.ts';\nexport type B = typeof b;\n",
    rules: ['room-errors'],
  },
  {
    what: 'a re-export',
    path: 'src/errors/b3.ts',
    text: "export * from '../cni/ok.ts';\n",
    rules: ['room-errors'],
  },
  {
    what: 'an import at run time',
    path: 'src/errors/b4.ts',
    text: "export const b = await import('../cni/ok.ts');\n",
    rules: ['room-errors'],
  },
  {
    what: 'the agent importing the plugin',
    path: 'src/agent/b1.ts',
    text: importing('../plugin/b2.ts'),
    rules: ['room-agent'],
  },
  {
    what: 'node: in a portable room',
    path: 'src/wire/b.ts',
    text: importing('node:fs'),
    rules: ['portable-needs-no-node'],
  },
  {
    what: 'os outside sys-quickjs.ts',
    path: 'src/plugin/b1.ts',
    text: importing('os'),
    rules: ['portable-needs-no-node'],
  },
  {
    what: 'std outside sys-quickjs.ts',
    path: 'src/plugin/b2.ts',
    text: importing('std'),
    rules: ['unresolvable'],
  },
  {
    what: 'I/O in a pure room',
    path: 'src/resolve/b.ts',
    text: importing('node:fs'),
    rules: ['pure-room-without-io'],
  },
  {
    what: 'a child process in the agent',
    path: 'src/agent/b2.ts',
    text: importing('node:child_process'),
    rules: ['no-child-process'],
  },
  { what: 'zod outside a schema', path: 'src/api/b1.ts', text: importing('zod'), rules: ['package-zod'] },
  {
    what: 'a schema loaded at run time',
    path: 'src/api/b2.ts',
    text: importing('./s.schema.ts'),
    rules: ['schema-at-run-time'],
  },
  { what: 'yaml elsewhere', path: 'src/agent/b3.ts', text: importing('yaml'), rules: ['package-yaml'] },
  {
    what: 'yaml loaded at start',
    path: 'src/agent/b6.ts',
    text: importing('./sources/yaml-text.ts'),
    rules: ['package-yaml-lazy'],
  },
  {
    what: 'a package without a row',
    path: 'src/agent/b4.ts',
    text: importing('fast-check'),
    rules: ['package-unknown'],
  },
  {
    what: 'a file outside every room',
    path: 'src/other/b.ts',
    text: importing('../errors/a.ts'),
    rules: ['room-unknown'],
  },
  { what: 'a cycle', path: 'src/cni/c1.ts', text: importing('./c2.ts'), rules: ['cycle'] },
  {
    what: 'an import of a test',
    path: 'src/agent/b5.ts',
    text: importing('../../test/t.ts'),
    rules: ['product-imports-tools'],
  },
];

const root: string = resolve(import.meta.dirname, '../../..');
let dir = '';
/** Broken rules by the importing file. */
let broken: ReadonlyMap<string, ReadonlySet<string>> = new Map();

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-arrows-'));
  write('config.json', cruiserConfig());
  write(
    'package.json',
    JSON.stringify({
      type: 'module',
      dependencies: { yaml: '2', zod: '4' },
      devDependencies: { 'fast-check': '4' },
    }),
  );
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  write('src/errors/a.ts', 'export const a = 1;\n');
  write('src/cni/c2.ts', importing('./c1.ts'));
  write('test/t.ts', 'export const t = 1;\n');
  for (const entry of [...allowed, ...refused]) write(entry.path, entry.text);
  broken = cruise();
});

afterAll(() => {
  rmSync(dir, { recursive: true });
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
}

function cruise(): Map<string, Set<string>> {
  const bin = join(root, 'node_modules/.bin/depcruise');
  const args = [bin, '--config', 'config.json', '--output-type', 'json', 'src'];
  const run = spawnSync(process.execPath, args, { cwd: dir, encoding: 'utf8' });
  const report = JSON.parse(run.stdout) as {
    summary: { violations: { from: string; rule: { name: string } }[] };
  };
  const found = new Map<string, Set<string>>();
  for (const { from, rule } of report.summary.violations) {
    found.set(from, (found.get(from) ?? new Set()).add(rule.name));
  }
  return found;
}

describe('the arrows between the rooms', () => {
  it.each(allowed)('allows $what', ({ path }) => {
    expect([...(broken.get(path) ?? [])]).toEqual([]);
  });

  it.each(refused)('refuses $what', ({ path, rules }) => {
    expect([...(broken.get(path) ?? [])]).toEqual(rules);
  });
});
