import { boolean, integer, interfaceName, mtu, oneOf } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const bond: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    synonyms: { slaves: 'links', interfaces: 'links', bondMode: 'mode' },
    required: ['mode', 'miimon', 'links'],
    properties: {
      ifname: interfaceName,
      mode: oneOf(
        'balance-rr',
        'active-backup',
        'balance-xor',
        'broadcast',
        '802.3ad',
        'balance-tlb',
        'balance-alb',
      ),
      linksInContainer: boolean,
      failOverMac: integer(0, 2),
      miimon: {
        type: 'string',
        pattern: '^[0-9]{1,9}$',
        finding: 'UnknownValue',
        description: 'a number of milliseconds in quotes, such as "100"',
      },
      links: {
        type: 'array',
        minItems: 2,
        description: 'at least two links, such as [{"name": "net1"}, {"name": "net2"}]',
        items: {
          type: 'object',
          required: ['name'],
          description: 'an object, such as {"name": "net1"}',
          properties: { name: interfaceName },
        },
      },
      mtu,
      allSlavesActive: integer(0, 1),
      tlbDynamicLb: integer(0, 1),
      xmitHashPolicy: oneOf('layer2', 'layer3+4', 'layer2+3', 'encap2+3', 'encap3+4', 'vlan+srcmac'),
    },
  },
};
