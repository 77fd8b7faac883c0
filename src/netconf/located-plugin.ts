import { isObject, type JsonObject } from '../cni/json.ts';
import { pluginSchemas } from './plugins/all.ts';
import type { PluginSchema } from './plugins/plugin-schema.ts';

/** One plugin of a configuration while it is checked. Its values may be of any kind. */
export interface LocatedPlugin {
  readonly conf: JsonObject;
  /** JSON path in the object: `spec.config.plugins[0]`. */
  readonly path: string;
  /** '' where there is none, or one of a wrong kind. */
  readonly type: string;
  /** Undefined for a plugin that weft does not know. */
  readonly known: PluginSchema | undefined;
  /** `{}` where there is none. */
  readonly ipam: JsonObject;
  /** The same for `ipam.type`. */
  readonly ipamType: string;
  readonly knownIpam: PluginSchema | undefined;
}

export function locatedPlugin(conf: JsonObject, path: string): LocatedPlugin {
  const type = textOf(conf['type']);
  const ipam = isObject(conf['ipam']) ? conf['ipam'] : {};
  const ipamType = textOf(ipam['type']);
  return {
    conf,
    path,
    type,
    known: pluginSchemas.get(type),
    ipam,
    ipamType,
    knownIpam: pluginSchemas.get(ipamType),
  };
}

/** A text, or '' for everything else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** A list, or [] for everything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** True for a value that a plugin takes for there. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
