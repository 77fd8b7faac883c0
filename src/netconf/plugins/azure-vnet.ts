import { boolean, bridgeName, interfaceName, oneOf, text, texts } from './fields.ts';
import type { PluginSchema } from './plugin-schema.ts';

export const azureVnet: PluginSchema = {
  role: 'cluster',
  schema: {
    type: 'object',
    properties: {
      mode: oneOf('bridge', 'tunnel', 'transparent', 'transparent-vlan', 'l2bridge'),
      master: interfaceName,
      adapterName: text,
      bridge: bridgeName,
      logLevel: text,
      logTarget: text,
      infraVnetAddressSpace: text,
      ipv6Mode: text,
      serviceCidrs: text,
      vnetCidrs: text,
      podNamespaceForDualNetwork: texts('a list of namespaces'),
      ipsToRouteViaHost: texts('a list of addresses'),
      multiTenancy: boolean,
      enableSnatOnHost: boolean,
      enableExactMatchForPodName: boolean,
      disableHairpinOnHostInterface: boolean,
      disableIPTableLock: boolean,
      disableAsyncDelete: boolean,
      cnsurl: text,
      executionMode: text,
      windowsSettings: { type: 'object', description: 'an object' },
      AdditionalArgs: { type: 'array', description: 'a list of {"name": …, "value": …}' },
      wireServerIP: text,
    },
  },
};
