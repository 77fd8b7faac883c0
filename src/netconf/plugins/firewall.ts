import { oneOf, text } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const firewall: PluginSchema = {
  role: 'chained',
  ipam: 'none',
  schema: {
    type: 'object',
    properties: {
      backend: { ...oneOf('iptables', 'firewalld'), severity: 'warning' },
      iptablesAdminChainName: text,
      firewalldZone: text,
      ingressPolicy: oneOf('open', 'same-bridge', 'isolated'),
    },
  },
};
