import { isDeepStrictEqual } from 'node:util';
import { sandboxKey } from '../sources/pod-record.ts';

/** An entry of `network-status`, whoever wrote it. */
type Entry = Readonly<Record<string, unknown>>;

/** What has to become of the annotation. */
export interface MergedStatus {
  /** Its new value; undefined: what is there is right. */
  readonly text: string | undefined;
  /** Why what is there could not be kept; undefined: it could. */
  readonly discarded: string | undefined;
}

/**
 * Puts a record's entries into the annotation (NPWG-161, 162). Ours come first, others' stay behind them in their order.
 *
 * Ours is what weft has marked, for whatever sandbox, and what has a name or an interface of the record: one interface
 * is one attachment, and what Multus wrote for the pod's earlier sandbox is not there any more. So nothing of an
 * earlier sandbox is left, whoever made it and whether or not the agent was restarted since.
 *
 * `own` is a JSON list, as PodRecord.status. An annotation that says the same in another order or layout is right.
 */
export function mergeNetworkStatus(current: string | undefined, own: string): MergedStatus {
  const ours = JSON.parse(own) as readonly Entry[];
  const found = entriesIn(current);
  if (typeof found === 'string') return { text: own, discarded: found };
  const isOurs = ownership(ours);
  const others = found.filter((entry) => !isOurs(entry));
  const right = isDeepStrictEqual(found.filter(isOurs), ours) && !others.some(claimsDefault);
  if (right) return { text: undefined, discarded: undefined };
  return { text: JSON.stringify([...ours, ...others.map(withoutClaim)]), discarded: undefined };
}

/** The entries of an annotation, or why it is none. Absent and '' are an empty list. */
function entriesIn(text: string | undefined): readonly Entry[] | string {
  if (text === undefined || text === '') return [];
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is not JSON';
  }
  if (!Array.isArray(value)) return 'it is not a list';
  return value.every(isEntry) ? value : 'an entry of it is not an object';
}

function isEntry(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownership(ours: readonly Entry[]): (entry: Entry) => boolean {
  const names = new Set(ours.map((entry) => entry['name']));
  const interfaces = new Set(ours.flatMap(interfaceOf));
  return (entry) =>
    sandboxKey in entry ||
    names.has(entry['name']) ||
    interfaceOf(entry).some((name) => interfaces.has(name));
}

function interfaceOf(entry: Entry): readonly string[] {
  const name = entry['interface'];
  return typeof name === 'string' && name !== '' ? [name] : [];
}

/** One entry at most is the default network's, and the record has it (NPWG-147). */
function claimsDefault(entry: Entry): boolean {
  return entry['default'] === true;
}

function withoutClaim(entry: Entry): Entry {
  return claimsDefault(entry) ? { ...entry, default: false } : entry;
}
