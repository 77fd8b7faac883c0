import { boolean, bridgeName, mtu, oneOf, trunk, vlan } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const bridge: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    synonyms: { br: 'bridge', brName: 'bridge', bridgeName: 'bridge', master: 'bridge', vlanId: 'vlan' },
    properties: {
      bridge: bridgeName,
      isGateway: boolean,
      isDefaultGateway: boolean,
      forceAddress: boolean,
      ipMasq: boolean,
      ipMasqBackend: oneOf('iptables', 'nftables'),
      mtu,
      hairpinMode: boolean,
      promiscMode: boolean,
      vlan,
      vlanTrunk: trunk,
      preserveDefaultVlan: boolean,
      macspoofchk: boolean,
      enabledad: boolean,
      disableContainerInterface: boolean,
      portIsolation: boolean,
    },
  },
};
