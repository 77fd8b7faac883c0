import { type NodeAddresses, network } from './addresses.ts';
import { run } from './command.ts';
import { macAddress } from './identity.ts';

/** Lines for `ip -batch` in the control plane's namespace: its own links. */
export function controlPlaneLinks(): readonly string[] {
  const { bridge, lanBridge, controlPlane, prefix } = network;
  return [
    'link set lo up',
    `link add ${bridge} type bridge mcast_snooping 0`,
    `addr add ${controlPlane}/${prefix} dev ${bridge}`,
    `link set ${bridge} up`,
    `link add ${lanBridge} type bridge mcast_snooping 0`,
    `link set ${lanBridge} addrgenmode none up`,
  ];
}

/** Lines for `ip -batch` in the control plane's namespace: a node's three cables. `pid`: a process inside the node. */
export function cables(id: string, node: NodeAddresses, pid: number): readonly string[] {
  return node.links.flatMap((link, number) => {
    const mac = macAddress(id, node.name, `eth${number}`);
    const cluster = number === 0;
    return [
      `link add dev ${link} type veth peer name eth${number} address ${mac} netns ${pid}`,
      `link set ${link} addrgenmode none master ${cluster ? network.bridge : network.lanBridge} up`,
    ];
  });
}

/** Lines for `ip -batch` in the control plane's namespace that take the cables away; some may be gone already. */
export function withoutCables(node: NodeAddresses): readonly string[] {
  return node.links.map((link) => `link del ${link}`);
}

/**
 * Lines for `ip -batch` inside a node. eth1 and eth2 have no address: eth1 is free as macvlan's parent, eth2 is a port
 * of the bridge br-lan, because one NIC cannot be both.
 */
export function nodeLinks(id: string, node: NodeAddresses): readonly string[] {
  return [
    'link set lo up',
    `addr add ${node.address}/${network.prefix} dev eth0`,
    'link set eth0 up',
    `route add default via ${network.controlPlane}`,
    'link set eth1 addrgenmode none up',
    `link add br-lan address ${macAddress(id, node.name, 'br-lan')} type bridge mcast_snooping 0`,
    'link set br-lan addrgenmode none up',
    'link set eth2 addrgenmode none master br-lan up',
  ];
}

/**
 * Lines for `ip -batch`: how `from` reaches the pods of all others. For the control plane (`from` undefined) also how it
 * reaches services: through any node that runs, where kube-proxy knows them.
 */
export function routes(
  from: NodeAddresses | undefined,
  nodes: readonly NodeAddresses[],
  running: readonly NodeAddresses[],
): readonly string[] {
  const pods = nodes
    .filter((node) => node.name !== from?.name)
    .map((node) => `route replace ${node.podCidr} via ${node.address}`);
  if (from !== undefined) return pods;
  const hops = running.map((node) => `nexthop via ${node.address}`);
  const services =
    hops.length === 0
      ? `route replace unreachable ${network.serviceCidr}`
      : `route replace ${network.serviceCidr} ${hops.join(' ')}`;
  return [...pods, services];
}

/** Runs the lines in the network namespace of a process. `force`: goes on after a line that fails, and succeeds. */
export async function runBatch(
  pid: number,
  lines: readonly string[],
  env: Readonly<Record<string, string>>,
  force = false,
): Promise<void> {
  const argv = ['nsenter', `--net=/proc/${pid}/ns/net`, 'ip', ...(force ? ['-force'] : []), '-batch', '-'];
  try {
    await run(argv, { stdin: `${lines.join('\n')}\n`, env });
  } catch (error) {
    if (!force) throw error;
  }
}
