/** The part of a package.json that is looked at. */
export interface Manifest {
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

/** Everything the check reads. */
export interface VersionFacts {
  /** Content of VERSION. */
  readonly version: string;
  readonly manifest: Manifest;
  /** Version in package-lock.json. */
  readonly lockVersion: string;
  readonly changelog: string;
  /** Content of config/default/kustomization.yaml. */
  readonly kustomization: string;
  /** Version of an installed package; undefined where it is not installed. */
  readonly installed: (name: string) => string | undefined;
}

/** VERSION is the only source; package.json, the lockfile, the manifests and the changelog follow it. */
export function versionProblems(facts: VersionFacts): string[] {
  const { version, manifest, lockVersion } = facts;
  const problems: string[] = [];
  if (!/^\d+\.\d+\.\d+(-[0-9a-z.]+)?$/.test(version)) problems.push(`VERSION is not a version: ${version}`);
  if (manifest.version !== version)
    problems.push(`package.json says ${manifest.version}, VERSION ${version}`);
  if (lockVersion !== version) problems.push(`package-lock.json says ${lockVersion}, VERSION ${version}`);
  const tags = [...facts.kustomization.matchAll(/^ *newTag: *(.*)$/gm)].map(([, tag]) => tag);
  if (tags.length !== 1 || tags[0] !== version)
    problems.push(
      `config/default/kustomization.yaml: newTag is ${tags.join(' and ') || 'missing'}, VERSION ${version}`,
    );
  if (!/^## \[?Unreleased\]?$/m.test(facts.changelog))
    problems.push('CHANGELOG.md has no section Unreleased');
  return [...problems, ...pinProblems(facts)];
}

/** Exact versions only: npm under an old Node resolves a range to older packages without a word. */
function pinProblems({ manifest, installed }: VersionFacts): string[] {
  const needed = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
  const optional = Object.entries(manifest.optionalDependencies ?? {});
  const loose = [...needed, ...optional].filter(([, wanted]) => !/^\d+\.\d+\.\d+$/.test(wanted));
  // Of the optional ones, Node for each kind of machine, only those of this machine are installed.
  const here = optional.filter(([name]) => installed(name) !== undefined);
  const other = [...needed, ...here].filter(([name, wanted]) => installed(name) !== wanted);
  const problems = [
    ...loose.map(([name, wanted]) => `package.json: ${name} is not pinned exactly: ${wanted}`),
    ...other.map(
      ([name, wanted]) => `${name}: pinned ${wanted}, installed ${installed(name) ?? 'not at all'}`,
    ),
  ];
  if (optional.length > 0 && here.length === 0)
    problems.push('no Node of package.json is installed for this machine');
  return problems;
}
