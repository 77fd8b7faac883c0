import { texts } from './fields.ts';
import type { JsonSchema, PluginSchema } from './plugin-schema.ts';

const bits: JsonSchema = {
  type: 'integer',
  minimum: 0,
  description: 'a number of bits without quotes and unit, such as 10000000',
};

const burst: JsonSchema = {
  ...bits,
  maximum: 34_359_738_360,
  description: 'a number of bits below 4 GB without quotes and unit, such as 10000000',
};

export const bandwidth: PluginSchema = {
  role: 'chained',
  ipam: 'none',
  capability: { name: 'bandwidth', unless: ['ingressRate', 'egressRate'] },
  schema: {
    type: 'object',
    properties: {
      ingressRate: bits,
      ingressBurst: burst,
      egressRate: bits,
      egressBurst: burst,
      unshapedSubnets: texts('a list of CIDRs, such as ["10.1.0.0/16"]'),
      shapedSubnets: texts('a list of CIDRs, such as ["10.1.0.0/16"]'),
    },
  },
};
