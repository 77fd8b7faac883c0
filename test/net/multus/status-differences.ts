import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NetworkStatus } from '../fixture.ts';
import { kernelDifferences, type PodKernel } from './kernel-differences.ts';

/** A field of one entry, or of a link or route of the pod, that is not the same. `(entry)`: itself. null: it is not there. */
export interface Difference {
  /** The entry's network and interface; the link; the route. */
  readonly entry: string;
  readonly field: string;
  readonly multus: unknown;
  readonly weft: unknown;
}

/** One difference that is meant, with its reason. */
export interface IntendedDifference {
  readonly field: string;
  /** `*` in a text: whatever is there. */
  readonly multus: unknown;
  /** The same. */
  readonly weft: unknown;
  /** Names of pod cases, which all show it; absent: it can be anywhere. */
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
  /** Or the reason for which weft refuses the pod. */
  readonly weft: readonly NetworkStatus[] | string;
  /**
   * The pod's annotations as text, where the two are different pods: then addresses that nobody asked for differ by
   * themselves, and only the networks that they are of are compared. Absent: everything is.
   */
  readonly asked?: string;
  /** What the kernel has, where both pods were there. */
  readonly kernel?: { readonly multus: PodKernel; readonly weft: PodKernel };
}

/** An intended difference that a pod case showed. */
export interface Meeting {
  readonly pod: string;
  readonly difference: IntendedDifference;
}

/** The differences that are not meant, and those that are. */
export function judge(compared: Compared): {
  readonly unexplained: readonly Difference[];
  readonly met: readonly Meeting[];
} {
  const met: Meeting[] = [];
  const unexplained = differencesOf(compared).filter((seen) => {
    const difference = intendedDifferences.find((one) => isMeant(one, compared.pod, seen));
    if (difference !== undefined) met.push({ pod: compared.pod, difference });
    return difference === undefined;
  });
  return { unexplained, met };
}

/** Intended differences that none of these pods showed, or not each that should: the list says too much. */
export function neverMet(
  meetings: readonly Meeting[],
  lookedAt: readonly string[],
  differences: readonly IntendedDifference[] = intendedDifferences,
): readonly string[] {
  return differences.flatMap((difference) => {
    const met = meetings.filter((one) => one.difference === difference).map(({ pod }) => pod);
    if (difference.pods === undefined) return met.length > 0 ? [] : [`${difference.field}: in no pod`];
    return difference.pods
      .filter((pod) => lookedAt.includes(pod) && !met.includes(pod))
      .map((pod) => `${difference.field}: not in '${pod}'`);
  });
}

function isMeant(intended: IntendedDifference, pod: string, { field, multus, weft }: Difference): boolean {
  if (intended.field !== field || intended.pods?.includes(pod) === false) return false;
  return matches(intended.multus, multus) && matches(intended.weft, weft);
}

function matches(pattern: unknown, value: unknown): boolean {
  if (pattern === '*') return value !== null;
  if (typeof pattern !== 'string' || typeof value !== 'string') return same(pattern, value);
  const escaped = pattern.split('*').map((part) => part.replaceAll(/[.\\+?^${}()|[\]]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(value);
}

function differencesOf(compared: Compared): readonly Difference[] {
  const { multus, weft, kernel, asked } = compared;
  if (typeof weft === 'string') return [{ entry: '', field: '(pod)', multus: 'attached', weft }];
  const inKernel = kernel === undefined ? [] : kernelDifferences(kernel.multus, kernel.weft, asked ?? '');
  return [...statusDifferences(multus, weft, asked), ...inKernel];
}

function statusDifferences(
  multus: readonly NetworkStatus[],
  weft: readonly NetworkStatus[],
  asked: string | undefined,
): readonly Difference[] {
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
