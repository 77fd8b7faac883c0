import { integer } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const sbr: PluginSchema = {
  role: 'chained',
  ipam: 'none',
  schema: {
    type: 'object',
    properties: { table: integer(0, 4_294_967_295, 'the number of a routing table') },
  },
};
