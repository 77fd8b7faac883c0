import { parseNetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
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
  return [...malformed(nad), ...specKeys(nad)];
}

function malformed(nad: unknown): readonly Finding[] {
  try {
    parseNetworkAttachmentDefinition(nad, 'default');
    return [];
  } catch (error) {
    const { cause } = asWeftError(error).failure;
    const path = /^(apiVersion|kind|metadata|spec)(\.[A-Za-z]+)*/.exec(cause)?.[0] ?? '';
    return [finding('InvalidObject', path, `${cause}; write what the field must be`)];
  }
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
