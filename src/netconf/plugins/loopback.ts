import type { PluginSchema } from './plugin-schema.ts';

export const loopback: PluginSchema = {
  role: 'interface',
  ipam: 'none',
  schema: { type: 'object', properties: {} },
};
