import { WeftError } from '../errors/weft-error.ts';
import { isWellFormed, utf8Length } from './utf8.ts';

/** The operations of the CNI specification. */
export type Verb = 'ADD' | 'DEL' | 'CHECK' | 'STATUS' | 'GC' | 'VERSION';

/** What the runtime says through the environment. Strings are as given, '' where a variable is absent. */
export interface CniEnv {
  readonly command: Verb;
  readonly containerId: string;
  /** Opaque: never checked for its form (CNI-011). */
  readonly netns: string;
  readonly ifname: string;
  /** CNI_ARGS, undivided; see args.ts. */
  readonly args: string;
  /** CNI_PATH, undivided; see splitPath. */
  readonly path: string;
}

interface Variable {
  readonly name: string;
  readonly field: Exclude<keyof CniEnv, 'command'>;
  /** The verbs that cannot do without it (CNI-004). */
  readonly neededBy: readonly Verb[];
  /** Complaint about a given value, on the verbs that need it (CNI-008). */
  readonly check?: (value: string) => string | undefined;
}

/** Every verb, in the order of the specification. */
export const verbs: readonly Verb[] = ['ADD', 'DEL', 'CHECK', 'STATUS', 'GC', 'VERSION'];

/**
 * The environment contract as one table, like skel's. CNI_PATH is needed by none: a binary directory of our own
 * configuration can take its place, so whoever must find a delegate asks for it (CNI-005).
 */
const variables: readonly Variable[] = [
  {
    name: 'CNI_CONTAINERID',
    field: 'containerId',
    neededBy: ['ADD', 'CHECK', 'DEL'],
    check: checkContainerId,
  },
  { name: 'CNI_NETNS', field: 'netns', neededBy: ['ADD', 'CHECK'] },
  { name: 'CNI_IFNAME', field: 'ifname', neededBy: ['ADD', 'CHECK', 'DEL'], check: checkIfname },
  { name: 'CNI_ARGS', field: 'args', neededBy: [] },
  { name: 'CNI_PATH', field: 'path', neededBy: [] },
];

/**
 * Reads and checks the environment. An empty value is a missing one (CNI-006). InvalidEnvironment names every missing
 * variable at once (CNI-007), or the first malformed one.
 */
export function parseEnv(get: (name: string) => string | undefined): CniEnv {
  const command = parseVerb(get('CNI_COMMAND') ?? '');
  const missing = variables.filter(({ name, neededBy }) => neededBy.includes(command) && !get(name));
  if (missing.length > 0) throw invalid(`${command} needs ${missing.map(({ name }) => name).join(', ')}`);

  const env = { command, containerId: '', netns: '', ifname: '', args: '', path: '' };
  for (const { name, field, neededBy, check } of variables) {
    const value = get(name) ?? '';
    const complaint = neededBy.includes(command) ? check?.(value) : undefined;
    if (complaint !== undefined) throw invalid(`${name} ${complaint}`);
    env[field] = value;
  }
  return env;
}

/** Undefined if a runtime or kernel takes this interface name (CNI-009), otherwise the complaint: `is empty`. */
export function checkIfname(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (utf8Length(name) > 15) return `${quoted(name)} is longer than 15 bytes`;
  if (name === '.' || name === '..') return `${quoted(name)} is a directory`;
  if (/[/:]/.test(name)) return `${quoted(name)} has a "/" or ":" in it`;
  // Control characters are legal for the kernel, but a NUL would cut the name short on its way there.
  if (/[\s\x00-\x1f\x7f-\x9f]/.test(name))
    return `${quoted(name)} has white space or a control character in it`;
  if (!isWellFormed(name)) return `${quoted(name)} is not valid Unicode`;
  return undefined;
}

/** Undefined if this is a container ID, and as well for a network name (CNI-008, CNI-033); otherwise the complaint. */
export function checkContainerId(id: string): string | undefined {
  if (id === '') return 'is empty';
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]*$/.test(id)) return undefined;
  return `${quoted(id)} must be letters, digits, "_", "." and "-", the first a letter or digit`;
}

/** The directories of a CNI_PATH in order. Empty elements, which Go takes for the working directory, are left out (CNI-251). */
export function splitPath(path: string): readonly string[] {
  return path.split(':').filter((directory) => directory !== '');
}

/** True for an operation, spelled exactly (CNI-002). */
export function isVerb(command: string | undefined): command is Verb {
  return (verbs as readonly (string | undefined)[]).includes(command);
}

function parseVerb(command: string): Verb {
  if (command === '') throw invalid('CNI_COMMAND is missing');
  if (!isVerb(command)) throw invalid(`CNI_COMMAND ${quoted(command)} is not one of ${verbs.join(', ')}`);
  return command;
}

function invalid(cause: string): WeftError {
  return new WeftError('InvalidEnvironment', { cause });
}

function quoted(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
}
