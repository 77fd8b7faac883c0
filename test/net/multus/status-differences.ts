import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkStatus } from '../fixture.ts';

/** A field of one entry that is not the same. `(entry)`: the entry itself. null: it is not there. */
export interface Difference {
  /** The entry's network and interface. */
  readonly entry: string;
  readonly field: string;
  readonly multus: unknown;
  readonly weft: unknown;
}

/** One difference that is meant, with its reason. */
export interface IntendedDifference {
  readonly field: string;
  readonly multus: unknown;
  /** `*`: whatever it is. */
  readonly weft: unknown;
  /** Names of pod cases; absent: all. */
  readonly pods?: readonly string[];
  /** It comes from what weft does, so it is not there where Multus's own results are replayed. */
  readonly live?: boolean;
  readonly reason: string;
}

export const intendedDifferences: readonly IntendedDifference[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'intended-differences.json'), 'utf8'),
) as readonly IntendedDifference[];

/** What is to be compared. */
export interface Compared {
  /** Name of the pod case. */
  readonly pod: string;
  readonly multus: readonly NetworkStatus[];
  readonly weft: readonly NetworkStatus[];
  /**
   * The pod's annotations as text, where the two are different pods: then addresses that nobody asked for differ by
   * themselves, and only the networks that they are of are compared. Absent: everything is.
   */
  readonly asked?: string;
}

/** The differences that are not meant, and those that are. */
export function judge(compared: Compared): {
  readonly unexplained: readonly Difference[];
  readonly met: readonly IntendedDifference[];
} {
  const met: IntendedDifference[] = [];
  const unexplained = differencesOf(compared).filter((difference) => {
    const intended = intendedDifferences.find((one) => isMeant(one, compared.pod, difference));
    if (intended !== undefined) met.push(intended);
    return intended === undefined;
  });
  return { unexplained, met };
}

function isMeant(intended: IntendedDifference, pod: string, difference: Difference): boolean {
  if (intended.field !== difference.field || intended.pods?.includes(pod) === false) return false;
  return (
    same(intended.multus, difference.multus) &&
    (intended.weft === '*' ? difference.weft !== null : same(intended.weft, difference.weft))
  );
}

function differencesOf({ multus, weft, asked }: Compared): readonly Difference[] {
  const [theirs, ours] = [byPlace(multus), byPlace(weft)];
  return [...new Set([...theirs.keys(), ...ours.keys()])].flatMap((entry): readonly Difference[] => {
    const [left, right] = [theirs.get(entry), ours.get(entry)];
    if (left === undefined || right === undefined)
      return [{ entry, field: '(entry)', multus: left ?? null, weft: right ?? null }];
    const fields = new Set([...Object.keys(left), ...Object.keys(right)]);
    return [...fields].flatMap((field) => {
      const [one = null, other = null] = [left[field], right[field]];
      return same(loose(field, one, asked), loose(field, other, asked))
        ? []
        : [{ entry, field, multus: one, weft: other }];
    });
  });
}

type Entry = Readonly<Record<string, unknown>>;

function byPlace(status: readonly NetworkStatus[]): ReadonlyMap<string, Entry> {
  return new Map(status.map((entry) => [`${entry.name} ${entry.interface}`, { ...entry }]));
}

/** Of addresses that the pod did not ask for, what two pods have in common. */
function loose(field: string, value: unknown, asked: string | undefined): unknown {
  if (asked === undefined || value === null) return value;
  if (field === 'mac') return typeof value === 'string' && asked.includes(value) ? value : 'some';
  if (field !== 'ips' || !Array.isArray(value)) return value;
  return value.map((ip: unknown) =>
    asked.includes(String(ip)) ? ip : String(ip).replace(/[0-9a-f]+$/, '*'),
  );
}

function same(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}
