import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { multusDir } from '../../harness/toolchain.ts';
import type { Annotations } from './multus-bench.ts';

type Conf = Readonly<Record<string, unknown>>;
/** host-local for these subnets, with its files where the node has them. */
export type HostLocal = (subnets: readonly string[], more?: Conf) => Conf;

const networksKey = 'k8s.v1.cni.cncf.io/networks';
const defaultNetworkKey = 'v1.multus-cni.io/default-network';

/** Every plugin that these networks need. */
export const plugins: readonly string[] = [
  ...['bridge', 'macvlan', 'ptp', 'host-device', 'host-local', 'static', 'portmap', 'tuning', 'bandwidth'],
];

/** The cluster's default network, as the file that Multus wraps. */
export function defaultNetwork(hostLocal: HostLocal): Conf {
  return {
    cniVersion: '1.0.0',
    name: 'pods',
    plugins: [
      {
        type: 'bridge',
        bridge: 'br-pods',
        isGateway: true,
        ipam: hostLocal(['10.61.0.0/24'], { routes: [{ dst: '0.0.0.0/0' }] }),
      },
      { type: 'portmap', backend: 'nftables', snat: true, capabilities: { portMappings: true } },
    ],
  };
}

/** Networks of the pods' namespace, after those that Multus's own examples, documentation and tests show. */
export function networks(hostLocal: HostLocal): Readonly<Record<string, Conf>> {
  return {
    // docs/quickstart.md: macvlan with addresses of its own.
    'macvlan-conf': {
      cniVersion: '0.3.1',
      type: 'macvlan',
      master: 'eth1',
      mode: 'bridge',
      ipam: hostLocal(['10.62.0.0/24'], { routes: [{ dst: '10.98.0.0/16' }] }),
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
        { type: 'bridge', bridge: 'br-two', ipam: hostLocal(['10.64.0.0/24']) },
        { type: 'portmap', backend: 'nftables', capabilities: { portMappings: true } },
        { type: 'tuning', sysctl: { 'net.core.somaxconn': '512' } },
      ],
    },
    // A CNI name of its own.
    line: {
      cniVersion: '0.3.1',
      name: 'cable',
      type: 'ptp',
      ipam: hostLocal(['10.63.0.0/24', 'fd00:63::/64'], { routes: [{ dst: '10.99.0.0/16' }] }),
    },
    // Neither name nor version.
    bare: { type: 'ptp', ipam: hostLocal(['10.65.0.0/24']) },
    'bare-list': { plugins: [{ type: 'ptp', ipam: hostLocal(['10.66.0.0/24']) }] },
    // Instead of the default network.
    'other-default': {
      cniVersion: '1.0.0',
      type: 'ptp',
      ipam: hostLocal(['10.67.0.0/24'], { routes: [{ dst: '0.0.0.0/0' }] }),
    },
    // A link of the node that moves into the pod and back.
    device: {
      cniVersion: '1.0.0',
      type: 'host-device',
      device: 'spare0',
      ipam: { type: 'static', addresses: [{ address: '10.68.0.1/24' }] },
    },
    // e2e/templates/default-route1.yml.j2
    'default-route-config': {
      cniVersion: '0.3.1',
      plugins: [
        {
          type: 'macvlan',
          master: 'eth1',
          mode: 'bridge',
          ipam: { type: 'static' },
        },
      ],
    },
    // The same as the specification wants it.
    routed: {
      cniVersion: '0.3.1',
      plugins: [
        {
          type: 'macvlan',
          master: 'eth1',
          mode: 'bridge',
          capabilities: { ips: true },
          ipam: { type: 'static' },
        },
      ],
    },
    'example-macvlan': example().network,
  };
}

/** docs/how-to-use.md, `macvlan-conf-2`: a network whose object says nothing; each node has a file of its name. */
export function fileNetwork(hostLocal: HostLocal): Conf {
  return {
    cniVersion: '0.3.0',
    type: 'macvlan',
    name: 'in-a-file',
    master: 'eth1',
    mode: 'bridge',
    ipam: hostLocal(['10.70.0.0/24']),
  };
}

/** The network and the pod's request of examples/macvlan-pod.yml, as Multus delivers it. */
function example(): { readonly network: Conf; readonly request: readonly Conf[] } {
  const text = readFileSync(join(multusDir(), 'examples/macvlan-pod.yml'), 'utf8');
  const [network, pod] = parseAllDocuments(text)
    .map((document) => document.toJS() as ExampleObject | null)
    .filter((object) => object !== null);
  const request = JSON.parse(pod?.metadata.annotations?.[networksKey] ?? '') as Conf[];
  return {
    // The parent that these nodes have for it.
    network: JSON.parse((network?.spec.config ?? '').replace('"eth0"', '"eth1"')) as Conf,
    request: request.map((element) => ({ ...element, name: 'example-macvlan' })),
  };
}

interface ExampleObject {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly config?: string };
}

interface HostPort {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
}

/** A pod of the comparison. */
export interface PodCase {
  readonly annotations: Annotations;
  /** Host ports of the pod's containers, as the kubelet hands them to the default network. */
  readonly portMappings?: readonly HostPort[];
  /** Devices that its container requests, on a cluster. */
  readonly limits?: Readonly<Record<string, string>>;
}

function asking(networks: string | readonly object[], more: Annotations = {}): PodCase {
  const value = typeof networks === 'string' ? networks : JSON.stringify(networks);
  return { annotations: { [networksKey]: value, ...more } };
}

/** Pods by what they are about. */
export function podCases(): Readonly<Record<string, PodCase>> {
  return {
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
    'the example of Multus': asking(example().request),
    'addresses of a network that does not declare them': asking([
      { name: 'default-route-config', ips: ['10.1.1.22/24'] },
    ]),
    'the default route over macvlan': asking([
      { name: 'routed', ips: ['10.1.1.21/24'], 'default-route': ['10.1.1.254'] },
    ]),
    'a network from a file of the node': asking('in-a-file@file0,macvlan-conf'),
  };
}
