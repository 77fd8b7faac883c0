import type { SharedInformer } from '../../src/controller/shared-informer.ts';
import type { InformerHandler } from '../../src/kube/informer.ts';
import type { Resource } from '../../src/kube/resource.ts';

/** An informer that knows what a test puts into it. */
export class HandInformer<T> implements SharedInformer<T> {
  readonly resource: Resource;
  readonly settled = true;
  readonly #objects = new Map<string, T>();
  readonly #handlers = new Set<Partial<InformerHandler<T>>>();

  constructor(resource: Resource) {
    this.resource = resource;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  values(): IterableIterator<T> {
    return this.#objects.values();
  }

  entries(): IterableIterator<[string, T]> {
    return this.#objects.entries();
  }

  subscribe(handler: Partial<InformerHandler<T>>): () => void {
    for (const [key, value] of this.#objects) handler.added?.(value, key);
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  put(key: string, value: T): void {
    const old = this.#objects.get(key);
    this.#objects.set(key, value);
    for (const handler of this.#handlers) {
      if (old === undefined) handler.added?.(value, key);
      else handler.changed?.(value, key, old);
    }
  }

  remove(key: string): void {
    const old = this.#objects.get(key);
    if (old === undefined || !this.#objects.delete(key)) return;
    for (const handler of this.#handlers) handler.removed?.(old, key);
  }
}
