import { oneOf, text } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const awsCni: PluginSchema = {
  role: 'cluster',
  ipam: 'none',
  schema: {
    type: 'object',
    properties: {
      vethPrefix: {
        type: 'string',
        pattern: '^.{0,4}$',
        finding: 'InvalidName',
        description: 'at most four characters, such as "eni"',
      },
      mtu: {
        type: 'string',
        pattern: '^[0-9]*$',
        finding: 'InvalidMtu',
        description: 'a number of bytes in quotes, such as "9001"',
      },
      podSGEnforcingMode: oneOf('strict', 'standard'),
      pluginLogFile: text,
      pluginLogLevel: text,
    },
  },
};
