import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/cni/json.ts';
import { locatedPlugin } from '../../../src/netconf/located-plugin.ts';
import { pluginFindings } from '../../../src/netconf/plugin-findings.ts';
import { linesOf } from './finding-line.ts';

function found(conf: JsonObject, hasDevice = false): readonly string[] {
  return linesOf(pluginFindings(locatedPlugin(conf, 'p'), { hasDevice }));
}

type Case = readonly [conf: JsonObject, expected: readonly string[]];

const bridge: readonly Case[] = [
  [
    { hairpinMode: true, promiscMode: true },
    [
      'error ConflictingKeys p.promiscMode: bridge refuses hairpinMode and promiscMode together; keep one of them',
    ],
  ],
  [{ hairpinMode: true, promiscMode: false }, []],
  [{ promiscMode: true }, []],
  [
    { disableContainerInterface: true, ipam: { type: 'host-local' } },
    [
      'error ConflictingKeys p.disableContainerInterface: an interface that stays down can have no address; remove "ipam" or disableContainerInterface',
    ],
  ],
  [{ disableContainerInterface: true, ipam: {} }, []],
  [{ disableContainerInterface: true }, []],
  [{ disableContainerInterface: false, ipam: { type: 'host-local' } }, []],
  [
    { vlanTrunk: [{ id: 5 }, { minID: 20, maxID: 10 }] },
    ['error RangeReversed p.vlanTrunk[1].minID: minID 20 is greater than maxID 10; exchange them'],
  ],
  [{ vlanTrunk: [{ minID: 20, maxID: 20 }, { minID: 1, maxID: 2 }, 7] }, []],
  [
    { vlanTrunk: [{ minID: 20 }, { maxID: 10, minID: null }] },
    [
      'error MissingKey p.vlanTrunk[0].maxID: maxID is missing; write both minID and maxID',
      'error MissingKey p.vlanTrunk[1].minID: minID is missing; write both minID and maxID',
    ],
  ],
  [{ vlanTrunk: [{ minID: '20', maxID: 10 }, { minID: 20, maxID: '10' }, {}] }, []],
  [{ trunk: [{ minID: 20 }] }, []],
];

const noBridge =
  'error MissingKey p.bridge: bridge is missing; write the name of an Open vSwitch bridge, such as "br1"';

const ovs: readonly Case[] = [
  [{}, [noBridge]],
  [{ bridge: '' }, [noBridge]],
  [{ bridge: 'br1' }, []],
  [{ deviceID: '0000:3d:00.1' }, []],
  [{ configuration_path: '/etc/ovs.json' }, []],
  [{ args: { cni: {} } }, []],
  [
    { bridge: 'br1', trunk: [{ minID: 20 }] },
    ['error MissingKey p.trunk[0].maxID: maxID is missing; write both minID and maxID'],
  ],
];

const hostDevice: readonly Case[] = [
  [
    {},
    [
      'error MissingKey p.device: no device is named; write "device", "hwaddr", "kernelpath" or "pciBusID", or the annotation k8s.v1.cni.cncf.io/resourceName',
    ],
  ],
  [{ device: 'eth1' }, []],
  [{ hwaddr: '02:00:00:00:00:01' }, []],
  [{ kernelpath: '/sys/devices/x' }, []],
  [{ pciBusID: '0000:3d:00.1' }, []],
  [
    { pciBusID: '0000:3d:00.1', hwaddr: '02:00:00:00:00:01' },
    [
      'warning ConflictingKeys p.pciBusID: hwaddr and pciBusID both name the device, and only hwaddr counts; keep one of them',
    ],
  ],
  [
    { kernelpath: '/sys/devices/x', device: 'eth1' },
    [
      'warning ConflictingKeys p.kernelpath: device and kernelpath both name the device, and only device counts; keep one of them',
    ],
  ],
];

const noVf =
  'error MissingKey p.deviceID: no virtual function is named; write the annotation k8s.v1.cni.cncf.io/resourceName on this object, or "deviceID"';

const sriov: readonly Case[] = [
  [{}, [noVf]],
  [
    { deviceID: 'x', vlanQoS: 3, vlanProto: '802.1ad' },
    [
      'error MissingKey p.vlanQoS: vlanQoS is for a VLAN and there is none; write "vlan" as well, from 1 to 4094',
      'error MissingKey p.vlanProto: vlanProto is for a VLAN and there is none; write "vlan" as well, from 1 to 4094',
    ],
  ],
  [
    { deviceID: 'x', vlan: 0, vlanQoS: 1 },
    [
      'error MissingKey p.vlanQoS: vlanQoS is for a VLAN and there is none; write "vlan" as well, from 1 to 4094',
    ],
  ],
  [
    { deviceID: 'x', vlan: '10', vlanQoS: 1 },
    [
      'error MissingKey p.vlanQoS: vlanQoS is for a VLAN and there is none; write "vlan" as well, from 1 to 4094',
    ],
  ],
  [{ deviceID: 'x', vlan: 1, vlanQoS: 3, vlanProto: '802.1ad' }, []],
  [{ deviceID: 'x', vlanQoS: 0, vlanProto: '' }, []],
  [{ deviceID: 'x', vlanQoS: '3' }, []],
  [
    { deviceID: 'x', min_tx_rate: 200, max_tx_rate: 100 },
    ['error RangeReversed p.min_tx_rate: min_tx_rate 200 is greater than max_tx_rate 100; exchange them'],
  ],
  [{ deviceID: 'x', min_tx_rate: 100, max_tx_rate: 100 }, []],
  [{ deviceID: 'x', min_tx_rate: 50, max_tx_rate: 100 }, []],
  // 0 is no limit.
  [{ deviceID: 'x', min_tx_rate: 200, max_tx_rate: 0 }, []],
  [{ deviceID: 'x', min_tx_rate: 200 }, []],
  [{ deviceID: 'x', min_tx_rate: '200', max_tx_rate: 100 }, []],
  [{ deviceID: 'x', min_tx_rate: 200, max_tx_rate: '100' }, []],
];

const others: readonly Case[] = [
  [
    { type: 'bandwidth', ingressRate: 1000, egressBurst: 1000 },
    [
      'error MissingKey p.ingressBurst: ingressRate is there without ingressBurst; write both, or neither',
      'error MissingKey p.egressRate: egressBurst is there without egressRate; write both, or neither',
    ],
  ],
  [
    { type: 'bandwidth', ingressRate: 1, ingressBurst: 0 },
    ['error MissingKey p.ingressBurst: ingressRate is there without ingressBurst; write both, or neither'],
  ],
  [
    { type: 'bandwidth', egressRate: 1, egressBurst: '8' },
    ['error MissingKey p.egressBurst: egressRate is there without egressBurst; write both, or neither'],
  ],
  [
    { type: 'bandwidth', egressRate: -1, egressBurst: 8 },
    ['error MissingKey p.egressRate: egressBurst is there without egressRate; write both, or neither'],
  ],
  [{ type: 'bandwidth', ingressRate: 1, ingressBurst: 1, egressRate: 0, egressBurst: 0 }, []],
  [
    { type: 'portmap', markMasqBit: 13, externalSetMarkChain: 'KUBE-MARK-MASQ' },
    [
      'error ConflictingKeys p.externalSetMarkChain: portmap refuses markMasqBit and externalSetMarkChain together; keep one of them',
    ],
  ],
  [{ type: 'portmap', markMasqBit: 13 }, []],
  [{ type: 'portmap', externalSetMarkChain: 'KUBE-MARK-MASQ' }, []],
  [
    { type: 'tuning', sysctl: { 'kernel.x': '1' } },
    [
      'error InvalidSysctl p.sysctl["kernel.x"]: "kernel.x" is no sysctl of a network namespace; write one that starts with "net.", such as "net.core.somaxconn"',
    ],
  ],
  [
    { type: 'bond', mode: 'active-backup', tlbDynamicLb: 0 },
    [
      'error ConflictingKeys p.tlbDynamicLb: tlbDynamicLb is for the modes balance-tlb and balance-alb, not "active-backup"; remove it',
    ],
  ],
  [
    { type: 'bond', mode: 'balance-albx', tlbDynamicLb: 0 },
    [
      'error ConflictingKeys p.tlbDynamicLb: tlbDynamicLb is for the modes balance-tlb and balance-alb, not "balance-albx"; remove it',
    ],
  ],
  [
    { type: 'bond', mode: 'xbalance-tlb', tlbDynamicLb: 0 },
    [
      'error ConflictingKeys p.tlbDynamicLb: tlbDynamicLb is for the modes balance-tlb and balance-alb, not "xbalance-tlb"; remove it',
    ],
  ],
  [{ type: 'bond', mode: 'balance-tlb', tlbDynamicLb: 0 }, []],
  [{ type: 'bond', mode: 'balance-alb', tlbDynamicLb: 1 }, []],
  [{ type: 'bond', mode: 'active-backup' }, []],
  [{ type: 'bond', mode: 5, tlbDynamicLb: 1 }, []],
  [
    { type: 'flannel', delegate: { name: 'x', ipam: {}, type: 'bridge' } },
    [
      'error ConflictingKeys p.delegate.name: flannel sets name of its delegate itself and refuses yours; remove it',
      'error ConflictingKeys p.delegate.ipam: flannel sets ipam of its delegate itself and refuses yours; remove it',
    ],
  ],
  [{ type: 'flannel', delegate: { type: 'bridge' } }, []],
  [{ type: 'flannel', delegate: 'bridge' }, []],
  [{ type: 'flannel' }, []],
  [
    { type: 'macvlan', mode: 'passthru' },
    [
      'warning MissingKey p.master: passthru without master takes the interface with the default route from the node; write the interface that it may have',
    ],
  ],
  [{ type: 'macvlan', mode: 'passthru', master: 'eth1' }, []],
  [{ type: 'macvlan', mode: 'bridge' }, []],
  [{ type: 'acme', mode: 'passthru', hairpinMode: true, promiscMode: true }, []],
];

describe('what a plugin refuses of keys together', () => {
  it.each(bridge)('of a bridge with %j', (conf, expected) => {
    expect(found({ type: 'bridge', ...conf })).toEqual(expected);
  });

  it.each(ovs)('of ovs with %j', (conf, expected) => {
    expect(found({ type: 'ovs', ...conf })).toEqual(expected);
  });

  it.each(hostDevice)('of host-device with %j', (conf, expected) => {
    expect(found({ type: 'host-device', ...conf })).toEqual(expected);
  });

  it.each(sriov)('of sriov with %j', (conf, expected) => {
    expect(found({ type: 'sriov', ...conf })).toEqual(expected);
  });

  it.each(others)('of %j', (conf, expected) => {
    expect(found(conf)).toEqual(expected);
  });

  it.each(['ovs', 'host-device', 'sriov'])('needs no device in %s where the resource brings one', (type) => {
    expect(found({ type })).toHaveLength(1);
    expect(found({ type }, true)).toEqual([]);
  });

  it('still finds two names of the device where the resource brings one', () => {
    expect(found({ type: 'host-device', device: 'eth1', hwaddr: '02:00:00:00:00:01' }, true)).toHaveLength(1);
  });
});
