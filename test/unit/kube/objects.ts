import type { RawObject } from '../../../src/kube/raw-object.ts';

/** What a test says of an object. */
export interface ObjectSpec {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly version: string | number;
  /** The part that projections keep. */
  readonly data?: string;
}

/** An object as the API sends it, with parts that nobody needs. */
export function rawObject({ name, namespace = 'default', uid, version, data = '' }: ObjectSpec): RawObject {
  return {
    metadata: {
      name,
      namespace,
      uid: uid ?? `uid-${name}`,
      resourceVersion: `${version}`,
      managedFields: [],
    },
    data,
    noise: { version },
  };
}

/** Keeps `data`. */
export function dataOf(object: RawObject): string {
  return String(object['data']);
}

/** A list as the API answers with it. */
export function listOf(version: string | number, items: readonly RawObject[], next = ''): object {
  const metadata = { resourceVersion: `${version}`, ...(next !== '' && { continue: next }) };
  return { kind: 'List', apiVersion: 'v1', metadata, items };
}

/** A line of a watch. */
export function event(type: string, spec: ObjectSpec): object {
  return { type, object: rawObject(spec) };
}

/** A bookmark. */
export function bookmark(version: string | number): object {
  return { type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: `${version}` } } };
}

/** A Status of the API. */
export function status(code: number, reason: string, message: string, details?: object): object {
  return {
    kind: 'Status',
    apiVersion: 'v1',
    status: 'Failure',
    message,
    reason,
    code,
    ...(details && { details }),
  };
}
