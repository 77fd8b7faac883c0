/** One row of package-lock.json, as far as it matters here. */
export interface LockedPackage {
  readonly dev?: boolean;
  readonly optional?: boolean;
}

/** Content of licences.json. */
export interface LicenceRules {
  /** SPDX identifiers. */
  readonly allowed: readonly string[];
  /** Package name → SPDX identifier that is accepted for this package only, after somebody has read it. */
  readonly exceptions: Readonly<Record<string, string>>;
}

/** `licence`: the field of the installed package.json, whatever it is. */
export interface ShippedPackage {
  /** Path as in the lockfile, `node_modules/pino`. */
  readonly path: string;
  readonly licence: unknown;
}

/** An SPDX expression is accepted where one side of an OR, and both of an AND, are allowed. */
export function licenceProblems(shipped: readonly ShippedPackage[], rules: LicenceRules): string[] {
  // A lockfile in which everything is a development package would make the check pass with nothing looked at.
  if (shipped.length === 0) return ['no production package found'];
  return shipped.flatMap(({ path, licence }) => {
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (typeof licence !== 'string') return [`${path}: no licence field`];
    if (rules.exceptions[name] === licence || isAllowed(licence, rules.allowed)) return [];
    return [`${path}: licence ${licence} is not in hack/verify/licences.json`];
  });
}

function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const plain = expression.replaceAll(/[()]/g, '');
  return plain.split(' OR ').some((side) => side.split(' AND ').every((id) => allowed.includes(id.trim())));
}
