import { boolean, integer, oneOf, text, texts } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

const conditions = texts('a list of words for the rule, such as ["!", "-d", "10.0.0.0/8"]');

export const portmap: PluginSchema = {
  role: 'chained',
  ipam: 'none',
  capability: { name: 'portMappings', unless: [] },
  schema: {
    type: 'object',
    properties: {
      backend: oneOf('iptables', 'nftables'),
      snat: boolean,
      masqAll: boolean,
      markMasqBit: integer(0, 31),
      externalSetMarkChain: text,
      conditionsV4: conditions,
      conditionsV6: conditions,
    },
  },
};
