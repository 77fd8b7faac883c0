import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../hack/vm/machine.ts';
import { expectRefusal, expectSuccess } from '../harness/refusal.ts';
import { expectResultAgrees, expectStatusAgrees, linkOf } from '../net/agreement.ts';
import type { GuestCases } from './guest.ts';
import type { LinkDetails, SandboxLife } from './guest-networks.ts';
import { sharedNetworks, wireAddress, workingNetworks } from './networks.ts';
import { VmBench } from './vm-bench.ts';

let bench: VmBench;
let machine: Machine<GuestCases>;
let life: SandboxLife;
let hasFailed = false;
beforeAll(async () => {
  bench = await VmBench.create(false);
  machine = await bench.boot();
  await machine.call('startNetworks', undefined, 120_000);
  life = await machine.call('liveSandbox', undefined, 120_000);
});
afterEach(({ task }) => {
  hasFailed ||= task.result?.state === 'fail';
});
afterAll(async () => {
  await machine?.cut();
  bench?.dispose(hasFailed);
});

function ifnameOf(network: (typeof workingNetworks)[number]): string {
  return `net${workingNetworks.indexOf(network) + 1}`;
}

function detailsOf(ifname: string): LinkDetails | undefined {
  return life.details.find((link) => link.ifname === ifname);
}

describe('a sandbox with ipvlan, vlan, vrf, dummy and a macvlan on a bond, on a stock kernel', () => {
  it('equals what result and status say, field by field', () => {
    expectResultAgrees(life.added.result, life.view);
    // The VRF itself is no attachment and is in no result.
    const links = life.view.links.filter((link) => link.kind !== 'vrf');
    expectStatusAgrees(life.status, { ...life.view, links });
    expect(life.status.map((entry) => entry.name)).toEqual([
      'pods',
      ...workingNetworks.map((name) => `test/${name}`),
    ]);
  });

  it.each([
    ['ipvlan-l2', 'ipvlan', { mode: 'l2' }],
    ['ipvlan-l3', 'ipvlan', { mode: 'l3' }],
    ['tagged', 'vlan', { protocol: '802.1Q', id: 42 }],
    ['walled', 'veth', undefined],
    ['dumb', 'dummy', undefined],
    ['bonded', 'macvlan', { mode: 'bridge' }],
  ] as const)('has of %s a link of the kind %s', (network, kind, data) => {
    const info = detailsOf(ifnameOf(network))?.linkinfo;
    expect(info?.info_kind).toBe(kind);
    if (data !== undefined) expect(info?.info_data).toMatchObject(data);
  });

  it('has its VLAN with the MTU of the network, and both families where the network has both', () => {
    expect(linkOf(life.view.links, ifnameOf('tagged')).mtu).toBe(1400);
    expect(linkOf(life.view.links, ifnameOf('ipvlan-l2')).addresses).toEqual([
      expect.stringMatching(/^10\.81\.0\.\d+\/24$/),
      expect.stringMatching(/^fd00:81::\w+\/64$/),
    ]);
  });

  it('has the VRF of the chain, and its interface in it', () => {
    expect(detailsOf('blue')?.linkinfo?.info_kind).toBe('vrf');
    expect(detailsOf(ifnameOf('walled'))?.master).toBe('blue');
  });

  it('reaches its neighbour over each network that two can share, and the other end of the VLAN', () => {
    expect(Object.values(life.pings)).not.toContain(false);
    // The default network's and one of each.
    expect(Object.keys(life.pings)).toHaveLength(1 + sharedNetworks.length + 1);
    expect(life.pings[wireAddress]).toBe(true);
  });

  it('passes CHECK', () => expectSuccess(life.checked));

  it('is gone completely after DEL without an agent: links, addresses, records', () => {
    // Two default attachments, and each network's; the first ipvlan has two families.
    expect(life.reserved).toHaveLength(2 + workingNetworks.length + 1 + sharedNetworks.length + 1);
    expectSuccess(life.deleted);
    expect(life.linksAfter).toEqual([]);
    expect(life.left).toEqual([]);
  });

  it('is rolled back completely when its last network cannot be made', async () => {
    const failure = await machine.call('failSandbox', undefined, 120_000);
    expectRefusal(failure.added, {
      reason: 'DelegateFailed',
      code: failure.added.error?.code ?? 0,
      names: ['test/unmade'],
    });
    expect(failure.linksAfter).toEqual([]);
    expectSuccess(failure.deleted);
    expect(failure.left).toEqual([]);
  });
});
