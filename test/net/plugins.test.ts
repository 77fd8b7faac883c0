import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess } from '../harness/refusal.ts';
import { mustRun } from '../harness/run.ts';
import { expectStatusIsTrue, linkOf } from './agreement.ts';
import { defaultBridge, hostLocal, macvlanStatic, ptp } from './confs.ts';
import { differences, inspectStatus, kernelLinks, NetBench } from './fixture.ts';

let bench: NetBench;
beforeAll(async () => {
  bench = await NetBench.start(
    (node) => ({
      '10-pods.conflist': defaultBridge(node),
      '99-loopback.conf': { cniVersion: '1.0.0', type: 'loopback', name: 'lo' },
    }),
    (node) => {
      const bridge = (name: string, subnet: string): Record<string, unknown> => ({
        type: 'bridge',
        bridge: name,
        isGateway: true,
        ipam: hostLocal(node, [subnet]),
      });
      return {
        walled: { plugins: [bridge('br-fw', '10.71.0.0/24'), { type: 'firewall', backend: 'iptables' }] },
        slow: {
          plugins: [
            bridge('br-bw', '10.72.0.0/24'),
            { type: 'bandwidth', capabilities: { bandwidth: true } },
          ],
        },
        looped: { plugins: [bridge('br-lo', '10.73.0.0/24'), { type: 'loopback' }] },
        tuned: {
          plugins: [
            macvlanStatic,
            { type: 'tuning', mtu: 1280, promisc: true, allmulti: true, capabilities: { mac: true } },
          ],
        },
        mapped: {
          plugins: [
            bridge('br-pm', '10.74.0.0/24'),
            { type: 'portmap', backend: 'iptables', snat: false, capabilities: { portMappings: true } },
          ],
        },
        fixed: {
          type: 'macvlan',
          master: 'eth1',
          ipam: { type: 'static', addresses: [{ address: '10.75.0.9/24' }, { address: 'fd00:75::9/64' }] },
        },
        line: ptp(node),
        pool: {
          type: 'macvlan',
          master: 'eth1',
          mode: 'bridge',
          ipam: hostLocal(node, ['10.77.0.0/29', 'fd00:77::/64']),
        },
        old: { cniVersion: '0.3.1', ...bridge('br-old', '10.76.0.0/24') },
      };
    },
  );
});
afterEach(() => bench.sweep());
afterAll(() => bench?.dispose());

/** ADD, look, CHECK, DEL; twice, and after the second nothing differs from after the first. */
async function lifecycle(
  networks: readonly unknown[],
  look: (pod: ReturnType<typeof bench.node.pod>) => Promise<void> | void,
): Promise<void> {
  for (const round of ['first', 'second']) {
    const before = bench.audit();
    const pod = bench.node.pod();
    mustRun(['ip', '-n', pod.netnsName, 'link', 'set', 'lo', 'down']);
    expectSuccess(await bench.add(pod, networks));
    expectStatusIsTrue(await inspectStatus(bench, pod), pod);
    await look(pod);
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
    bench.node.removePod(pod);
    // Bridges and base chains stay after the first.
    if (round === 'second') expect(differences(before, bench.audit())).toEqual([]);
  }
}

function onNode(...argv: readonly string[]): string {
  return mustRun([...bench.node.enter, ...argv]);
}

describe('the real plugins', () => {
  it('firewall lets the pod through and forgets it on DEL', async () => {
    await lifecycle([{ name: 'walled' }], (pod) => {
      const address = linkOf(kernelLinks(pod), 'net1').addresses[0]?.split('/')[0] ?? '';
      expect(onNode('iptables-save')).toContain(`-d ${address}/32`);
    });
    expect(onNode('iptables-save')).not.toMatch(/10\.71\.0\.\d+\/32/);
  });

  it('bandwidth shapes as the annotation asks', async () => {
    const bandwidth = {
      ingressRate: 8_000_000,
      ingressBurst: 800_000,
      egressRate: 4_000_000,
      egressBurst: 400_000,
    };
    await lifecycle([{ name: 'slow', bandwidth }], () => {
      const qdiscs = onNode('tc', 'qdisc', 'show');
      expect(qdiscs).toMatch(/tbf .*rate 8Mbit/);
      expect(qdiscs).toMatch(/tbf .*rate 4Mbit/);
      expect(qdiscs).toMatch(/ingress/);
    });
    expect(onNode('tc', 'qdisc', 'show')).not.toContain('tbf');
    expect(onNode('ip', '-br', 'link', 'show', 'type', 'ifb')).toBe('');
  });

  it('loopback at the end of a chain brings lo up and passes the result on', async () => {
    await lifecycle([{ name: 'looped' }], (pod) => {
      const [lo] = JSON.parse(mustRun(['ip', '-n', pod.netnsName, '-j', 'link', 'show', 'lo'])) as {
        flags: string[];
      }[];
      expect(lo?.flags).toContain('UP');
    });
  });

  it('tuning changes the attachment, and the status says what the kernel has', async () => {
    await lifecycle([{ name: 'tuned', ips: ['10.62.0.7/24'], mac: '02:aa:bb:cc:dd:ee' }], (pod) => {
      expect(linkOf(kernelLinks(pod), 'net1')).toMatchObject({ mtu: 1280, mac: '02:aa:bb:cc:dd:ee' });
      expect(mustRun(['ip', '-n', pod.netnsName, '-d', 'link', 'show', 'net1'])).toMatch(/promiscuity [1-9]/);
    });
  });

  it('portmap of an additional network maps what the annotation asks, and only there', async () => {
    const portMappings = [{ hostPort: 18123, containerPort: 123, protocol: 'udp' }];
    await lifecycle([{ name: 'mapped', portMappings }], () => {
      expect(onNode('iptables-save', '-t', 'nat')).toMatch(/--dport 18123/);
    });
    expect(onNode('iptables-save', '-t', 'nat')).not.toContain('18123');
  });

  it('static gives the addresses of the network, and two networks of one pod keep theirs', async () => {
    await lifecycle(
      [
        { name: 'fixed', interface: 'fix0' },
        { name: 'line', interface: 'line0' },
      ],
      (pod) => {
        expect(linkOf(kernelLinks(pod), 'fix0').addresses).toEqual(['10.75.0.9/24', 'fd00:75::9/64']);
        expect(linkOf(kernelLinks(pod), 'line0').addresses).toHaveLength(2);
      },
    );
  });

  it('host-local reserves per attachment and frees each', async () => {
    const dir = join(bench.node.dirs.ipam, 'pool');
    await lifecycle(
      [
        { name: 'pool', interface: 'a1' },
        { name: 'pool', interface: 'a2' },
      ],
      (pod) => {
        const given = ['a1', 'a2'].flatMap((name) =>
          linkOf(kernelLinks(pod), name).addresses.map((text) => text.split('/')[0]),
        );
        const files = readdirSync(dir).filter((name) => /^[0-9a-f.:]+$/.test(name));
        expect(files.sort()).toEqual(given.sort());
      },
    );
    expect(readdirSync(dir).filter((name) => /^[0-9a-f.:]+$/.test(name))).toEqual([]);
  });

  it('a delegate of CNI 0.3.1 works beside one of 1.0.0', async () => {
    await lifecycle([{ name: 'old' }], (pod) => {
      expect(linkOf(kernelLinks(pod), 'net1').addresses[0]).toMatch(/^10\.76\.0\./);
    });
  });
});
