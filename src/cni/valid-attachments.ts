import { type Failure, WeftError } from '../errors/weft-error.ts';
import { checkContainerId, checkIfname } from './env.ts';
import { isObject, type JsonObject, kindOf } from './json.ts';

/** One attachment as GC names it; the keys are the protocol's. */
export interface ValidAttachment {
  readonly containerID: string;
  readonly ifname: string;
}

/**
 * The keys of the list. CNI 1.1.0 was tagged with the second and corrected to the first afterwards; libcni writes both
 * (CNI-352).
 */
export const validAttachmentKeys = ['cni.dev/valid-attachments', 'cni.dev/attachments'] as const;

/**
 * The attachments that are still in use, from the configuration of a GC. null and [] say that none is (CNI-112). Where
 * both keys are there, what either lists is in use. Throws InvalidConfig where neither is, as `cnitool gc` calls
 * (CNI-355), because nothing would be in use then; InvalidJson for a wrong kind of value, InvalidConfig for a name that
 * cannot be one: a list that is not understood must not cost anybody his network.
 */
export function readValidAttachments(conf: JsonObject): readonly ValidAttachment[] {
  const keys = validAttachmentKeys.filter((key) => conf[key] !== undefined);
  if (keys.length === 0) {
    const cause = `neither "${validAttachmentKeys[0]}" nor "${validAttachmentKeys[1]}" is there`;
    const remedy = 'the runtime must say which attachments are in use; [] says none';
    throw new WeftError('InvalidConfig', { step: 'GC', cause, remedy });
  }
  return unique(keys.flatMap((key) => listAt(conf[key], key)));
}

/** Each attachment once, in the order of their first places. */
export function unique(attachments: readonly ValidAttachment[]): readonly ValidAttachment[] {
  // Neither an ID nor an interface may hold a "/".
  const byName = new Map(attachments.map((item) => [`${item.containerID}/${item.ifname}`, item]));
  return [...byName.values()];
}

function listAt(value: unknown, key: string): readonly ValidAttachment[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw mistyped(key, 'a list', value);
  return value.map((item: unknown, index) => {
    const path = `${key}[${index}]`;
    if (!isObject(item)) throw mistyped(path, 'an object', item);
    return {
      containerID: nameAt(item, 'containerID', path, checkContainerId),
      ifname: nameAt(item, 'ifname', path, checkIfname),
    };
  });
}

function nameAt(
  item: JsonObject,
  field: keyof ValidAttachment,
  path: string,
  check: (name: string) => string | undefined,
): string {
  const value = item[field];
  if (typeof value !== 'string') throw mistyped(`${path}.${field}`, 'a string', value);
  const complaint = check(value);
  if (complaint === undefined) return value;
  throw new WeftError('InvalidConfig', failure(`"${path}.${field}" ${complaint}`));
}

function mistyped(path: string, kind: string, value: unknown): WeftError {
  return new WeftError('InvalidJson', failure(`"${path}" must be ${kind}, not ${kindOf(value)}`));
}

function failure(cause: string): Failure {
  return { step: 'GC', cause, remedy: 'check the runtime that calls the plugin; nothing was removed' };
}
