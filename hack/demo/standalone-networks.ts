import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestNode } from '../../test/harness/sandbox.ts';

/** Names of the demo's additional networks, in the order in which the pods ask for them. */
export const demoNetworks: readonly string[] = ['backend', 'lan', 'uplink'];

/** Writes the node's default network and three NetworkAttachmentDefinitions. Addresses are only used inside the demo. */
export function writeNetworks(node: TestNode): void {
  const { dirs } = node;
  const ipam = (subnet: string, routes: readonly object[] = []): object => ({
    type: 'host-local',
    dataDir: dirs.ipam,
    ranges: [[{ subnet }]],
    routes,
  });
  writeJson(join(dirs.conf, '10-default.conflist'), {
    cniVersion: '1.0.0',
    name: 'cluster-default',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isGateway: true,
        ipam: ipam('10.90.0.0/24', [{ dst: '0.0.0.0/0' }]),
      },
      { type: 'tuning', sysctl: { 'net.ipv4.conf.all.accept_redirects': '0' } },
    ],
  });
  writeNad(node, 'backend', {
    cniVersion: '1.0.0',
    name: 'backend',
    plugins: [{ type: 'bridge', bridge: 'br-backend', ipam: ipam('10.91.0.0/24') }, { type: 'tuning' }],
  });
  writeNad(node, 'lan', {
    cniVersion: '1.0.0',
    type: 'macvlan',
    master: 'eth1',
    mode: 'bridge',
    ipam: ipam('10.92.0.0/24'),
  });
  writeNad(node, 'uplink', {
    cniVersion: '1.0.0',
    type: 'ptp',
    ipam: ipam('10.93.0.0/24'),
  });
}

function writeNad(node: TestNode, name: string, config: object): void {
  writeJson(join(node.dirs.networks, `${name}.json`), {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: 'demo' },
    spec: { config: JSON.stringify(config) },
  });
}

function writeJson(path: string, value: object): void {
  writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);
}
