import type { Cluster } from '../../../hack/cluster/cluster.ts';
import { eventually } from '../eventually.ts';

/** Where the networks of these suites are; pods of every namespace ask for them by `networks/NAME`. */
export const networksNamespace = 'networks';

/** host-local with its files where it has them without being told. */
function hostLocal(subnet: string, more: object = {}): object {
  return { type: 'host-local', ranges: [[{ subnet }]], ...more };
}

/** One of the networks below. */
export type NetworkName = 'bridged' | 'lan' | 'line';

/** CNI configurations by the name of their NetworkAttachmentDefinition. */
const networks: Readonly<Record<NetworkName, object>> = {
  /** A chain: a bridge of its own on each node, a tuned sandbox, host ports for who asks. */
  bridged: {
    cniVersion: '1.0.0',
    plugins: [
      { type: 'bridge', bridge: 'weft-br', isGateway: true, ipam: hostLocal('10.71.0.0/16') },
      { type: 'tuning', sysctl: { 'net.core.somaxconn': '512' } },
      { type: 'portmap', capabilities: { portMappings: true } },
    ],
  },
  /** On the LAN of all nodes. */
  lan: {
    cniVersion: '1.0.0',
    type: 'macvlan',
    master: 'eth1',
    mode: 'bridge',
    capabilities: { mac: true },
    ipam: hostLocal('10.72.0.0/16'),
  },
  /** A cable to the node, with a route behind it and a rule for each pod on the node. */
  line: {
    cniVersion: '1.0.0',
    type: 'ptp',
    mtu: 1300,
    ipMasq: true,
    ipam: hostLocal('10.73.0.0/16', { routes: [{ dst: '10.99.0.0/16' }] }),
  },
};

/** One entry of a pod's request in its JSON form. */
export function asked(name: NetworkName, more: object = {}): object {
  return { name, namespace: networksNamespace, ...more };
}

/** All three, as a pod asks for them by name. */
export const allThree: readonly object[] = [asked('bridged'), asked('lan'), asked('line')];

/** Creates the networks in their namespace. The CRD has to be there. */
export async function createNetworks(cluster: Cluster): Promise<void> {
  const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: networksNamespace } };
  const definitions = Object.entries(networks).map(([name, config]) => ({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: networksNamespace },
    spec: { config: JSON.stringify(config) },
  }));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: [namespace, ...definitions] });
  // The API server serves a new kind a moment after its CRD is established.
  await eventually('the networks', 20_000, () => cluster.kubectl(['apply', '--filename=-'], list));
}
