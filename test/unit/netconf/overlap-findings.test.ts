import { describe, expect, it } from 'vitest';
import { checkNetwork } from '../../../src/netconf/check-network.ts';
import { type ComparedNetwork, overlapFindings } from '../../../src/netconf/overlap-findings.ts';
import { nadOf } from './network-fixtures.ts';

function network(label: string, conf: object, name = label): ComparedNetwork {
  const { facts } = checkNetwork(nadOf(JSON.stringify(conf)));
  if (facts === undefined) throw new Error('the configuration cannot be read');
  return { label, name, facts };
}

function hostLocal(subnet: string, more: object = {}): object {
  return { type: 'host-local', subnet, ...more };
}

describe('overlapFindings', () => {
  const a = network('ns/a', { type: 'bridge', bridge: 'br0', ipam: hostLocal('10.1.0.0/16') });

  it('names the other network on the same bridge whose range has addresses in common', () => {
    const b = network('ns/b', { type: 'bridge', bridge: 'br0', ipam: hostLocal('10.1.2.0/24') });
    expect(overlapFindings(a, [a, b])).toMatchObject([
      {
        code: 'OverlappingNetworks',
        severity: 'warning',
        path: 'spec.config.ipam.subnet',
        message: expect.stringContaining('ns/b'),
      },
    ]);
  });

  it.each([
    ['another bridge', { type: 'bridge', bridge: 'br1', ipam: hostLocal('10.1.2.0/24') }],
    [
      'another VLAN of the bridge',
      { type: 'bridge', bridge: 'br0', vlan: 7, ipam: hostLocal('10.1.2.0/24') },
    ],
    ['other addresses', { type: 'bridge', bridge: 'br0', ipam: hostLocal('10.2.0.0/16') }],
    ['addresses of DHCP', { type: 'bridge', bridge: 'br0', ipam: { type: 'dhcp' } }],
    [
      'an interface inside the pod',
      { type: 'macvlan', master: 'br0', linkInContainer: true, ipam: hostLocal('10.1.2.0/24') },
    ],
  ])('is silent for %s', (_, conf) => {
    expect(overlapFindings(a, [network('ns/b', conf)])).toEqual([]);
  });

  it('is silent where both have the CNI name under which host-local keeps its list', () => {
    const b = network('ns/b', { type: 'bridge', bridge: 'br0', ipam: hostLocal('10.1.0.0/16') }, 'ns/a');
    expect(overlapFindings(a, [b])).toEqual([]);
  });

  it('takes eth0.10 and VLAN 10 of eth0 for one segment, and only what rangeStart and rangeEnd leave', () => {
    const vlan = network('ns/v', {
      type: 'vlan',
      master: 'eth0',
      vlanId: 10,
      ipam: hostLocal('10.3.0.0/24', { rangeStart: '10.3.0.100' }),
    });
    const near = network('ns/m', { type: 'macvlan', master: 'eth0.10', ipam: hostLocal('10.3.0.0/24') });
    const apart = network('ns/n', {
      type: 'macvlan',
      master: 'eth0.10',
      ipam: hostLocal('10.3.0.0/24', { rangeEnd: '10.3.0.99' }),
    });
    expect(overlapFindings(vlan, [near])).toHaveLength(1);
    expect(overlapFindings(vlan, [apart])).toEqual([]);
  });

  it('knows that whereabouts has one list for the cluster, which host-local does not read', () => {
    const whereabouts = { type: 'whereabouts', range: '10.4.0.0/24' };
    const one = network('ns/w', { type: 'macvlan', master: 'eth0', ipam: whereabouts });
    const same = network('ns/x', { type: 'macvlan', master: 'eth0', ipam: whereabouts });
    const other = network('ns/h', { type: 'macvlan', master: 'eth0', ipam: hostLocal('10.4.0.0/25') });
    expect(overlapFindings(one, [same])).toEqual([]);
    expect(overlapFindings(one, [other])).toHaveLength(1);
  });
});
