import { describe, expect, it } from 'vitest';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { ipText } from '../../../src/netconf/ip-range.ts';
import { type NetworkFacts, networkFacts } from '../../../src/netconf/network-facts.ts';

function factsOf(conf: object): NetworkFacts {
  return networkFacts(parseNetwork(JSON.stringify(conf), 'it', { fallbackName: 'a' }));
}

describe('networkFacts', () => {
  it('names types, parents and paths of the node with the place of each', () => {
    const facts = factsOf({
      plugins: [
        {
          type: 'macvlan',
          master: 'eth1',
          ipam: { type: 'host-local', subnet: '10.1.2.0/24', dataDir: '/run/x' },
        },
        { type: 'tuning', dataDir: '/run/y' },
      ],
    });
    expect(facts.plugins).toEqual([
      { value: 'macvlan', path: 'spec.config.plugins[0].type' },
      { value: 'tuning', path: 'spec.config.plugins[1].type' },
    ]);
    expect(facts.ipams).toEqual([{ value: 'host-local', path: 'spec.config.plugins[0].ipam.type' }]);
    expect(facts.parents).toEqual([{ kind: 'link', value: 'eth1', path: 'spec.config.plugins[0].master' }]);
    expect(facts.paths).toEqual([
      { value: '/run/x', path: 'spec.config.plugins[0].ipam.dataDir' },
      { value: '/run/y', path: 'spec.config.plugins[1].dataDir' },
    ]);
    expect(facts.segments).toEqual(['link eth1']);
    expect(facts.ranges).toMatchObject([{ ipam: 'host-local', path: 'spec.config.plugins[0].ipam.subnet' }]);
  });

  it.each(['Master', 'MASTER', 'maſter'])('finds %s, which Go takes for master', (key) => {
    const { parents } = factsOf({ type: 'macvlan', master: 'eth1', [key]: 'eth0' });
    expect(parents.map(({ value }) => value).toSorted()).toEqual(['eth0', 'eth1']);
  });

  it('finds the links of a bond, a device by its address, and a kubeconfig', () => {
    const facts = factsOf({
      plugins: [
        { type: 'bond', links: [{ name: 'eth1' }, { name: 'eth2' }] },
        { type: 'host-device', pciBusID: '0000:3d:00.1' },
        {
          type: 'macvlan',
          ipam: { type: 'whereabouts', range: 'fd00::/64', kubernetes: { kubeconfig: '/etc/k' } },
        },
      ],
    });
    expect(facts.parents.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'link eth1',
      'link eth2',
      'device 0000:3d:00.1',
    ]);
    expect(facts.paths).toEqual([
      { value: '/etc/k', path: 'spec.config.plugins[2].ipam.kubernetes.kubeconfig' },
    ]);
  });

  it('has the place of a single configuration without a list', () => {
    const { plugins, ipams } = factsOf({ type: 'macvlan', ipam: { type: 'dhcp' } });
    expect(plugins).toEqual([{ value: 'macvlan', path: 'spec.config.type' }]);
    expect(ipams).toEqual([{ value: 'dhcp', path: 'spec.config.ipam.type' }]);
  });

  it('has no place for what is no text', () => {
    const facts = factsOf({
      type: 'macvlan',
      master: '',
      device: 7,
      links: [7, { name: 8 }, { name: '' }],
      dataDir: null,
      kubernetes: 'x',
    });
    expect(facts).toEqual({
      plugins: [{ value: 'macvlan', path: 'spec.config.type' }],
      ipams: [],
      parents: [],
      paths: [],
      segments: [],
      ranges: [],
    });
    expect(factsOf({ type: 'bond', links: 'eth1' }).parents).toEqual([]);
  });

  it.each([
    [{ type: 'macvlan', master: 'net1', linkInContainer: true }, [true]],
    [{ type: 'macvlan', master: 'net1', LINKINCONTAINER: true }, [true]],
    [{ type: 'macvlan', master: 'net1', linkInContainer: 'true' }, [undefined]],
    [{ type: 'macvlan', master: 'net1', linkInContainer: false }, [undefined]],
    [{ type: 'bond', linksInContainer: true, links: [{ name: 'net1' }, { name: 'net2' }] }, [true, true]],
    [{ type: 'bond', links: [{ name: 'net1' }] }, [undefined]],
    [{ type: 'bridge', bridge: 'br1', linkInContainer: true }, [undefined]],
    [{ type: 'host-device', hwaddr: '02:00:00:00:00:01', linkInContainer: true }, [undefined]],
  ])('tells whether the links of %j are of the pod', (conf, expected) => {
    expect(factsOf(conf).parents.map(({ inPod }) => inPod)).toEqual(expected);
  });

  it.each([
    [{ type: 'bridge' }, ['bridge cni0']],
    [{ type: 'bridge', bridge: 'br1' }, ['bridge br1']],
    [{ type: 'bridge', bridge: 'br1', vlan: 10 }, ['bridge br1 vlan 10']],
    [{ type: 'bridge', bridge: 'br1', vlan: 0 }, ['bridge br1']],
    [{ type: 'bridge', bridge: 'br1', vlan: '10' }, ['bridge br1']],
    [{ type: 'ovs' }, []],
    [{ type: 'ovs', bridge: 'br1', vlan: 10 }, ['ovs br1 vlan 10']],
    [{ type: 'macvlan', master: 'eth1' }, ['link eth1']],
    [{ type: 'macvlan', master: 'eth1.10' }, ['link eth1 vlan 10']],
    [{ type: 'macvlan', master: 'eth1.10x' }, ['link eth1.10x']],
    [{ type: 'macvlan', master: 'eth1.10000' }, ['link eth1.10000']],
    [{ type: 'macvlan' }, []],
    [{ type: 'macvlan', master: 'eth1', linkInContainer: true }, []],
    [{ type: 'ipvlan', master: 'eth1' }, ['link eth1']],
    [{ type: 'ipvlan', master: 'eth1', linkInContainer: true }, []],
    [{ type: 'vlan', master: 'eth1', vlanId: 10 }, ['link eth1 vlan 10']],
    [{ type: 'vlan', vlanId: 10 }, []],
    [{ type: 'vlan', master: 'eth1', vlanId: 10, linkInContainer: true }, []],
    [{ type: 'host-device', device: 'eth1.10' }, ['link eth1 vlan 10']],
    [{ type: 'host-device' }, []],
    [{ type: 'acme', master: 'eth1', bridge: 'br1', device: 'eth2' }, []],
  ])('puts %j on the segments %j', (conf, expected) => {
    expect(factsOf(conf).segments).toEqual(expected);
  });

  it.each([
    [{ type: 'host-local', subnet: '10.1.2.0/30' }, ['4 10.1.2.0 10.1.2.3 host-local ipam.subnet']],
    [
      { type: 'host-local', subnet: '10.1.2.0/24', rangeStart: '10.1.2.9', rangeEnd: '10.1.2.20' },
      ['4 10.1.2.9 10.1.2.20 host-local ipam.subnet'],
    ],
    [
      { type: 'host-local', subnet: '10.1.2.0/24', rangeStart: '10.1.3.9', rangeEnd: 7 },
      ['4 10.1.2.0 10.1.2.255 host-local ipam.subnet'],
    ],
    [
      {
        type: 'host-local',
        subnet: 'x',
        ranges: [7, [{ subnet: '10.1.3.0/30' }, 7, { subnet: 'fd00::/126', rangeStart: 'fd00::1' }]],
      },
      [
        '4 10.1.3.0 10.1.3.3 host-local ipam.ranges[1][0].subnet',
        '6 fd00::1 fd00::3 host-local ipam.ranges[1][2].subnet',
      ],
    ],
    [{ type: 'host-local', ranges: 'x' }, []],
    [
      { type: 'whereabouts', range: '10.1.2.0/24', range_start: '10.1.2.9', range_end: '10.1.2.20' },
      ['4 10.1.2.9 10.1.2.20 whereabouts ipam.range'],
    ],
    [
      { type: 'whereabouts', range: '10.1.2.10-10.1.2.90/24' },
      ['4 10.1.2.10 10.1.2.90 whereabouts ipam.range'],
    ],
    [
      { type: 'whereabouts', range: ' 10.1.2.10 - 10.1.2.90/24', range_start: '10.1.2.50' },
      ['4 10.1.2.10 10.1.2.90 whereabouts ipam.range'],
    ],
    [
      {
        type: 'whereabouts',
        ipRanges: [{ range: '10.1.2.0/30' }, 7, { range: 'x' }, { range: '10.1.3.0/30' }],
      },
      [
        '4 10.1.2.0 10.1.2.3 whereabouts ipam.ipRanges[0].range',
        '4 10.1.3.0 10.1.3.3 whereabouts ipam.ipRanges[3].range',
      ],
    ],
    [{ type: 'whereabouts', ipRanges: 'x' }, []],
    [{ type: 'static', subnet: '10.1.2.0/24', range: '10.1.2.0/24' }, []],
  ])('gives out of %j the ranges %j', (ipam, expected) => {
    const ranges = factsOf({ type: 'bridge', ipam }).ranges.map(
      ({ family, first, last, ipam: by, path }) =>
        `${family} ${ipText({ family, value: first })} ${ipText({ family, value: last })} ${by} ${path.slice('spec.config.'.length)}`,
    );
    expect(ranges).toEqual(expected);
  });

  it.each(['dataDir', 'resolvConf', 'logFile', 'kubeconfig', 'socket_file'])(
    'finds the path in %s',
    (key) => {
      const nested = { [key]: '/run/x' };
      const facts = factsOf({
        type: 'a',
        ...nested,
        kubernetes: nested,
        ipam: { ...nested, Kubernetes: nested },
      });
      expect(facts.paths.map(({ path }) => path.slice('spec.config.'.length))).toEqual([
        key,
        `kubernetes.${key}`,
        `ipam.${key}`,
        `ipam.Kubernetes.${key}`,
      ]);
    },
  );
});
