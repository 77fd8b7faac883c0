import { isDeepStrictEqual } from 'node:util';
import { objectKey, type RawObject } from './raw-object.ts';

/** What a handler has to be told. `key` as objectKey makes it. */
export type Delivery<T> =
  | { readonly type: 'added'; readonly key: string; readonly value: T }
  | { readonly type: 'changed'; readonly key: string; readonly value: T; readonly old: T }
  | { readonly type: 'removed'; readonly key: string; readonly value: T };

/**
 * Cuts an object down to what is needed; its result is what is kept. undefined: the object is treated as if it did not
 * exist. Must not throw and must not keep a reference to the object.
 */
export type Projection<T> = (object: RawObject) => T | undefined;

interface Entry<T> {
  readonly uid: string;
  /** Resource version of the newest object that was seen, also where the projection is older. */
  version: string;
  value: T;
}

/** A list that is being read; becomes the cache's content by `replace`. */
export interface Listing {
  add(object: RawObject): void;
}

/** The projections of all objects of one kind. Every method gives what has changed by it, and nothing else. */
export class ObjectCache<T> {
  readonly #project: Projection<T>;
  #entries = new Map<string, Entry<T>>();
  #listing: { readonly sink: Listing; readonly entries: Map<string, Entry<T>> } | undefined;

  constructor(project: Projection<T>) {
    this.#project = project;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: string): T | undefined {
    return this.#entries.get(key)?.value;
  }

  /** In no particular order. */
  *values(): IterableIterator<T> {
    for (const { value } of this.#entries.values()) yield value;
  }

  /** With their keys, in no particular order. */
  *entries(): IterableIterator<[string, T]> {
    for (const [key, { value }] of this.#entries) yield [key, value];
  }

  /** An object that was added or changed. At most two deliveries: removal and addition, where another one has its name. */
  put(object: RawObject): readonly Delivery<T>[] {
    const key = keyOf(object);
    const known = this.#entries.get(key);
    const entry = this.#entryOf(object, known);
    if (entry === undefined) this.#entries.delete(key);
    else this.#entries.set(key, entry);
    return difference(key, known, entry);
  }

  /** An object that was deleted, or that the selectors do not cover any more. */
  remove(object: RawObject): readonly Delivery<T>[] {
    const key = keyOf(object);
    const known = this.#entries.get(key);
    this.#entries.delete(key);
    return difference(key, known, undefined);
  }

  /** Begins to read a list; one that was begun before is forgotten. The cache stays as it is. */
  list(): Listing {
    const entries = new Map<string, Entry<T>>();
    const sink: Listing = {
      add: (object) => {
        const key = keyOf(object);
        // What has not changed is not projected again, so that a relist needs no second copy of the cache.
        const entry = this.#entryOf(object, this.#entries.get(key));
        if (entry !== undefined) entries.set(key, entry);
      },
    };
    this.#listing = { sink, entries };
    return sink;
  }

  /** Takes over the list that was begun last and read to its end. Removals come first: names may be in use anew. */
  replace(): readonly Delivery<T>[] {
    const before = this.#entries;
    const after = this.#listing?.entries ?? new Map<string, Entry<T>>();
    this.#listing = undefined;
    this.#entries = after;
    const removed = [...before].filter(([key]) => !after.has(key));
    return [
      ...removed.flatMap(([key, entry]) => difference(key, entry, undefined)),
      ...[...after].flatMap(([key, entry]) => difference(key, before.get(key), entry)),
    ];
  }

  /** The known entry itself where the object is no news; it keeps the old value where the projection is equal. */
  #entryOf(object: RawObject, known: Entry<T> | undefined): Entry<T> | undefined {
    const { uid = '', resourceVersion: version } = object.metadata;
    if (known?.uid === uid && known.version === version) return known;
    const value = this.#project(object);
    if (value === undefined) return undefined;
    if (known?.uid !== uid || !isDeepStrictEqual(known.value, value)) return { uid, version, value };
    known.version = version;
    return known;
  }
}

function keyOf({ metadata }: RawObject): string {
  return objectKey(metadata.name, metadata.namespace);
}

/** An object with another uid is another object, though it has the name of the old one. */
function difference<T>(
  key: string,
  before: Entry<T> | undefined,
  after: Entry<T> | undefined,
): Delivery<T>[] {
  if (before === after) return [];
  if (before !== undefined && after !== undefined && before.uid === after.uid) {
    return [{ type: 'changed', key, value: after.value, old: before.value }];
  }
  const deliveries: Delivery<T>[] = [];
  if (before !== undefined) deliveries.push({ type: 'removed', key, value: before.value });
  if (after !== undefined) deliveries.push({ type: 'added', key, value: after.value });
  return deliveries;
}
