/** The part of package-lock.json that is read. */
export interface Lockfile {
  readonly packages: Readonly<Record<string, LockedPackage>>;
}

interface LockedPackage {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly resolved?: string;
}

/** Something else that a product holds, from its source. */
export interface SourceComponent {
  readonly name: string;
  readonly version: string;
  /** Of the source archive, hexadecimal. */
  readonly sha256: string;
  readonly licence: string;
}

/** What the products are made of. */
export interface SbomFacts {
  readonly version: string;
  readonly lockfile: Lockfile;
  /** Files that went into bundles, from the checkout's root, as esbuild's metafiles name them. */
  readonly inputs: readonly string[];
  /** Packages of the lockfile that are shipped as they are, by their directory. */
  readonly shipped: readonly string[];
  readonly sources: readonly SourceComponent[];
}

/**
 * CycloneDX 1.5: every package of the lockfile of which a product holds code, and what was compiled from source. Without time
 * and serial number, so that the same content gives the same bytes. Throws where an input is of no package of the lockfile.
 */
export function sbomOf(facts: SbomFacts): object {
  const directories = new Set([...facts.inputs.flatMap(packageDirectory), ...facts.shipped]);
  const packages = [...directories].toSorted().map((directory) => npmComponent(directory, facts.lockfile));
  return {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': 'weft',
        name: 'weft',
        version: facts.version,
        licenses: [{ license: { id: 'Apache-2.0' } }],
      },
    },
    components: [...packages, ...facts.sources.map(sourceComponent)],
    dependencies: [
      { ref: 'weft', dependsOn: [...packages.map((one) => one['bom-ref']), ...facts.sources.map(refOf)] },
    ],
  };
}

/** The directory of the innermost package that a file is in; none for weft's own files. */
function packageDirectory(path: string): readonly string[] {
  const [, directory] = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path) ?? [];
  return directory === undefined ? [] : [directory];
}

interface Component {
  readonly type: 'library';
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
  readonly licenses: readonly object[];
}

function npmComponent(directory: string, { packages }: Lockfile): Component {
  const { version, integrity, license } = packages[directory] ?? {};
  if (version === undefined) throw new Error(`package-lock.json has no ${directory}`);
  const name = directory.slice(directory.lastIndexOf('node_modules/') + 'node_modules/'.length);
  const purl = `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;
  const digest = /^sha512-(.+)$/.exec(integrity ?? '')?.[1];
  return {
    type: 'library',
    // The same package can be there twice.
    'bom-ref': directory,
    name,
    version,
    purl,
    hashes:
      digest === undefined
        ? []
        : [{ alg: 'SHA-512', content: Buffer.from(digest, 'base64').toString('hex') }],
    licenses: license === undefined ? [] : [{ expression: license }],
  };
}

function sourceComponent({ name, version, sha256, licence }: SourceComponent): Component {
  return {
    type: 'library',
    'bom-ref': refOf({ name, version }),
    name,
    version,
    purl: `pkg:generic/${name}@${version}`,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    licenses: [{ expression: licence }],
  };
}

function refOf({ name, version }: Pick<SourceComponent, 'name' | 'version'>): string {
  return `${name}@${version}`;
}
