import { address, cidr, path, routes } from './fields.ts';
import type { JsonSchema, PluginSchema } from './plugin-schema.ts';

const synonyms = {
  range: 'subnet',
  cidr: 'subnet',
  start: 'rangeStart',
  end: 'rangeEnd',
  gw: 'gateway',
} as const;

const range: Readonly<Record<string, JsonSchema>> = {
  subnet: { ...cidr, description: 'the subnet to take addresses from, such as "10.1.2.0/24"' },
  rangeStart: address,
  rangeEnd: address,
  gateway: address,
};

export const hostLocal: PluginSchema = {
  role: 'ipam',
  schema: {
    type: 'object',
    synonyms,
    properties: {
      ...range,
      ranges: {
        type: 'array',
        description: 'a list of lists of ranges, such as [[{"subnet": "10.1.2.0/24"}]]',
        items: {
          type: 'array',
          minItems: 1,
          description: 'a list of ranges, such as [{"subnet": "10.1.2.0/24"}]',
          items: {
            type: 'object',
            required: ['subnet'],
            synonyms,
            description: 'an object, such as {"subnet": "10.1.2.0/24"}',
            properties: range,
          },
        },
      },
      routes,
      dataDir: path,
      resolvConf: path,
    },
    allOf: [
      {
        anyOf: [{ required: ['subnet'] }, { required: ['ranges'] }],
        description: '"subnet", such as "subnet": "10.1.2.0/24", or "ranges"',
      },
    ],
  },
};
