import type { OperatorLogger, ResourceEvent, ResourceEventType, ResourceMeta } from '@dot-i/k8s-operator';
import type { Log } from '../daemon/log.ts';
import type { RawObject } from '../kube/raw-object.ts';
import type { ObjectRef, Resource } from '../kube/resource.ts';

/**
 * What @dot-i/k8s-operator hands to a handler. MODIFIED: the object is there, in its present state. DELETED: it is not, and
 * of it only `metadata.name` and `metadata.namespace` are known. ADDED does not occur: a queue tells which object, never
 * what happened to it.
 */
export function eventOf(resource: Resource, key: string, object: RawObject | undefined): ResourceEvent {
  const { group, version, plural } = resource;
  const apiVersion = group === '' ? version : `${group}/${version}`;
  const slash = key.indexOf('/');
  const named = { name: key.slice(slash + 1), ...(slash > 0 && { namespace: key.slice(0, slash) }) };
  const meta: ResourceMeta = {
    ...named,
    id: `${plural}.${apiVersion}`,
    apiVersion,
    kind: typeof object?.['kind'] === 'string' ? object['kind'] : '',
    resourceVersion: object?.metadata.resourceVersion ?? '',
  };
  // The package's enum of strings, without loading the package.
  const type = (object === undefined ? 'DELETED' : 'MODIFIED') as ResourceEventType;
  return { meta, type, object: object ?? { apiVersion, metadata: named } };
}

/** The kind that the event was about: `id` is `PLURAL.APIVERSION`. */
export function resourceOf({ id, apiVersion }: ResourceMeta): Resource {
  const [version = '', group = ''] = apiVersion.split('/').reverse();
  return { group, version, plural: id.slice(0, -apiVersion.length - 1) };
}

/** The object that the event was about. */
export function refOf({ name, namespace }: ResourceMeta): ObjectRef {
  return namespace === undefined ? { name } : { name, namespace };
}

/** Its logger takes sentences; ours a sentence that never varies, and fields. */
export function loggerOf(log: Log): OperatorLogger {
  return {
    debug: (said) => log.debug({ said }, 'operator'),
    info: (said) => log.info({ said }, 'operator'),
    warn: (said) => log.warn({ said }, 'operator'),
    error: (said) => log.error({ said }, 'operator'),
  };
}
