import { defaultWeftConfig, parseWeftConfig, type WeftConfigSpec } from '../api/weft-config.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { KubeError } from '../kube/kube-error.ts';
import type { Selection } from '../kube/list-pages.ts';
import type { RawObject } from '../kube/raw-object.ts';
import { resourceName } from '../kube/resource.ts';
import type { Cluster } from './cluster.ts';
import { weftConfigResource } from './kinds.ts';
import type { Terminal } from './terminal.ts';

/** What reads of what a user may not be allowed, or a cluster not have, need. */
export interface NotedReads {
  readonly cluster: Pick<Cluster, 'list' | 'reader'>;
  readonly terminal: Pick<Terminal, 'err'>;
}

/**
 * A list that a view can do without: empty where the kind is not installed, undefined where the user may not read it,
 * which `without` says on standard error. Rejects as ReadList for everything else.
 */
export async function optionalList<T extends object>(
  { cluster, terminal }: NotedReads,
  selection: Selection,
  project: (object: RawObject) => T | undefined,
  without: string,
): Promise<readonly T[] | undefined> {
  try {
    return await cluster.list(selection, project);
  } catch (error) {
    const reason = error instanceof KubeError ? error.reason : undefined;
    if (reason === 'ApiNotFound') return [];
    if (reason !== 'ApiForbidden') throw error;
    terminal.err(`note: you may not list ${resourceName(selection.resource)}, so ${without}\n`);
    return undefined;
  }
}

/**
 * A list over all namespaces; where the user may not read that, over `namespace` if that is one, and then `within` names
 * it. Empty where the kind is not installed. Rejects as ReadList.
 */
export async function widestList<T extends object>(
  { cluster, terminal }: NotedReads,
  { resource, namespace }: Pick<Selection, 'resource'> & { readonly namespace: string | undefined },
  project: (object: RawObject) => T | undefined,
  without: string,
): Promise<{ readonly items: readonly T[]; readonly within?: string }> {
  try {
    return { items: await cluster.list({ resource }, project) };
  } catch (error) {
    const reason = error instanceof KubeError ? error.reason : undefined;
    if (reason === 'ApiNotFound') return { items: [] };
    if (reason !== 'ApiForbidden' || namespace === undefined) throw error;
  }
  terminal.err(
    `note: you may not list ${resourceName(resource)} outside of namespace ${namespace}, so ${without}\n`,
  );
  return { items: await cluster.list({ resource, namespace }, project), within: namespace };
}

/** The WeftConfig of the cluster; its defaults where there is none, and with a note where it cannot be read. */
export async function readWeftConfig({ cluster, terminal }: NotedReads): Promise<WeftConfigSpec> {
  try {
    const { metadata, spec = {} } = await cluster.reader.get(weftConfigResource, { name: 'default' });
    // Not the whole object: the file format is strict about what the API server adds.
    const kind = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig' };
    return parseWeftConfig({ ...kind, metadata: { name: metadata.name }, spec });
  } catch (error) {
    const { reason, failure } = asWeftError(error);
    if (error instanceof KubeError && reason !== 'ApiForbidden' && reason !== 'ApiNotFound') throw error;
    if (reason !== 'ApiNotFound')
      terminal.err(`note: the WeftConfig cannot be read, its defaults are assumed: ${failure.cause}\n`);
    return defaultWeftConfig();
  }
}
