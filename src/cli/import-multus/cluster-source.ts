import { WeftError } from '../../errors/weft-error.ts';
import { KubeError } from '../../kube/kube-error.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import type { ObjectRef, Resource } from '../../kube/resource.ts';
import type { ObjectReader } from '../cluster.ts';
import { describedMultus, mountedConfigMaps } from './manifests.ts';
import type { Source } from './read-source.ts';

/** Where Multus is in the cluster. */
export interface MultusPlace {
  readonly namespace: string;
  /** Name of its DaemonSet. */
  readonly daemonSet: string;
}

const daemonSets: Resource = { group: 'apps', version: 'v1', plural: 'daemonsets' };
const configMaps: Resource = { group: '', version: 'v1', plural: 'configmaps' };
const networks: Resource = {
  group: 'k8s.cni.cncf.io',
  version: 'v1',
  plural: 'network-attachment-definitions',
};

/** Reads Multus's DaemonSet and the ConfigMaps that it mounts; changes nothing. */
export async function clusterSource(
  reader: ObjectReader,
  { namespace, daemonSet }: MultusPlace,
): Promise<Source> {
  const object = await reader.get(daemonSets, { namespace, name: daemonSet }).catch((error: unknown) => {
    if (!(error instanceof KubeError) || error.reason !== 'ApiNotFound') throw error;
    throw new WeftError('ApiNotFound', {
      step: 'find Multus',
      cause: `there is no DaemonSet ${namespace}/${daemonSet}`,
      remedy: 'name it with --namespace and --daemonset, or give files with -f',
      error,
    });
  });
  const texts = new Map<string, Readonly<Record<string, unknown>>>();
  for (const name of new Set(mountedConfigMaps(object))) {
    const found = await existing(reader, configMaps, { namespace, name });
    texts.set(name, (found?.['data'] ?? {}) as Readonly<Record<string, unknown>>);
  }
  const described = describedMultus(object, (name, key) => {
    const text = texts.get(name)?.[key];
    return typeof text === 'string' ? text : undefined;
  });
  return { kind: 'described', ...described };
}

/** Which of these networks, `namespace/name`, the cluster has. */
export async function existingNetworks(
  reader: ObjectReader,
  references: readonly string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for (const reference of new Set(references)) {
    const [namespace = '', name = ''] = reference.split('/');
    if ((await existing(reader, networks, { namespace, name })) !== undefined) found.add(reference);
  }
  return found;
}

async function existing(
  reader: ObjectReader,
  resource: Resource,
  ref: ObjectRef,
): Promise<RawObject | undefined> {
  try {
    return await reader.get(resource, ref);
  } catch (error) {
    // An optional ConfigMap, or a cluster without the kind, which has no such network either.
    if (error instanceof KubeError && error.reason === 'ApiNotFound') return undefined;
    throw error;
  }
}
