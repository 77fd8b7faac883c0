import type { RawObject } from '../../kube/raw-object.ts';

/** What is kept of a namespace. */
export interface WatchedNamespace {
  readonly labels: Readonly<Record<string, string>>;
  /** It is being deleted, with everything in it. */
  readonly terminating: boolean;
}

/** Never throws. */
export function projectNamespace({ metadata }: RawObject): WatchedNamespace {
  const labels = (metadata['labels'] ?? {}) as Readonly<Record<string, string>>;
  return { labels: { ...labels }, terminating: metadata['deletionTimestamp'] !== undefined };
}
