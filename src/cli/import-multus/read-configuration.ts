import { isObject, kindOf } from '../../cni/json.ts';
import { elements, members } from '../../cni/splice.ts';
import { WeftError } from '../../errors/weft-error.ts';
import { jsonDocument } from './json-document.ts';
import { hasNestedKeys, isList, multusKey, nestedKey } from './multus-keys.ts';
import type { Setting } from './setting.ts';

/** The settings of one JSON text, in its order. */
export interface Configuration {
  /** `plugin`: a CNI configuration of Multus; `daemon`: daemon-config.json, whose keys win over the former's. */
  readonly kind: 'plugin' | 'daemon';
  readonly settings: readonly Setting[];
}

const pluginTypes: readonly unknown[] = ['multus', 'multus-shim'];

/**
 * Reads 00-multus.conf, 00-multus.conflist or daemon-config.json. Throws MultusConfigInvalid that names the line, or the
 * field, where it is none of them.
 */
export function readConfiguration(origin: string, text: string): Configuration {
  const document = jsonDocument(origin, text);
  if (!isObject(document)) throw invalid(origin, `it is ${kindOf(document)}, not a JSON object`);
  if (Array.isArray(document['plugins']) && document['type'] === undefined) {
    return { kind: 'plugin', settings: chainSettings(origin, text, document['plugins']) };
  }
  if (document['type'] === undefined) return { kind: 'daemon', settings: objectSettings(origin, text) };
  if (!pluginTypes.includes(document['type'])) {
    const type = JSON.stringify(document['type']).slice(0, 60);
    throw invalid(origin, `type is ${type}: this is no configuration of Multus`);
  }
  return { kind: 'plugin', settings: objectSettings(origin, text) };
}

/** From CNI 1.0.0 on Multus's entrypoint writes a list with itself as the only plugin. */
function chainSettings(origin: string, text: string, plugins: readonly unknown[]): readonly Setting[] {
  const own = plugins.findIndex((plugin) => isObject(plugin) && pluginTypes.includes(plugin['type']));
  if (own < 0) throw invalid(origin, 'plugins has none of type multus or multus-shim');
  return members(text).flatMap(({ key, value }) => {
    if (key !== 'plugins') return settingsOf(origin, key, value);
    return elements(value).flatMap((element, index) =>
      index === own
        ? objectSettings(origin, element)
        : [setting(origin, `plugins[${index}]`, 'plugins[]', element)],
    );
  });
}

function objectSettings(origin: string, text: string): readonly Setting[] {
  return members(text).flatMap(({ key, value }) => settingsOf(origin, key, value));
}

function settingsOf(origin: string, key: string, text: string): readonly Setting[] {
  const name = multusKey(key);
  const value: unknown = JSON.parse(text);
  if (isList(name) && Array.isArray(value) && value.length > 0) {
    return elements(text).map((element, index) => setting(origin, `${key}[${index}]`, `${name}[]`, element));
  }
  if (hasNestedKeys(name) && isObject(value) && Object.keys(value).length > 0) {
    return members(text).map((member) =>
      setting(origin, `${key}.${member.key}`, nestedKey(name, member.key), member.value),
    );
  }
  return [setting(origin, key, name, text)];
}

function setting(origin: string, key: string, name: string, text: string): Setting {
  return { origin, key, name, value: JSON.parse(text) as unknown, text };
}

function invalid(origin: string, cause: string): WeftError {
  return new WeftError('MultusConfigInvalid', { step: `read ${origin}`, cause });
}
