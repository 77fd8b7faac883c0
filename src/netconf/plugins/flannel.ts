import { path, routes } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const flannel: PluginSchema = {
  role: 'cluster',
  schema: {
    type: 'object',
    properties: {
      subnetFile: path,
      dataDir: path,
      ipam: { type: 'object', properties: { routes } },
      delegate: {
        type: 'object',
        description: 'an object with settings of the bridge plugin, such as {"isDefaultGateway": true}',
        properties: { type: { type: 'string', description: 'the name of a plugin, such as "bridge"' } },
      },
    },
  },
};
