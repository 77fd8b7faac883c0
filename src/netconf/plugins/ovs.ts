import { bridgeName, integer, mtu, path, pciAddress, text, trunk, vlan } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

/** Without `bridge` it asks ovsdb for the bridge of the device, so that needs `deviceID` or a flat file. */
export const ovs: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    synonyms: { vlanId: 'vlan', tag: 'vlan', vlanTrunk: 'trunk' },
    properties: {
      bridge: { ...bridgeName, description: 'the name of an Open vSwitch bridge, such as "br1"' },
      vlan,
      mtu,
      trunk,
      deviceID: pciAddress,
      ofport_request: integer(1, 65_279, 'an OpenFlow port'),
      interface_type: text,
      configuration_path: path,
      socket_file: text,
      link_state_check_retries: integer(0, 1_000_000),
      link_state_check_interval: integer(0, 1_000_000),
    },
  },
};
