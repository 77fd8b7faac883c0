import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../harness/refusal.ts';
import { expectResultIsTrue } from './agreement.ts';
import { defaultBridge, hostLocal, macvlanStatic } from './confs.ts';
import { defaultRoutes, differences, inspectStatus, kernelLinks, NetBench } from './fixture.ts';

const ips = ['10.62.0.5/24', 'fd00:62::5/64'];

let bench: NetBench;
beforeAll(async () => {
  bench = await NetBench.start(
    (node) => {
      const [bridge, ...rest] = defaultBridge(node)['plugins'] as Record<string, unknown>[];
      const ipam = hostLocal(node, ['10.61.0.0/24', 'fd00:61::/64'], {
        routes: [{ dst: '0.0.0.0/0' }, { dst: '::/0' }],
      });
      return {
        '10-pods.conflist': { cniVersion: '1.0.0', name: 'pods', plugins: [{ ...bridge, ipam }, ...rest] },
      };
    },
    () => ({
      lan: macvlanStatic,
      own: {
        type: 'macvlan',
        master: 'eth1',
        mode: 'bridge',
        ipam: {
          type: 'static',
          addresses: [{ address: '10.65.0.5/24', gateway: '10.65.0.1' }],
          routes: [{ dst: '0.0.0.0/0', gw: '10.65.0.1' }],
        },
      },
    }),
  );
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, undefined));
  expectSuccess(await bench.runtime.del(pod));
});
afterEach(() => bench.sweep());
afterAll(() => bench?.dispose());

describe('default-route in a selection element', () => {
  it('absent: the default network keeps it', async () => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, [{ name: 'lan', ips }]));
    expect(defaultRoutes(pod, 4)).toEqual(['eth0 10.61.0.1']);
    expect(defaultRoutes(pod, 6)).toEqual(['eth0 fd00:61::1']);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('with an IPv4 gateway moves the IPv4 route and leaves the IPv6 one alone [NPWG-088] [NPWG-089]', async () => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, [{ name: 'lan', ips, 'default-route': ['10.62.0.1'] }]));
    expect(defaultRoutes(pod, 4)).toEqual(['net1 10.62.0.1']);
    expect(defaultRoutes(pod, 6)).toEqual(['eth0 fd00:61::1']);
    const status = await inspectStatus(bench, pod);
    expect(status.find((entry) => entry.interface === 'net1')?.gateway).toEqual(['10.62.0.1']);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('with an IPv6 gateway moves the IPv6 route and leaves the IPv4 one alone [NPWG-088] [NPWG-089]', async () => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, [{ name: 'lan', ips, 'default-route': ['fd00:62::1'] }]));
    expect(defaultRoutes(pod, 4)).toEqual(['eth0 10.61.0.1']);
    expect(defaultRoutes(pod, 6)).toEqual(['net1 fd00:62::1']);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('with one gateway a family moves both, and result and CHECK stay true [NPWG-088] [NPWG-092]', async () => {
    const pod = bench.node.pod();
    const added = await bench.add(pod, [{ name: 'lan', ips, 'default-route': ['10.62.0.1', 'fd00:62::1'] }]);
    expectSuccess(added);
    expect(defaultRoutes(pod, 4)).toEqual(['net1 10.62.0.1']);
    expect(defaultRoutes(pod, 6)).toEqual(['net1 fd00:62::1']);
    // The default route is not eth0's any more, so the result must not claim it.
    expectResultIsTrue(added.result, pod);
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
  });

  it("with an empty list lets the attachment's own default route win [NPWG-090]", async () => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, [{ name: 'own', 'default-route': [] }]));
    expect(defaultRoutes(pod, 4)).toEqual(['net1 10.65.0.1']);
    expect(defaultRoutes(pod, 6)).toEqual(['eth0 fd00:61::1']);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('with a gateway that cannot be reached fails, and everything is rolled back', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    const added = await bench.add(pod, [{ name: 'lan', ips, 'default-route': ['192.0.2.1'] }]);
    expectRefusal(added, { reason: 'DefaultRouteFailed', names: ['net1'] });
    expect(kernelLinks(pod)).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(differences(before, bench.audit())).toEqual([]);
  });
});
