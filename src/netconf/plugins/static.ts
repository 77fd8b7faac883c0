import { addresses, dns, routes } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

/** Named so because `static` is a word of the language. Addresses may come from the pod's annotation instead. */
export const staticAddresses: PluginSchema = {
  role: 'ipam',
  schema: {
    type: 'object',
    synonyms: { ips: 'addresses', address: 'addresses' },
    properties: { addresses, routes, dns },
  },
};
