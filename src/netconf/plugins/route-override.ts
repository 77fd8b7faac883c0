import { boolean, routes } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const routeOverride: PluginSchema = {
  role: 'chained',
  ipam: 'none',
  schema: {
    type: 'object',
    properties: {
      flushroutes: boolean,
      flushgateway: boolean,
      delroutes: routes,
      addroutes: routes,
      skipcheck: boolean,
    },
  },
};
