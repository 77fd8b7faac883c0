import type { InformerHandler } from '../kube/informer.ts';
import type { Resource } from '../kube/resource.ts';

/** Copies of all objects of one kind, as the only informer of it has them. Read-only; shared by all who want them. */
export interface SharedInformer<T> {
  readonly resource: Resource;
  /** True once the first list is there; stays true. For a kind that may be missing, also once the server said that it is. */
  readonly settled: boolean;
  readonly size: number;
  /** By `namespace/name`, or `name` in cluster scope. */
  get(key: string): T | undefined;
  /** In no particular order. Not to be kept across an await. */
  values(): IterableIterator<T>;
  /** The same with their keys. */
  entries(): IterableIterator<[string, T]>;
  /**
   * Tells at once everything that is there as added, and `synced` where that is so; from then on what happens. What a
   * handler throws is logged. The result ends it.
   */
  subscribe(handler: Partial<InformerHandler<T>>): () => void;
}
