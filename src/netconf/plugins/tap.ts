import { boolean, bridgeName, integer, mac, mtu, text } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const tap: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    properties: {
      multiQueue: boolean,
      mtu,
      mac,
      owner: integer(0, 4_294_967_295, 'a user ID'),
      group: integer(0, 4_294_967_295, 'a group ID'),
      selinuxContext: text,
      bridge: bridgeName,
    },
  },
};
