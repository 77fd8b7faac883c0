import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptLine } from '../fakes/scripted-delegate/scripted-delegate.ts';
import type { TestNode } from '../harness/sandbox.ts';
import { installCniPlugins } from '../harness/toolchain.ts';
import { deviceInfoDir, type FaultScene } from './fault-bench.ts';

/**
 * Three networks of real plugins: a bridge with portmap and tuning, a macvlan with static addresses of both families,
 * a ptp. The macvlan takes the default route, which the two others have made for themselves, and has a device, of which
 * a device plugin has written.
 */
export function realScene(node: TestNode): FaultScene {
  installCniPlugins(node.dirs.bin, ['bridge', 'macvlan', 'ptp', 'host-local', 'static', 'portmap', 'tuning']);
  const { ipam } = node.dirs;
  const hostLocal = (subnet: string): Readonly<Record<string, unknown>> => ({
    type: 'host-local',
    dataDir: ipam,
    ranges: [[{ subnet }]],
    routes: [{ dst: '0.0.0.0/0' }],
  });
  const bridge = { type: 'bridge', bridge: 'cni0', isGateway: true, ipam: hostLocal('10.71.0.0/24') };
  const portmap = {
    type: 'portmap',
    capabilities: { portMappings: true },
    runtimeConfig: { portMappings: [{ hostPort: 18080, containerPort: 80, protocol: 'tcp' }] },
  };
  const tuning = { type: 'tuning', sysctl: { 'net.ipv4.conf.eth0.arp_filter': '1' }, mtu: 1400 };
  const addresses = [{ address: '10.72.0.7/24' }, { address: 'fd00:72::7/64' }];
  const macvlan = { type: 'macvlan', master: 'eth1', mode: 'bridge', ipam: { type: 'static', addresses } };
  const device = { resource: 'weft.test/nic', id: 'nic-1' };
  for (const dir of ['cni', 'dp']) mkdirSync(join(deviceInfoDir(node), dir), { recursive: true });
  writeFileSync(
    join(deviceInfoDir(node), 'dp', 'weft.test-nic-nic-1-device.json'),
    '{"type":"pci","version":"1.1.0","pci":{"pci-address":"0000:18:02.1"}}',
  );
  // Not with ipMasq: the DEL of ptp 1.9.1 removes the link first and its rules only if the link was still there, so that
  // one killed in between leaves rules that no later DEL of it removes, whoever called it.
  const ptp = { type: 'ptp', ipam: hostLocal('10.73.0.0/24') };
  return {
    attachments: [
      { ifname: 'eth0', plugins: [bridge, portmap, tuning] },
      { ifname: 'net1', plugins: [macvlan], device, informed: ['macvlan'] },
      { ifname: 'net2', plugins: [ptp] },
    ],
    defaultRoute: { ifname: 'net1', gateways: ['10.72.0.1'] },
  };
}

/**
 * The same shape of scripted delegates, each of which makes and removes one resource: a chain of two, and two more
 * attachments. gamma, the last, follows the script.
 */
export function scriptedScene(gamma: readonly ScriptLine[] = []): FaultScene {
  const script = gamma.length === 0 ? {} : { script: gamma.join('\n') };
  return {
    attachments: [
      { ifname: 'eth0', plugins: [{ type: 'alpha' }, { type: 'delta' }] },
      { ifname: 'net1', plugins: [{ type: 'beta' }] },
      { ifname: 'net2', plugins: [{ type: 'gamma', ...script }] },
    ],
  };
}
