import { ClusterError } from './cluster-error.ts';

/** Every cluster has these inside its own network namespace; nothing of it is seen outside. */
export const network = {
  /** Bridge of the cluster network in the control plane's namespace; nodes are on it with eth0. */
  bridge: 'wbr0',
  /** Bridge of the LAN without addresses; nodes are on it with eth1 and eth2. */
  lanBridge: 'lan0',
  /** The control plane's address on the cluster network. */
  controlPlane: '172.30.0.1',
  prefix: 16,
  apiPort: 6443,
  serviceCidr: '10.96.0.0/16',
  /** First address of the service CIDR: the API server's service. */
  apiService: '10.96.0.1',
  dnsService: '10.96.0.10',
  podCidr: '10.244.0.0/16',
  dnsDomain: 'cluster.local',
} as const;

/** Most nodes that a cluster can have. */
export const maxNodes = 50;

/** What follows from a node's number. */
export interface NodeAddresses {
  readonly index: number;
  readonly name: string;
  /** On eth0. */
  readonly address: string;
  readonly podCidr: string;
  /** The ends of its three links in the control plane's namespace; they become eth0, eth1 and eth2 in the node. */
  readonly links: readonly [string, string, string];
}

/** `index` counts from 1. */
export function nodeAddresses(index: number): NodeAddresses {
  if (!Number.isInteger(index) || index < 1 || index > maxNodes) {
    throw new ClusterError(`node number ${index}: a cluster has nodes 1 to ${maxNodes}`);
  }
  return {
    index,
    name: `node${index}`,
    address: `172.30.0.${10 + index}`,
    podCidr: `10.244.${index}.0/24`,
    links: [`n${index}e0`, `n${index}e1`, `n${index}e2`],
  };
}
