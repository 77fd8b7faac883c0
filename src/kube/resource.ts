/** A kind of object as the API's paths name it. */
export interface Resource {
  /** '' for the core group. */
  readonly group: string;
  readonly version: string;
  /** Lower case plural: `network-attachment-definitions`. */
  readonly plural: string;
}

/** One object. */
export interface ObjectRef {
  /** Absent or '' for kinds of cluster scope. */
  readonly namespace?: string;
  readonly name: string;
}

/** Parameters of a query in their order; undefined and '' are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** Path of all objects of the kind, in one namespace or everywhere. */
export function collectionPath(resource: Resource, namespace: string | undefined, query: Query = {}): string {
  const root = resource.group === '' ? '/api' : `/apis/${resource.group}`;
  const scope = namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}/${resource.version}${scope}/${resource.plural}${queryText(query)}`;
}

/** Path of one object, or of its subresource. */
export function objectPath(resource: Resource, ref: ObjectRef, subresource = '', query: Query = {}): string {
  const below = subresource === '' ? '' : `/${subresource}`;
  return `${collectionPath(resource, ref.namespace)}/${encodeURIComponent(ref.name)}${below}${queryText(query)}`;
}

/** How a message names a kind: `pods`, `network-attachment-definitions.k8s.cni.cncf.io`. */
export function resourceName(resource: Resource): string {
  return resource.group === '' ? resource.plural : `${resource.plural}.${resource.group}`;
}

function queryText(query: Query): string {
  const parts = Object.entries(query)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`);
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}
