import { WeftError } from '../errors/weft-error.ts';
import { skipSpace, skipValue } from './json-scan.ts';

/**
 * CNI_ARGS, `KEY=value` pairs with `;` between them.
 *
 * The first `=` divides a pair, so a value may contain more of them, as for Multus; the reference parser refuses that
 * (CNI-013). One key has a rule of its own: `K8S_ANNOT` carries a JSON object of annotations, whose strings may
 * contain `;` and `=`. A value of K8S_ANNOT that starts with `{` therefore ends where that object ends, and only `;`
 * or the end of the text may follow.
 */

/** The pod that a request is for. */
export interface PodIdentity {
  readonly namespace: string;
  readonly name: string;
  /** `metadata.uid`, or the config hash of a static pod; absent with old runtimes (CNI-015). */
  readonly uid: string | undefined;
  readonly infraContainerId?: string;
}

/** The key whose value may be a JSON object with `;` and `=` in it. */
export const annotationsKey = 'K8S_ANNOT';

/** The keys that weft knows, those of addresses too (delegate-args.ts); others need IgnoreUnknown beside them (CNI-014). */
export const knownArgs: readonly string[] = [
  'K8S_POD_NAMESPACE',
  'K8S_POD_NAME',
  'K8S_POD_INFRA_CONTAINER_ID',
  'K8S_POD_UID',
  annotationsKey,
  'IP',
  'MAC',
  'GATEWAY',
];

/** Splits CNI_ARGS. '' gives an empty map; of a repeated key the last counts; InvalidEnvironment for a piece without `=`. */
export function parseArgs(text: string): ReadonlyMap<string, string> {
  const pairs = new Map<string, string>();
  let at = 0;
  while (at < text.length) {
    const end = endOfPair(text, at);
    const pair = text.slice(at, end);
    const equals = pair.indexOf('=');
    if (equals < 1)
      throw invalid(`CNI_ARGS has ${JSON.stringify(pair.slice(0, 40))} where KEY=value must stand`);
    pairs.set(pair.slice(0, equals), pair.slice(equals + 1));
    if (end === text.length - 1) throw invalid('CNI_ARGS ends in ";"');
    at = end + 1;
  }
  return pairs;
}

/** The pod that the args name; undefined unless namespace and name are both there and not empty. */
export function podOf(args: ReadonlyMap<string, string>): PodIdentity | undefined {
  const namespace = args.get('K8S_POD_NAMESPACE') ?? '';
  const name = args.get('K8S_POD_NAME') ?? '';
  if (namespace === '' || name === '') return undefined;
  const infraContainerId = args.get('K8S_POD_INFRA_CONTAINER_ID');
  const pod = { namespace, name, uid: args.get('K8S_POD_UID') || undefined };
  return infraContainerId === undefined ? pod : { ...pod, infraContainerId };
}

/**
 * Refuses keys that are not in `known`, unless IgnoreUnknown says otherwise (CNI-014). `known` need not list
 * IgnoreUnknown itself. InvalidEnvironment names the first unknown key, or the value of IgnoreUnknown.
 */
export function refuseUnknownArgs(args: ReadonlyMap<string, string>, known: readonly string[]): void {
  if (ignoresUnknown(args.get('IgnoreUnknown'))) return;
  const unknown = [...args.keys()].find((key) => key !== 'IgnoreUnknown' && !known.includes(key));
  if (unknown !== undefined) {
    throw invalid(
      `CNI_ARGS has the unknown key ${JSON.stringify(unknown.slice(0, 40))} and no IgnoreUnknown=1`,
    );
  }
}

function ignoresUnknown(value: string | undefined): boolean {
  const word = value?.toLowerCase();
  if (word === '1' || word === 'true') return true;
  if (word === undefined || word === '0' || word === 'false') return false;
  throw invalid(`IgnoreUnknown in CNI_ARGS is ${JSON.stringify(word.slice(0, 40))}, not 1, true, 0 or false`);
}

function endOfPair(text: string, at: number): number {
  const value = at + annotationsKey.length + 1;
  if (!text.startsWith(`${annotationsKey}={`, at)) {
    const end = text.indexOf(';', at);
    return end === -1 ? text.length : end;
  }
  const end = skipSpace(text, endOfObject(text, value));
  if (end === text.length || text[end] === ';') return end;
  throw invalid(`${annotationsKey} in CNI_ARGS goes on behind its JSON object`);
}

function endOfObject(text: string, at: number): number {
  try {
    return skipValue(text, at);
  } catch (error) {
    throw new WeftError('InvalidEnvironment', {
      cause: `${annotationsKey} in CNI_ARGS ends inside its JSON object`,
      error,
    });
  }
}

function invalid(cause: string): WeftError {
  return new WeftError('InvalidEnvironment', { cause });
}
