import { boolean, mtu, oneOf } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const ptp: PluginSchema = {
  role: 'interface',
  ipam: 'required',
  schema: {
    type: 'object',
    properties: { ipMasq: boolean, ipMasqBackend: oneOf('iptables', 'nftables'), mtu },
  },
};
