import { integer, mac, oneOf, path, pciAddress, text, vlan } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

const rate = { type: 'integer', minimum: 0, description: 'Mbit/s as a number without quotes' } as const;

export const sriov: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    synonyms: { vlanId: 'vlan', pciBusID: 'deviceID' },
    properties: {
      deviceID: pciAddress,
      vlan,
      vlanQoS: integer(0, 7),
      vlanProto: oneOf('802.1q', '802.1Q', '802.1ad'),
      mac,
      min_tx_rate: rate,
      max_tx_rate: rate,
      spoofchk: { ...oneOf('on', 'off'), severity: 'warning' },
      trust: { ...oneOf('on', 'off'), severity: 'warning' },
      link_state: oneOf('auto', 'enable', 'disable'),
      vlan_trunk: text,
      logLevel: text,
      logFile: path,
    },
  },
};
