import type { TestNode } from '../harness/sandbox.ts';
import { hostLocal } from '../net/confs.ts';
import type { Networks } from '../net/fixture.ts';

/** Plugins that the machines' own kernel has no modules for, beyond those of test/net. */
export const stockPlugins: readonly string[] = ['ipvlan', 'vlan', 'vrf', 'dummy'];

/** What a pod can ask for here, all of namespace `test`. */
export type NetworkName = 'ipvlan-l2' | 'ipvlan-l3' | 'tagged' | 'walled' | 'dumb' | 'bonded' | 'unmade';

/** In the order of their interfaces: net1, net2 … */
export const workingNetworks: readonly NetworkName[] = [
  ...(['ipvlan-l2', 'ipvlan-l3', 'tagged', 'walled', 'dumb', 'bonded'] as const),
];

/** Those over which two sandboxes reach each other. A parent has each VLAN once, a dummy has no other end. */
export const sharedNetworks: readonly NetworkName[] = ['ipvlan-l2', 'ipvlan-l3', 'bonded'];

/** At the other end of the VLAN. */
export const wireAddress = '10.83.0.254';

/** The node's links that the networks stand on; a link can be the parent of one kind only. */
export const parents: readonly string[] = [
  'ip link add par-l2 type dummy',
  'ip link set par-l2 up',
  'ip link add par-l3 type dummy',
  'ip link set par-l3 up',
  'ip link add bond0 type bond mode active-backup miimon 100',
  'ip link add slave0 type veth peer name wire0',
  'ip link add slave1 type veth peer name wire1',
  'ip link set wire0 up',
  'ip link set wire1 up',
  'ip link set slave0 master bond0',
  'ip link set slave1 master bond0',
  'ip link set bond0 up',
  // The other end of eth1's cable, for the tagged traffic.
  'ip link add link eth1-wire name wire42 type vlan id 42',
  `ip addr add ${wireAddress}/24 dev wire42`,
  'ip link set wire42 up',
];

export function stockNetworks(node: TestNode): Networks & Record<NetworkName, unknown> {
  const ipvlan = (mode: 'l2' | 'l3', subnets: readonly string[]): Readonly<Record<string, unknown>> => ({
    type: 'ipvlan',
    master: `par-${mode}`,
    mode,
    ipam: hostLocal(node, subnets),
  });
  const bridge = { type: 'bridge', bridge: 'br-walled', ipam: hostLocal(node, ['10.85.0.0/24']) };
  return {
    'ipvlan-l2': ipvlan('l2', ['10.81.0.0/24', 'fd00:81::/64']),
    'ipvlan-l3': ipvlan('l3', ['10.82.0.0/24']),
    tagged: { type: 'vlan', master: 'eth1', vlanId: 42, mtu: 1400, ipam: hostLocal(node, ['10.83.0.0/24']) },
    dumb: { type: 'dummy', ipam: hostLocal(node, ['10.84.0.0/24']) },
    // The bridge's CHECK looks for its route in the main table, and a VRF has one of its own.
    walled: { disableCheck: true, plugins: [bridge, { type: 'vrf', vrfname: 'blue' }] },
    unmade: {
      type: 'ipvlan',
      master: 'nosuchlink',
      ipam: { type: 'static', addresses: [{ address: '10.87.0.9/24' }] },
    },
    bonded: { type: 'macvlan', master: 'bond0', mode: 'bridge', ipam: hostLocal(node, ['10.86.0.0/24']) },
  };
}
