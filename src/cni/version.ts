import { WeftError } from '../errors/weft-error.ts';

/** Every version of the CNI specification, ascending. */
export const cniVersions = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'] as const;

/** One of them. */
export type CniVersion = (typeof cniVersions)[number];

/** What weft speaks towards the runtime: its VERSION answer and its own configuration (CNI-123). Ascending. */
export const runtimeVersions: readonly CniVersion[] = cniVersions;

/** What weft speaks towards delegates. Ascending. */
export const delegateVersions: readonly CniVersion[] = cniVersions;

/** The version that an absent or empty cniVersion means (CNI-034). */
export const impliedVersion: CniVersion = '0.1.0';

/**
 * Versions whose results have the same shape (CNI-130..132): `ip4` = one address a family, 0.1.0 and 0.2.0;
 * `ips-with-version` = 0.3.0 to 0.4.0; `ips` = 1.0.0 and 1.1.0.
 */
export type ResultFamily = 'ip4' | 'ips-with-version' | 'ips';

/**
 * The newest version that a network without one inherits from ours (NPWG-324). 1.1.0 adds nothing to ADD, DEL and CHECK,
 * and plugins built before it refuse it (ADR 0007).
 */
const newestInherited: CniVersion = '1.0.0';

/** What a network that names no version is run with, under a request of version `own`. IncompatibleVersion if that is none. */
export function inheritedVersion(own: string): string {
  return atLeast(own, newestInherited) ? newestInherited : own;
}

/** True for one of the seven, spelled exactly (CNI-035: "1.0" is not "1.0.0"). */
export function isCniVersion(version: string): version is CniVersion {
  return (cniVersions as readonly string[]).includes(version);
}

/** The shape of a result of this version. */
export function resultFamily(version: CniVersion): ResultFamily {
  if (atLeast(version, '1.0.0')) return 'ips';
  return atLeast(version, '0.3.0') ? 'ips-with-version' : 'ip4';
}

/** Major, minor, patch; undefined unless one to three numbers with dots between them; "" is 0.1.0 (CNI-203). */
export function parseVersion(version: string): readonly [number, number, number] | undefined {
  const parts = (version === '' ? impliedVersion : version).split('.');
  if (parts.length > 3 || !parts.every((part) => /^[0-9]{1,9}$/.test(part))) return undefined;
  const [major = 0, minor = 0, patch = 0] = parts.map(Number);
  return [major, minor, patch];
}

/** Below 0, 0, above 0, for sorting. IncompatibleVersion if one of the two is no version (CNI-203). */
export function compareVersions(left: string, right: string): number {
  const a = numbersOf(left);
  const b = numbersOf(right);
  return a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
}

/** True if `version` is `floor` or newer. IncompatibleVersion if one of the two is no version. */
export function atLeast(version: string, floor: string): boolean {
  return compareVersions(version, floor) >= 0;
}

/**
 * The version a network is run with: the highest of `cniVersion` and `cniVersions` that is in `supported` (CNI-201).
 * Where none is, and where there is no `cniVersions`, it is the literal `cniVersion`, or "", for the caller to refuse
 * (CNI-202). IncompatibleVersion if one of `cniVersions`, or `cniVersion` beside them, is no version.
 */
export function selectVersion(
  cniVersion: string | undefined,
  cniVersions: readonly string[] | undefined,
  supported: readonly string[],
): string {
  if (cniVersions === undefined) return cniVersion ?? '';
  const wanted = cniVersion === undefined || cniVersion === '' ? cniVersions : [...cniVersions, cniVersion];
  // Sorted before they are filtered, so that every one of them is looked at (CNI-202: each must parse).
  const sorted = wanted.map((version) => ({ version, numbers: numbersOf(version) }));
  const usable = sorted.filter(({ version }) => supported.includes(version)).map(({ version }) => version);
  return usable.sort(compareVersions).at(-1) ?? cniVersion ?? '';
}

/** `version` if it is in `supported`, spelled exactly; otherwise IncompatibleVersion saying what is (CNI-035). */
export function requireVersion(version: string, supported: readonly CniVersion[]): CniVersion {
  const known = supported.find((candidate) => candidate === (version === '' ? impliedVersion : version));
  if (known !== undefined) return known;
  throw new WeftError('IncompatibleVersion', {
    cause: `cniVersion ${JSON.stringify(version.slice(0, 20))} is not one of ${supported.join(', ')}`,
  });
}

function numbersOf(version: string): readonly [number, number, number] {
  const numbers = parseVersion(version);
  if (numbers !== undefined) return numbers;
  throw new WeftError('IncompatibleVersion', {
    cause: `${JSON.stringify(version.slice(0, 20))} is not a CNI version: one to three numbers with dots between them`,
  });
}
