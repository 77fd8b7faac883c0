import type { TestNode } from '../../harness/sandbox.ts';
import { hostLocal } from '../confs.ts';
import type { Annotations } from './multus-bench.ts';

type Conf = Readonly<Record<string, unknown>>;

const networksKey = 'k8s.v1.cni.cncf.io/networks';
const defaultNetworkKey = 'v1.multus-cni.io/default-network';

/** Every plugin that these networks need. */
export const plugins: readonly string[] = [
  ...['bridge', 'macvlan', 'ptp', 'host-device', 'host-local', 'static', 'portmap', 'tuning', 'bandwidth'],
];

/** The cluster's default network, as the file that Multus wraps. */
export function defaultNetwork(node: TestNode): Conf {
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br-pods',
        isGateway: true,
        ipam: hostLocal(node, ['10.61.0.0/24'], { routes: [{ dst: '0.0.0.0/0' }] }),
      },
      { type: 'portmap', backend: 'nftables', snat: true, capabilities: { portMappings: true } },
    ],
  };
}

/** Networks of namespace `bench`, after those that Multus's own examples and documentation show. */
export function networks(node: TestNode): Readonly<Record<string, Conf>> {
  return {
    // docs/quickstart.md: macvlan with addresses of its own.
    'macvlan-conf': {
      cniVersion: '0.3.1',
      type: 'macvlan',
      master: 'eth1',
      mode: 'bridge',
      ipam: hostLocal(node, ['10.62.0.0/24'], { routes: [{ dst: '10.98.0.0/16' }] }),
    },
    // docs/how-to-use.md: addresses and a MAC that the pod asks for.
    asked: {
      cniVersion: '1.0.0',
      type: 'macvlan',
      master: 'eth1',
      mode: 'bridge',
      capabilities: { ips: true, mac: true },
      ipam: { type: 'static' },
    },
    // A chain, older than the default network.
    bridged: {
      cniVersion: '0.4.0',
      plugins: [
        { type: 'bridge', bridge: 'br-two', ipam: hostLocal(node, ['10.64.0.0/24']) },
        { type: 'portmap', backend: 'nftables', capabilities: { portMappings: true } },
        { type: 'tuning', sysctl: { 'net.core.somaxconn': '512' } },
      ],
    },
    // A CNI name of its own.
    line: {
      cniVersion: '0.3.1',
      name: 'cable',
      type: 'ptp',
      ipam: hostLocal(node, ['10.63.0.0/24', 'fd00:63::/64'], { routes: [{ dst: '10.99.0.0/16' }] }),
    },
    // Neither name nor version.
    bare: { type: 'ptp', ipam: hostLocal(node, ['10.65.0.0/24']) },
    'bare-list': { plugins: [{ type: 'ptp', ipam: hostLocal(node, ['10.66.0.0/24']) }] },
    // Instead of the default network.
    'other-default': {
      cniVersion: '1.0.0',
      type: 'ptp',
      ipam: hostLocal(node, ['10.67.0.0/24'], { routes: [{ dst: '0.0.0.0/0' }] }),
    },
    // A link of the node that moves into the pod and back.
    device: {
      cniVersion: '1.0.0',
      type: 'host-device',
      device: 'spare0',
      ipam: { type: 'static', addresses: [{ address: '10.68.0.1/24' }] },
    },
  };
}

/** A pod of the comparison. */
export interface PodCase {
  readonly annotations: Annotations;
  /** Host ports of the pod's containers, as the kubelet hands them to the default network. */
  readonly portMappings?: readonly object[];
}

function asking(networks: string | readonly object[], more: Annotations = {}): PodCase {
  const value = typeof networks === 'string' ? networks : JSON.stringify(networks);
  return { annotations: { [networksKey]: value, ...more } };
}

/** Pods by what they are about. */
export const podCases: Readonly<Record<string, PodCase>> = {
  'no networks': { annotations: {} },
  'a host port': {
    annotations: {},
    portMappings: [{ hostPort: 18_092, containerPort: 80, protocol: 'tcp' }],
  },
  'one network by name': asking('macvlan-conf'),
  'two, one with its interface named': asking('bridged,bench/line@cable0'),
  'the same network twice': asking('macvlan-conf,macvlan-conf'),
  'addresses, MAC and interface': asking([
    { name: 'asked', ips: ['10.69.0.5/24'], mac: '02:00:00:00:00:05', interface: 'data0' },
  ]),
  'port mappings and cni-args': asking([
    {
      name: 'bridged',
      portMappings: [{ hostPort: 18_091, containerPort: 80, protocol: 'tcp' }],
      'cni-args': { tier: 'gold' },
    },
  ]),
  'a network without name and version': asking('bare'),
  'a list without version': asking('bare-list'),
  'another default network': asking('line', { [defaultNetworkKey]: 'bench/other-default' }),
  'the default route elsewhere': asking([{ name: 'line', 'default-route': ['10.63.0.1'] }]),
  'a link of the node': asking('device'),
};
