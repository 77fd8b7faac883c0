import { maxConfigLength, parseNetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import { shown } from '../api/schema-validator.ts';
import { isObject } from '../cni/json.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { type Finding, finding } from './finding.ts';
import { childPath } from './json-path.ts';
import { similarTo } from './similar.ts';

/** What makes the Kubernetes object unusable, whatever its configuration says. [] for one that can be read. */
export function objectFindings(nad: unknown): readonly Finding[] {
  const config = isObject(nad) && isObject(nad['spec']) ? nad['spec']['config'] : undefined;
  if (isObject(config) || Array.isArray(config)) {
    const message = `spec.config is ${shown(config)}, must be one text; write it in quotes, or as a YAML block: config: |`;
    return [finding('InvalidObject', 'spec.config', message)];
  }
  return [...malformed(nad), ...tooLong(config), ...specKeys(nad)];
}

/** Agents do not take it in (their limit is the same), so its pods would not start. */
function tooLong(config: unknown): readonly Finding[] {
  if (typeof config !== 'string' || config.length <= maxConfigLength) return [];
  const message = `spec.config has ${config.length} characters, at most ${maxConfigLength} are allowed; write several networks, or leave out what the plugins do not need`;
  return [finding('InvalidObject', 'spec.config', message)];
}

function malformed(nad: unknown): readonly Finding[] {
  try {
    parseNetworkAttachmentDefinition(nad, 'default');
    return [];
  } catch (error) {
    const { cause } = asWeftError(error).failure;
    const path = /^(apiVersion|kind|metadata|spec)(\.[A-Za-z]+)*/.exec(cause)?.[0] ?? '';
    return [finding('InvalidObject', path, instead(cause))];
  }
}

/** The complaint about one field, with what to write there. */
function instead(cause: string): string {
  const [wrong, field, must, value] = /^(\S+) must be (.+), not (.+)$/.exec(cause) ?? [];
  if (wrong !== undefined) return `${field} is ${value}; write ${must}`;
  if (cause.endsWith(' is missing')) return `${cause}; add it`;
  return `${cause}; write lower-case letters, digits and "-", the first and the last no "-", such as "net-a"`;
}

/** `spec.conf` is dropped silently by the API server, and the network then is that of a file which nobody has. */
function specKeys(nad: unknown): readonly Finding[] {
  const spec = isObject(nad) ? nad['spec'] : undefined;
  if (!isObject(spec) || spec['config'] !== undefined) return [];
  return Object.keys(spec).flatMap((key) => {
    if (similarTo(key, ['config', 'conf', 'cniConfig', 'configuration']) === undefined) return [];
    return [finding('MistypedKey', childPath('spec', key), `spec.${key} is unknown; write spec.config`)];
  });
}
