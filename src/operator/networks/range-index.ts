import { type IpRange, overlap } from '../../netconf/ip-range.ts';

/** Addresses of a bucket, as a power of two: of IPv4 a /20, of IPv6 a /64. */
const bucketBits = { 4: 12n, 6: 64n } as const;

/** A range over more buckets, one beyond a /16 or a /60, is with the wide ones, which every search looks at. */
const mostBuckets = 16n;

const everything = 'all';
const wide = 'wide';

interface Entry<T> {
  readonly range: IpRange;
  readonly value: T;
}

/**
 * Ranges in groups, with what they belong to: finds those that meet another range without a look at all of them. Thousands
 * of networks on one segment, each beside the other, cost no more than their neighbours, nor do those of one group.
 */
export class RangeIndex<T> {
  readonly #buckets = new Map<string, Map<string, Set<Entry<T>>>>();
  /** By identity. */
  readonly #entries = new Map<IpRange, Entry<T>>();

  get size(): number {
    return this.#entries.size;
  }

  add(range: IpRange, group: string, value: T): void {
    const entry = { range, value };
    this.#entries.set(range, entry);
    for (const name of placesOf(range)) {
      const bucket = this.#buckets.get(name) ?? new Map<string, Set<Entry<T>>>();
      this.#buckets.set(name, bucket);
      bucket.set(group, (bucket.get(group) ?? new Set()).add(entry));
    }
  }

  /** The object that was added; another one with the same addresses stays. */
  delete(range: IpRange, group: string): void {
    const entry = this.#entries.get(range);
    if (entry === undefined) return;
    this.#entries.delete(range);
    for (const name of placesOf(range)) {
      const bucket = this.#buckets.get(name);
      bucket?.get(group)?.delete(entry);
      if (bucket?.get(group)?.size === 0) bucket.delete(group);
      if (bucket?.size === 0) this.#buckets.delete(name);
    }
  }

  /** What belongs to ranges of other groups with an address of this range; in no order, some perhaps several times. */
  *meeting(range: IpRange, group: string): Generator<T> {
    for (const entry of this.#near(range, group)) if (overlap(range, entry.range)) yield entry.value;
  }

  *#near(range: IpRange, group: string): Generator<Entry<T>> {
    const own = bucketsOf(range);
    for (const name of own === undefined ? [everything] : [...own, wide]) {
      for (const [other, entries] of this.#buckets.get(name) ?? []) if (other !== group) yield* entries;
    }
  }
}

/** Where a range is kept. */
function placesOf(range: IpRange): readonly string[] {
  return [everything, ...(bucketsOf(range) ?? [wide])];
}

/** undefined: too many. */
function bucketsOf({ family, first, last }: IpRange): readonly string[] | undefined {
  const [low, high] = [first >> bucketBits[family], last >> bucketBits[family]];
  if (high - low >= mostBuckets) return undefined;
  return Array.from({ length: Number(high - low) + 1 }, (_, index) => `${family} ${low + BigInt(index)}`);
}
