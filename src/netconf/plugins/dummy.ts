import type { PluginSchema } from './plugin-schema.ts';

export const dummy: PluginSchema = {
  role: 'interface',
  ipam: 'required',
  schema: { type: 'object', properties: {} },
};
