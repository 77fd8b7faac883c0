import { describe, expect, it } from 'vitest';
import {
  agentRules,
  bundleProblems,
  type Metafile,
  pluginRules,
} from '../../../hack/verify/bundle-problems.ts';
import { fileProblems } from '../../../hack/verify/file-problems.ts';
import { licenceProblems } from '../../../hack/verify/licence-problems.ts';
import { describeScript } from '../../../hack/verify/run-scripts.ts';
import { type VersionFacts, versionProblems } from '../../../hack/verify/version-problems.ts';

describe('what a bundle may contain', () => {
  const sizes = { 'agent.mjs': 300_000, 'yaml-ABC.mjs': 100_000 };

  function metafile(main: readonly string[], chunk: readonly string[] = []): Metafile {
    const inputs = (paths: readonly string[]): Record<string, unknown> =>
      Object.fromEntries(paths.map((path) => [path, {}]));
    return {
      inputs: inputs([...main, ...chunk]),
      outputs: { 'dist/agent.mjs': { inputs: inputs(main) }, 'dist/yaml-ABC.mjs': { inputs: inputs(chunk) } },
    };
  }

  it('accepts its rooms, the listed packages and yaml in a chunk', () => {
    const good = metafile(
      ['src/agent/main.ts', 'node_modules/pino/pino.js'],
      ['node_modules/yaml/dist/index.js'],
    );
    expect(bundleProblems({ metafile: good, sizes }, agentRules)).toEqual([]);
  });

  it.each([
    'node_modules/zod/index.js',
    'node_modules/pino/node_modules/left-pad/index.js',
    'node_modules/@kubernetes/client-node/dist/index.js',
    'src/api/pod.schema.ts',
    'src/netconf/plugins/bridge.ts',
    'node_modules/ajv/dist/ajv.js',
    'src/plugin/main.ts',
    'hack/build/agent.ts',
    'node_modules/yaml/dist/index.js',
  ])('refuses %s in the agent', (input) => {
    expect(bundleProblems({ metafile: metafile([input]), sizes }, agentRules)).toEqual([
      expect.stringContaining(input),
    ]);
  });

  it('refuses a bundle that is too big, all files together', () => {
    const big = { 'agent.mjs': 600_000, 'yaml-ABC.mjs': 400_001 };
    expect(bundleProblems({ metafile: metafile(['src/agent/main.ts']), sizes: big }, agentRules)).toEqual([
      expect.stringContaining('1000001 bytes'),
    ]);
  });

  it('refuses a product that was not built', () => {
    expect(bundleProblems({ metafile: undefined, sizes: {} }, pluginRules)).toHaveLength(2);
  });

  it('refuses any package in the plugin', () => {
    const found = { inputs: { 'node_modules/pino/pino.js': {} }, outputs: {} };
    expect(bundleProblems({ metafile: found, sizes: { weft: 1 } }, pluginRules)).toHaveLength(1);
  });
});

describe('names and lengths of files', () => {
  it.each([
    'src/cni/utils.ts',
    'src/cni/common/a.ts',
    'hack/helpers.sh',
    'src/cni/types.ts',
    'src/cni/index.ts',
  ])('refuses the name %s', (path) => {
    expect(fileProblems([{ path, lines: 10 }], {}, ['cni'])).toHaveLength(1);
  });

  it('wants a reason for a long file and none for others', () => {
    const files = [{ path: 'src/cni/a.ts', lines: 301 }];
    expect(fileProblems(files, {}, ['cni'])).toHaveLength(1);
    expect(fileProblems(files, { 'src/cni/a.ts': 'one table' }, ['cni'])).toEqual([]);
    expect(fileProblems([], { 'src/cni/a.ts': 'one table' }, ['cni'])).toHaveLength(1);
  });

  it('refuses a folder of src that is no room', () => {
    expect(fileProblems([{ path: 'src/other/a.ts', lines: 1 }], {}, ['cni'])).toHaveLength(1);
    expect(fileProblems([{ path: 'src/a.ts', lines: 1 }], {}, ['cni'])).toHaveLength(1);
  });
});

describe('licences', () => {
  const rules = { allowed: ['MIT', 'ISC'], exceptions: { odd: 'Custom' } };

  it.each(['MIT', '(MIT OR GPL-3.0)', 'MIT AND ISC'])('allows %s', (licence) => {
    expect(licenceProblems([{ path: 'node_modules/a', licence }], rules)).toEqual([]);
  });

  it.each(['GPL-3.0', 'MIT AND GPL-3.0', undefined, { type: 'MIT' }, 'Custom'])('refuses %s', (licence) => {
    expect(licenceProblems([{ path: 'node_modules/a', licence }], rules)).toHaveLength(1);
  });

  it('allows an exception for its own package, wherever it is installed', () => {
    expect(licenceProblems([{ path: 'node_modules/a/node_modules/odd', licence: 'Custom' }], rules)).toEqual(
      [],
    );
  });

  it('refuses an empty list', () => {
    expect(licenceProblems([], rules)).toHaveLength(1);
  });
});

describe('versions', () => {
  const facts: VersionFacts = {
    version: '1.2.3',
    manifest: {
      version: '1.2.3',
      dependencies: { a: '1.0.0' },
      optionalDependencies: { 'node-x': '24.0.0', 'node-y': '24.0.0' },
    },
    lockVersion: '1.2.3',
    changelog: '# Changelog\n\n## [Unreleased]\n',
    kustomization: 'images:\n  - name: weft\n    newTag: 1.2.3\n',
    installed: (name) => ({ a: '1.0.0', 'node-x': '24.0.0' })[name],
  };

  it('accepts pinned and installed packages, of the optional ones one', () => {
    expect(versionProblems(facts)).toEqual([]);
  });

  const bad: [string, Partial<VersionFacts>][] = [
    ['another version in package.json', { manifest: { ...facts.manifest, version: '1.2.4' } }],
    ['another version in the lockfile', { lockVersion: '1.2.4' }],
    ['another version in the manifests', { kustomization: '    newTag: 1.2.4\n' }],
    ['two versions in the manifests', { kustomization: '    newTag: 1.2.3\n    newTag: 1.2.3\n' }],
    ['manifests without a version', { kustomization: 'images: []\n' }],
    ['a changelog without Unreleased', { changelog: '# Changelog\n' }],
    [
      'a range',
      {
        manifest: { ...facts.manifest, dependencies: { a: '^1.0.0' } },
        installed: (name) => (name === 'a' ? '^1.0.0' : '24.0.0'),
      },
    ],
    ['an older installed package', { installed: (name) => ({ a: '0.9.0', 'node-x': '24.0.0' })[name] }],
    ['no Node at all', { installed: (name) => ({ a: '1.0.0' })[name] }],
    ['another Node', { installed: (name) => ({ a: '1.0.0', 'node-x': '22.0.0' })[name] }],
  ];

  it.each(bad)('refuses %s', (_what, change) => {
    expect(versionProblems({ ...facts, ...change })).toHaveLength(1);
  });
});

describe('the report of a verify script', () => {
  it('shows the output of a failed one only', () => {
    const result = { name: 'verify-x.sh', seconds: 1.26, output: 'why\nso\n' };
    expect(describeScript({ ...result, ok: true })).toBe('ok        1.3 s  verify-x.sh');
    expect(describeScript({ ...result, ok: false })).toBe(
      'FAILED    1.3 s  verify-x.sh\n       | why\n       | so',
    );
  });
});
