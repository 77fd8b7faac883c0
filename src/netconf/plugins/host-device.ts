import { interfaceName, mac, pciAddress } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

/** Which device it is may also come from the kubelet, by the NAD's resourceName; see the device rule. */
export const hostDevice: PluginSchema = {
  role: 'interface',
  schema: {
    type: 'object',
    synonyms: { master: 'device', interface: 'device', mac: 'hwaddr', pciAddress: 'pciBusID' },
    properties: {
      device: interfaceName,
      hwaddr: { ...mac, format: 'hardware-address' },
      kernelpath: {
        type: 'string',
        pattern: '^(/sys/devices/.*)?$',
        finding: 'UnknownValue',
        description: 'a path below "/sys/devices/"',
      },
      pciBusID: pciAddress,
    },
  },
};
