import { boolean, dns, text } from './plugins/fields.ts';
import type { JsonSchema } from './plugins/plugin-schema.ts';

/** What every CNI configuration has (CNI spec, section 1). */

/** Keys that libcni and weft read themselves, in this spelling only. */
export const exactKeys: readonly string[] = [
  'cniVersion',
  'cniVersions',
  'name',
  'type',
  'plugins',
  'capabilities',
  'disableCheck',
  'disableGC',
  'loadOnlyInlinedPlugins',
];

const cniVersion: JsonSchema = {
  ...text,
  quotable: false,
  description: 'a version in quotes, such as "1.0.0"',
};

const anObject: JsonSchema = { type: 'object', description: 'an object in braces' };

/** libcni takes the words in quotes as well (CNI-205), so their kind is left to parseNetwork. */
const aSwitch: JsonSchema = { description: 'true or false' };

/** The keys of a list of plugins; what is in `plugins` is checked one by one. */
export const listSchema: JsonSchema = {
  type: 'object',
  required: ['plugins'],
  properties: {
    cniVersion,
    cniVersions: { type: 'array', items: cniVersion, description: 'a list of versions, such as ["1.0.0"]' },
    name: text,
    disableCheck: aSwitch,
    disableGC: aSwitch,
    loadOnlyInlinedPlugins: aSwitch,
    plugins: {
      type: 'array',
      minItems: 1,
      description: 'a list of plugins, such as [{"type": "macvlan"}]',
      items: { type: 'object', description: 'an object, such as {"type": "macvlan"}' },
    },
  },
};

/** The keys that every plugin may have. */
export const commonSchema: JsonSchema = {
  type: 'object',
  required: ['type'],
  properties: {
    cniVersion,
    name: text,
    type: { ...text, description: 'the name of the plugin, such as "macvlan"' },
    capabilities: {
      type: 'object',
      description: 'an object, such as {"ips": true}',
      additionalProperties: boolean,
    },
    ipam: {
      type: 'object',
      description: 'an object, such as {"type": "host-local", "subnet": "10.1.2.0/24"}',
    },
    dns,
    args: { type: 'object', description: 'an object', properties: { cni: anObject } },
    runtimeConfig: anObject,
    prevResult: anObject,
  },
};

/** The keys that every IPAM configuration has. */
export const commonIpamSchema: JsonSchema = {
  type: 'object',
  required: ['type'],
  properties: { type: { ...text, description: 'the name of an IPAM plugin, such as "host-local"' } },
};

/** `schema` with the keys of `common` as well. The same object for the same two, because it is compiled once. */
export function withCommon(common: JsonSchema, schema: JsonSchema | undefined): JsonSchema {
  if (schema === undefined) return common;
  const known = merged.get(schema);
  if (known !== undefined) return known;
  const whole: JsonSchema = {
    ...schema,
    required: [...(common.required ?? []), ...(schema.required ?? [])],
    properties: { ...common.properties, ...schema.properties },
  };
  merged.set(schema, whole);
  return whole;
}

const merged = new WeakMap<JsonSchema, JsonSchema>();
