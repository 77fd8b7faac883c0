import { integer, interfaceName } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const vrf: PluginSchema = {
  role: 'chained',
  ipam: 'none',
  schema: {
    type: 'object',
    synonyms: { vrf: 'vrfname', tableId: 'table' },
    required: ['vrfname'],
    properties: {
      vrfname: { ...interfaceName, description: 'the name of the VRF, such as "blue"' },
      table: integer(0, 4_294_967_295, 'the number of a routing table'),
    },
  },
};
