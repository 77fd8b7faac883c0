import { WeftError } from '../errors/weft-error.ts';
import type { Cluster } from './cluster.ts';
import { processClock } from './process-clock.ts';
import { withProgress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import type { ClusterOptions, NamespacedOptions } from './view-options.ts';

/** Opens the cluster, reads from it, and closes it. Standard error says what is waited for. */
export async function readCluster<T>(
  options: ClusterOptions,
  terminal: Terminal,
  what: string,
  read: (cluster: Cluster) => Promise<T>,
): Promise<T> {
  const { openCluster } = await import('./cluster.ts');
  const cluster = await openCluster({ ...options, env: terminal.env }, options.requestTimeout);
  try {
    const doing = `Reading ${what} from ${cluster.transport.server}`;
    return await withProgress(terminal, processClock, doing, read(cluster));
  } finally {
    cluster.transport.close();
  }
}

/** The namespace to look at; undefined: all. */
export function wantedNamespace(options: NamespacedOptions, { transport }: Cluster): string | undefined {
  return options.allNamespaces ? undefined : (options.namespace ?? transport.namespace);
}

/** As kubectl says it. */
export function noneFound(namespace: string | undefined): string {
  return namespace === undefined ? 'No resources found' : `No resources found in ${namespace} namespace.`;
}

/** Those that were named, in the order of the list; all where none was. Throws ApiNotFound for a name that is not there. */
export function named<T extends { readonly name: string }>(
  views: readonly T[],
  names: readonly string[],
  kind: string,
): readonly T[] {
  if (names.length === 0) return views;
  const gone = names.filter((name) => !views.some((view) => view.name === name));
  if (gone.length > 0) {
    throw new WeftError('ApiNotFound', {
      step: `look for ${kind}`,
      cause: `not found: ${gone.join(', ')}`,
      remedy: 'check the name and the namespace',
    });
  }
  return views.filter(({ name }) => names.includes(name));
}
