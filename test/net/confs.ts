import type { TestNode } from '../harness/sandbox.ts';

type Conf = Readonly<Record<string, unknown>>;

/** host-local with its files in the test's directory, so that the machine's own are left alone. */
export function hostLocal(node: TestNode, subnets: readonly string[], more: Conf = {}): Conf {
  return {
    type: 'host-local',
    dataDir: node.dirs.ipam,
    ranges: subnets.map((subnet) => [{ subnet }]),
    ...more,
  };
}

/** The cluster's default network: a bridge with port mappings and a tuned sandbox. */
export function defaultBridge(node: TestNode, more: readonly Conf[] = []): Conf {
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br-pods',
        isGateway: true,
        ipMasq: true,
        ipMasqBackend: 'nftables',
        hairpinMode: true,
        ipam: hostLocal(node, ['10.61.0.0/24'], { routes: [{ dst: '0.0.0.0/0' }] }),
      },
      { type: 'portmap', backend: 'nftables', snat: true, capabilities: { portMappings: true } },
      { type: 'tuning', sysctl: { 'net.core.somaxconn': '512' } },
      ...more,
    ],
  };
}

/** macvlan over the node's eth1 with the addresses that the pod asks for. */
export const macvlanStatic: Conf = {
  type: 'macvlan',
  master: 'eth1',
  mode: 'bridge',
  mtu: 1400,
  capabilities: { ips: true, mac: true },
  ipam: { type: 'static' },
};

export function ptp(node: TestNode): Conf {
  return {
    type: 'ptp',
    ipMasq: false,
    mtu: 1300,
    ipam: hostLocal(node, ['10.63.0.0/24', 'fd00:63::/64'], { routes: [{ dst: '10.99.0.0/16' }] }),
  };
}

/** A second bridge without gateway, IPv4 and IPv6. */
export function secondBridge(node: TestNode, more: readonly Conf[] = []): Conf {
  const bridge = {
    type: 'bridge',
    bridge: 'br-two',
    ipam: hostLocal(node, ['10.64.0.0/24', 'fd00:64::/64']),
  };
  return { plugins: [bridge, ...more] };
}
