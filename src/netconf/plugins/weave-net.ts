import { boolean, bridgeName, integer } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const weaveNet: PluginSchema = {
  role: 'cluster',
  schema: {
    type: 'object',
    properties: {
      bridge: bridgeName,
      isGateway: boolean,
      ipMasq: boolean,
      hairpinMode: boolean,
      mtu: integer(0, 65_535, 'a number of bytes'),
    },
  },
};
