import { boolean, interfaceName, mtu, vlan as vlanId } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const vlan: PluginSchema = {
  role: 'interface',
  ipam: 'required',
  schema: {
    type: 'object',
    synonyms: { vlan: 'vlanId', id: 'vlanId', tag: 'vlanId', parent: 'master', interface: 'master' },
    required: ['master', 'vlanId'],
    properties: {
      master: {
        ...interfaceName,
        description: 'the interface of the node that the VLAN is on, such as "eth0"',
      },
      vlanId,
      mtu,
      linkInContainer: boolean,
    },
  },
};
