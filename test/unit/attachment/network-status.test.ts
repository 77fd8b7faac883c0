import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { networkStatusOf } from '../../../src/attachment/network-status.ts';
import type { DefaultRouteStep } from '../../../src/attachment/plan.ts';
import type { StepRecord } from '../../../src/attachment/record.ts';
import { attachedWith, recordOf, stepIn } from './records.ts';

const bridge = { plugins: [{ type: 'bridge' }] };
const cluster = { ifname: 'eth0', network: 'cluster', ...bridge };
const netA = { ifname: 'net1', network: 'ns1/net-a', ...bridge };

/** The status of one secondary attachment with this result. */
function statusOf(result: object, attachment: Parameters<typeof attachedWith>[0] = netA): readonly object[] {
  return networkStatusOf(recordOf([attachedWith(attachment, result)]));
}

describe('the network status', () => {
  const dns = { nameservers: ['10.0.0.10'], domain: 'b', search: ['a'], options: ['ndots:5'] };

  it('names the NAD, the interface inside, its addresses without prefix, mac, mtu and DNS [NPWG-142] [NPWG-143] [NPWG-145] [NPWG-146] [NPWG-148] [NPWG-151]', () => {
    const result = {
      cniVersion: '1.1.0',
      interfaces: [
        { name: 'veth1', mac: '0a:00:00:00:00:99' },
        { name: 'net1', mac: '0a:00:00:00:00:01', mtu: 9000, sandbox: '/n' },
      ],
      ips: [
        { address: '10.1.0.5/24', interface: 1 },
        { address: 'fd00::5/64', interface: 1 },
      ],
      dns,
    };
    expect(statusOf(result, { ...netA, cniVersion: '1.1.0' })).toEqual([
      {
        name: 'ns1/net-a',
        interface: 'net1',
        ips: ['10.1.0.5', 'fd00::5'],
        mac: '0a:00:00:00:00:01',
        mtu: 9000,
        default: false,
        dns,
      },
    ]);
  });

  it('has one entry for each interface in the sandbox, all of the same name, and what is bound to none goes to the one asked for [NPWG-153] [NPWG-156]', () => {
    const result = {
      cniVersion: '1.0.0',
      interfaces: [{ name: 'net1b', sandbox: '/n' }, { name: 'host' }, { name: 'net1', sandbox: '/n' }],
      ips: [
        { address: '10.1.0.5/24', interface: 2 },
        { address: '10.1.0.6/24', interface: 0 },
        { address: '10.1.0.7/24' },
        { address: '10.1.0.8/24', interface: 1 },
      ],
    };
    expect(statusOf(result)).toEqual([
      { name: 'ns1/net-a', interface: 'net1b', ips: ['10.1.0.6'], default: false, dns: {} },
      { name: 'ns1/net-a', interface: 'net1', ips: ['10.1.0.5', '10.1.0.7'], default: false, dns: {} },
    ]);
  });

  it('lists no address of a host interface [NPWG-144]', () => {
    const result = { interfaces: [{ name: 'host' }], ips: [{ address: '10.1.0.8/24', interface: 0 }] };
    expect(statusOf({ cniVersion: '1.0.0', ...result })).toEqual([
      { name: 'ns1/net-a', default: false, dns: {} },
    ]);
  });

  it('has a minimal entry where the chain made no interface [NPWG-155] [NPWG-331]', () => {
    expect(statusOf({ cniVersion: '1.0.0' })).toEqual([{ name: 'ns1/net-a', default: false, dns: {} }]);
  });

  it('takes the interface that we asked for where a 0.2.0 result knows none [NPWG-143] [NPWG-155]', () => {
    const result = { cniVersion: '0.2.0', ip4: { ip: '10.1.0.5/24' }, ip6: { ip: 'fd00::5/64' } };
    expect(statusOf(result, { ...netA, cniVersion: '0.2.0' })).toEqual([
      { name: 'ns1/net-a', interface: 'net1', ips: ['10.1.0.5', 'fd00::5'], default: false, dns: {} },
    ]);
  });

  it('gives the gateways of default routes, and not of routes without one [NPWG-149] [NPWG-157]', () => {
    const result = {
      cniVersion: '1.0.0',
      interfaces: [{ name: 'net1', sandbox: '/n' }],
      routes: [
        { dst: '0.0.0.0/0', gw: '10.1.0.1' },
        { dst: '::/0' },
        { dst: '10.0.0.0/8', gw: '10.1.0.9' },
        // Half of all addresses is no default route.
        { dst: '0.0.0.0/1', gw: '10.1.0.8' },
        { dst: '::/1', gw: 'fd00::8' },
      ],
    };
    expect(statusOf(result)).toEqual([
      { name: 'ns1/net-a', interface: 'net1', default: false, dns: {}, gateway: ['10.1.0.1'] },
    ]);
    const onLink = { ...result, routes: [{ dst: '0.0.0.0/0' }] };
    expect(statusOf(onLink)).toEqual([{ name: 'ns1/net-a', interface: 'net1', default: false, dns: {} }]);
  });

  it('shows a moved default route on both, and what was asked for on one [NPWG-149] [NPWG-322]', () => {
    const withRoute = (name: string, gw: string): object => ({
      cniVersion: '1.0.0',
      interfaces: [{ name, sandbox: '/n' }],
      routes: [{ dst: '0.0.0.0/0', gw }],
    });
    const route: DefaultRouteStep = {
      kind: 'default-route',
      id: 'r',
      ifname: 'net1',
      gateways: ['10.2.0.9'],
      deadlineMs: 1,
    };
    const routes = {
      removed: [
        { family: 4, ifname: 'eth0', gateway: '10.1.0.1', priority: 0 },
        { family: 4, ifname: 'net1', gateway: '10.2.0.1', priority: 0 },
      ],
      added: [{ family: 4, ifname: 'net1', gateway: '10.2.0.9', priority: 0 }],
    } as const;
    const record = recordOf([
      attachedWith(cluster, withRoute('eth0', '10.1.0.1'), true),
      attachedWith(netA, withRoute('net1', '10.2.0.1')),
      stepIn('attached', route, { routes }),
    ]);
    expect(networkStatusOf(record)).toEqual([
      { name: 'cluster', interface: 'eth0', default: true, dns: {} },
      {
        name: 'ns1/net-a',
        interface: 'net1',
        default: false,
        dns: {},
        gateway: ['10.2.0.9'],
        'default-route': ['10.2.0.9'],
      },
    ]);
  });

  it('has the default network first, then the order of attachment [NPWG-141] [NPWG-161]', () => {
    const steps = [
      attachedWith(cluster, { cniVersion: '1.0.0' }, true),
      attachedWith(netA, { cniVersion: '1.0.0' }),
    ];
    expect(networkStatusOf(recordOf(steps)).map(({ name }) => name)).toEqual(['cluster', 'ns1/net-a']);
  });

  it('has keys of the standard and of its reference client, and else only some with a dot; no infiniband-guid [NPWG-050] [NPWG-152]', () => {
    const known = [
      'name',
      'interface',
      'ips',
      'mac',
      'mtu',
      'default',
      'dns',
      'gateway',
      'default-route',
      'device-info',
    ];
    const everything = {
      cniVersion: '1.1.0',
      interfaces: [
        {
          name: 'net1',
          mac: '0a:00:00:00:00:01',
          mtu: 9000,
          sandbox: '/n',
          pciID: '0000:18:02.5',
          socketPath: '/s',
        },
      ],
      ips: [{ address: '10.1.0.5/24', gateway: '10.1.0.1', interface: 0 }],
      routes: [{ dst: '0.0.0.0/0', gw: '10.1.0.1', mtu: 1400, table: 3 }],
      dns: { nameservers: ['10.0.0.10'], domain: 'a', search: ['a'], options: ['b'] },
      'infiniband-guid': 'c2:b0:57:49:47:f1:02:00',
    };
    const guid = 'c2:b0:57:49:47:f1:02:00';
    const config = JSON.stringify({ type: 'ib', runtimeConfig: { infinibandGUID: guid } });
    const asked = { ...netA, cniVersion: '1.1.0', plugins: [{ type: 'ib', config }] };
    const keys = statusOf(everything, asked).flatMap((entry) => Object.keys(entry));
    expect(keys).toContain('gateway');
    expect(keys.filter((key) => !known.includes(key) && !key.includes('.'))).toEqual([]);
    expect(JSON.stringify(statusOf(everything, asked))).not.toContain(guid);
  });

  it('is empty while not everything is attached', () => {
    expect(networkStatusOf(recordOf([attachedWith(cluster, {}, true), stepIn('running')]))).toEqual([]);
    expect(networkStatusOf(recordOf([]))).toEqual([]);
  });

  it('of a default network that made none of the wanted name: the one whose address has a gateway is default, else the first [NPWG-154]', () => {
    const flagsWith = (gateway: object): readonly unknown[] => {
      const result = {
        cniVersion: '1.0.0',
        interfaces: [
          { name: 'x', sandbox: '/n' },
          { name: 'y', sandbox: '/n' },
        ],
        ips: [
          { address: '10.1.0.5/24', interface: 0 },
          { address: '10.1.0.6/24', interface: 1, ...gateway },
        ],
      };
      const status = networkStatusOf(recordOf([attachedWith(cluster, result, true)]));
      return status.map((entry) => [entry.interface, entry.default]);
    };
    expect(flagsWith({ gateway: '10.1.0.1' })).toEqual([
      ['x', false],
      ['y', true],
    ]);
    expect(flagsWith({})).toEqual([
      ['x', true],
      ['y', false],
    ]);
  });

  const item = fc.record({
    name: fc.constantFrom('eth0', 'net1', 'a', 'b'),
    sandbox: fc.constantFrom('', '/n'),
  });
  const ip = fc.record(
    {
      address: fc.ipV4().map((text) => `${text}/24`),
      interface: fc.integer({ min: -1, max: 4 }),
      gateway: fc.ipV4(),
    },
    { requiredKeys: ['address'] },
  );
  const result = fc.record({
    cniVersion: fc.constant('1.0.0'),
    interfaces: fc.uniqueArray(item, { selector: ({ name }) => name, maxLength: 4 }),
    ips: fc.array(ip, { maxLength: 4 }),
  });

  it('says default:true exactly once, and false everywhere else [NPWG-147] [NPWG-321]', () => {
    fc.assert(
      fc.property(fc.array(result, { minLength: 1, maxLength: 4 }), (results) => {
        const steps = results.map(
          (one, index): StepRecord =>
            attachedWith({ ifname: index === 0 ? 'eth0' : `net${index}`, ...bridge }, one, index === 0),
        );
        const flags = networkStatusOf(recordOf(steps)).map((entry) => entry.default);
        expect(flags.filter((flag) => flag === true)).toHaveLength(1);
        expect(flags.every((flag) => typeof flag === 'boolean')).toBe(true);
      }),
    );
  });

  it('has a mac only beside the interface that it belongs to [NPWG-146]', () => {
    const withMac = fc.record({
      cniVersion: fc.constant('1.0.0'),
      interfaces: fc.uniqueArray(
        fc.record({ name: fc.constantFrom('eth0', 'net1', 'a', 'b'), sandbox: fc.constantFrom('', '/n') }),
        { selector: ({ name }) => name, maxLength: 4 },
      ),
    });
    fc.assert(
      fc.property(withMac, ({ cniVersion, interfaces }) => {
        const macOf = (name: string): string => `02:00:00:00:00:${name.length}${name.at(-1)}`;
        const macs = interfaces.map((one) => ({ ...one, mac: macOf(one.name) }));
        const record = recordOf([attachedWith(netA, { cniVersion, interfaces: macs })]);
        for (const { interface: name, mac } of networkStatusOf(record))
          expect(mac).toBe(name === undefined ? undefined : macOf(name));
      }),
    );
  });

  it('loses no address but those of host interfaces, and doubles none [NPWG-155]', () => {
    fc.assert(
      fc.property(result, (one) => {
        const isOnHost = (index: number | undefined): boolean => {
          const target = index === undefined ? undefined : one.interfaces[index];
          return target !== undefined && target.sandbox === '';
        };
        const wanted = one.ips
          .filter((address) => !isOnHost(address.interface))
          .map(({ address }) => address.split('/')[0]);
        const listed = networkStatusOf(recordOf([attachedWith(netA, one)])).flatMap(({ ips }) => ips ?? []);
        expect([...listed].sort()).toEqual([...wanted].sort());
      }),
    );
  });
});
