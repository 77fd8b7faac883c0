import { boolean, integer, path, text } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const ciliumCni: PluginSchema = {
  role: 'cluster',
  schema: {
    type: 'object',
    properties: {
      mtu: integer(0, 65_535, 'a number of bytes'),
      eni: { type: 'object', description: 'an object' },
      azure: { type: 'object', description: 'an object' },
      'alibaba-cloud': { type: 'object', description: 'an object' },
      'enable-debug': boolean,
      'log-format': text,
      'log-file': path,
      'chaining-mode': text,
    },
  },
};
