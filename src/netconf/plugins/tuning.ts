import { boolean, integer, mac, mtu, path } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const tuning: PluginSchema = {
  role: 'chained',
  ipam: 'none',
  schema: {
    type: 'object',
    properties: {
      sysctl: {
        type: 'object',
        description: 'an object, such as {"net.core.somaxconn": "512"}',
        additionalProperties: {
          type: 'string',
          finding: 'InvalidSysctl',
          description: 'the value in quotes, such as "1"',
        },
      },
      mac,
      promisc: boolean,
      mtu,
      allmulti: boolean,
      txQLen: integer(0, 4_294_967_295),
      dataDir: path,
    },
  },
};
