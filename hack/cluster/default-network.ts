/** File name of the bare default network's conf. weft's own name sorts before it. */
export const bareConfName = '10-bare.conflist';

/** Bridge, host-local addresses and host ports on one node: enough for a cluster without weft. `podCidr` is the node's. */
export function bareNetworkConf(podCidr: string): string {
  const conf = {
    cniVersion: '1.0.0',
    name: 'bare',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        // Pods keep their addresses: every node has a route to every pod CIDR.
        ipMasq: false,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet: podCidr }]], routes: [{ dst: '0.0.0.0/0' }] },
      },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  };
  return `${JSON.stringify(conf, null, 2)}\n`;
}
