import { isObject } from '../../cni/json.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import { skewComplaints } from './version-skew.ts';

/** How many run a version. */
export interface VersionCount {
  readonly version: string;
  readonly count: number;
}

/** Versions of everything that is weft, and whether they go together. */
export interface VersionView {
  readonly client: string;
  /** Replicas of the operator; empty: there is none. Absent: they may not be read. */
  readonly operator?: readonly VersionCount[];
  /** Nodes by the version of their agent; as `operator`. */
  readonly agents?: readonly VersionCount[];
  /** What is unsupported; empty: nothing is. */
  readonly skew: readonly string[];
}

/** A list of versions is undefined where it may not be read. */
export function versionView(
  client: string,
  operators: readonly string[] | undefined,
  agents: readonly string[] | undefined,
): VersionView {
  return {
    client,
    ...(operators && { operator: counted(operators) }),
    ...(agents && { agents: counted(agents) }),
    skew: skewComplaints([
      { part: 'client', versions: [client] },
      { part: 'operator', versions: distinct(operators ?? []) },
      { part: 'agents', versions: distinct(agents ?? []) },
    ]),
  };
}

/** `Agents:   0.1.0 (3 nodes)`, as `kubectl version` prints it. */
export function versionText({ client, operator, agents }: VersionView): string {
  return [
    `Client Version: ${client}`,
    `Operator Version: ${listed(operator, 'replica')}`,
    `Agent Version: ${listed(agents, 'node')}`,
    '',
  ].join('\n');
}

/**
 * The version in the image of a pod's container `operator`: its tag. `unknown` where it has only a digest; undefined for a
 * pod that has ended, such as an evicted one, which runs no version.
 */
export function operatorVersion({ spec, status }: RawObject): { readonly version: string } | undefined {
  const phase = isObject(status) ? status['phase'] : undefined;
  if (phase === 'Failed' || phase === 'Succeeded') return undefined;
  const containers = isObject(spec) && Array.isArray(spec['containers']) ? spec['containers'] : [];
  const operator = (containers as readonly unknown[]).find(
    (container) => isObject(container) && container['name'] === 'operator',
  );
  const image = isObject(operator) ? operator['image'] : undefined;
  const [withoutDigest = ''] = typeof image === 'string' ? image.split('@') : [];
  // A registry's port is before the last slash.
  const tag = /:([^:/]+)$/.exec(withoutDigest)?.[1];
  return { version: tag ?? 'unknown' };
}

function listed(counts: readonly VersionCount[] | undefined, what: string): string {
  if (counts === undefined) return 'unknown';
  if (counts.length === 0) return 'none';
  return counts
    .map(({ version, count }) => `${version} (${count} ${what}${count === 1 ? '' : 's'})`)
    .join(', ');
}

function counted(versions: readonly string[]): readonly VersionCount[] {
  return distinct(versions).map((version) => ({
    version,
    count: versions.filter((other) => other === version).length,
  }));
}

function distinct(versions: readonly string[]): readonly string[] {
  return [...new Set(versions)].sort();
}
