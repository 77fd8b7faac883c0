import { boolean, integer, path, text } from './fields.ts';
import type { JsonSchema, PluginSchema } from './plugin-schema.ts';

const option: JsonSchema = {
  type: 'string',
  pattern:
    '^(dhcp-client-identifier|subnet-mask|routers|host-name|user-class|vendor-class-identifier|[0-9]{1,2}|1[0-9][0-9]|2[0-4][0-9]|25[0-5])$',
  finding: 'UnknownValue',
  description: 'a number from 0 to 255 in quotes, such as "12", or a name such as "host-name"',
};

export const dhcp: PluginSchema = {
  role: 'ipam',
  schema: {
    type: 'object',
    properties: {
      daemonSocketPath: path,
      priority: integer(0, 4_294_967_295),
      provide: {
        type: 'array',
        description: 'a list, such as [{"option": "host-name", "value": "a"}]',
        items: {
          type: 'object',
          required: ['option'],
          description: 'an object, such as {"option": "host-name", "fromArg": "K8S_POD_NAME"}',
          properties: { option, value: text, fromArg: text },
        },
      },
      request: {
        type: 'array',
        description: 'a list, such as [{"option": "routers"}]',
        items: {
          type: 'object',
          description: 'an object, such as {"option": "routers"} or {"skipDefault": true}',
          properties: { option, skipDefault: boolean },
        },
      },
    },
  },
};
