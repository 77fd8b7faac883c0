/** Namespace of everything that the demo puts on its cluster beside weft. */
export const demoNamespace = 'demo';

/** An additional network of the demo. */
export interface DemoNetwork {
  readonly name: string;
  /** What it is, as part of a sentence. */
  readonly what: string;
  /** First three bytes of its /24. */
  readonly prefix: string;
  /** First plugin of its chain, without addresses. */
  readonly plugin: Readonly<Record<string, unknown>>;
  /** Where a pod has it: networks are called net1, net2, … in the order in which the pod asks for them. */
  readonly interface: string;
}

/** In the order in which every pod asks for them. */
export const demoNetworks: readonly DemoNetwork[] = [
  {
    name: 'lan',
    what: "macvlan on the node's interface eth1",
    prefix: '10.20.1',
    plugin: { type: 'macvlan', master: 'eth1', mode: 'bridge' },
    interface: 'net1',
  },
  {
    name: 'storage',
    what: "a port of the node's bridge br-lan",
    prefix: '10.20.2',
    plugin: { type: 'bridge', bridge: 'br-lan' },
    interface: 'net2',
  },
];

/** A pod of the demo. */
export interface DemoPod {
  readonly name: string;
  readonly node: string;
  /** Last byte of its address in every additional network. */
  readonly host: number;
}

/** Three on two nodes. */
export const demoPods: readonly DemoPod[] = [
  { name: 'red', node: 'node1', host: 11 },
  { name: 'green', node: 'node1', host: 12 },
  { name: 'blue', node: 'node2', host: 13 },
];

/** The address that a pod asks for, with its prefix length. */
export function wantedAddress(pod: DemoPod, network: DemoNetwork): string {
  return `${network.prefix}.${pod.host}/24`;
}

/** The NetworkAttachmentDefinition of a network. */
export function networkObject(network: DemoNetwork): object {
  const config = {
    cniVersion: '1.0.0',
    name: network.name,
    plugins: [
      // Which address is asked for by each pod: `static` hands out what the capability brings.
      { ...network.plugin, capabilities: { ips: true }, ipam: { type: 'static' } },
      // eth1 and br-lan lead to one and the same LAN, and by default Linux answers ARP for the addresses of all its
      // interfaces on each of them: then a pod might be found at the other interface's MAC.
      {
        type: 'tuning',
        sysctl: { 'net.ipv4.conf.IFNAME.arp_ignore': '1', 'net.ipv4.conf.IFNAME.arp_announce': '2' },
      },
    ],
  };
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name: network.name, namespace: demoNamespace },
    spec: { config: JSON.stringify(config, null, 2) },
  };
}

/** What a pod asks for: the value of `k8s.v1.cni.cncf.io/networks`. */
export function networksAnnotationOf(pod: DemoPod): string {
  return JSON.stringify(
    demoNetworks.map((network) => ({ name: network.name, ips: [wantedAddress(pod, network)] })),
  );
}

/** A pod that waits, with a shell and ping. */
export function podObject(pod: DemoPod): object {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: pod.name,
      namespace: demoNamespace,
      annotations: { 'k8s.v1.cni.cncf.io/networks': networksAnnotationOf(pod) },
    },
    spec: {
      nodeName: pod.node,
      terminationGracePeriodSeconds: 5,
      containers: [
        {
          name: 'main',
          image: 'localhost/weft-tools:dev',
          imagePullPolicy: 'Never',
          // The first process of a container dies of SIGTERM only if it wants to.
          command: ['sh', '-c', "trap 'exit 0' TERM; sleep 1000000 & wait"],
        },
      ],
    },
  };
}
