/** An object of the API as it came: parsed JSON of which only what is named here was looked at. */
export interface RawObject {
  readonly metadata: RawMetadata;
  readonly [field: string]: unknown;
}

interface RawMetadata {
  readonly name: string;
  /** Absent for kinds of cluster scope. */
  readonly namespace?: string;
  /** Absent in what some aggregated API servers serve. */
  readonly uid?: string;
  readonly resourceVersion: string;
  readonly [field: string]: unknown;
}

/** The same value if it is an object with name and resource version; otherwise undefined. */
export function asRawObject(value: unknown): RawObject | undefined {
  const metadata = (value as { metadata?: Partial<RawMetadata> } | null | undefined)?.metadata;
  if (typeof metadata?.name !== 'string' || typeof metadata.resourceVersion !== 'string') return undefined;
  return value as RawObject;
}

/** Under which name a cache holds it: `namespace/name`, or `name` in cluster scope. */
export function objectKey(name: string, namespace: string | undefined): string {
  return namespace ? `${namespace}/${name}` : name;
}
