import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess } from '../harness/refusal.ts';
import { mustRun, tryRun } from '../harness/run.ts';
import type { Pod } from '../harness/sandbox.ts';
import { expectResultIsTrue, expectStatusIsTrue, linkOf } from './agreement.ts';
import { defaultBridge, macvlanStatic, ptp, secondBridge } from './confs.ts';
import {
  defaultRoutes,
  differences,
  inspectStatus,
  kernelLinks,
  kernelRoutes,
  NetBench,
  reservedAddresses,
} from './fixture.ts';

const asked = [
  { name: 'lan', ips: ['10.62.0.5/24', 'fd00:62::5/64'], mac: '02:11:22:33:44:55' },
  { name: 'line' },
  { name: 'two' },
];
const portMappings = [{ hostPort: 18080, containerPort: 80, protocol: 'tcp' }];

let bench: NetBench;
beforeAll(async () => {
  bench = await NetBench.start(
    (node) => ({ '10-pods.conflist': defaultBridge(node) }),
    (node) => ({ lan: macvlanStatic, line: ptp(node), two: secondBridge(node) }),
  );
  // Bridges, base chains and lock files stay after the first use; a primed node shows only what a pod leaves.
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, asked, { capabilityArgs: { portMappings } }));
  expectSuccess(await bench.runtime.del(pod));
  bench.node.removePod(pod);
});
afterEach(() => bench.sweep());
afterAll(() => bench?.dispose());

function ping(pod: Pod, address: string): string | undefined {
  return tryRun(['nsenter', `--net=${pod.netns}`, 'ping', '-c1', '-W2', address]);
}

describe('a sandbox with a default bridge, macvlan, ptp and a second bridge', () => {
  it('equals what result and status say, field by field, and is gone without agent and networks [CNI-053] [CNI-055] [CNI-076]', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    const added = await bench.add(pod, asked, { capabilityArgs: { portMappings } });
    expectSuccess(added);

    expect(kernelLinks(pod).map((link) => link.name)).toEqual(['eth0', 'net1', 'net2', 'net3']);
    expectResultIsTrue(added.result, pod);
    const status = await inspectStatus(bench, pod);
    expectStatusIsTrue(status, pod);
    expect(status.map((entry) => entry.name)).toEqual(['pods', 'test/lan', 'test/line', 'test/two']);
    expect(status.map((entry) => entry.default)).toEqual([true, false, false, false]);

    const lan = linkOf(kernelLinks(pod), 'net1');
    expect(lan).toMatchObject({ kind: 'macvlan', mtu: 1400, mac: '02:11:22:33:44:55' });
    expect(lan.addresses).toEqual(['10.62.0.5/24', 'fd00:62::5/64']);
    expect(linkOf(kernelLinks(pod), 'net2')).toMatchObject({ kind: 'veth', mtu: 1300 });
    expect(kernelRoutes(pod)).toContainEqual({
      family: 4,
      dst: '10.99.0.0/16',
      gateway: '10.63.0.1',
      dev: 'net2',
    });
    expect(defaultRoutes(pod, 4)).toEqual(['eth0 10.61.0.1']);

    const somaxconn = ['nsenter', `--net=${pod.netns}`, 'cat', '/proc/sys/net/core/somaxconn'];
    expect(mustRun(somaxconn).trim()).toBe('512');
    const rules = mustRun([...bench.node.enter, 'nft', 'list', 'ruleset']);
    expect(rules).toContain('18080');
    expect(reservedAddresses(bench.audit())).toHaveLength(reservedAddresses(before).length + 5);

    await bench.killAgent();
    for (const file of readdirSync(bench.node.dirs.networks)) rmSync(join(bench.node.dirs.networks, file));
    const deleted = await bench.runtime.del(pod);
    expectSuccess(deleted);
    expect(kernelLinks(pod)).toEqual([]);
    expect(differences(before, bench.audit())).toEqual([]);

    // The agent comes back for the tests that follow.
    bench.writeNetwork('lan', macvlanStatic);
    bench.writeNetwork('line', ptp(bench.node));
    bench.writeNetwork('two', secondBridge(bench.node));
    await bench.startAgent();
  });

  it('reaches the other pod over each shared network', async () => {
    const before = bench.audit();
    const [one, two] = [bench.node.pod(), bench.node.pod()];
    expectSuccess(
      await bench.add(one, [{ name: 'lan', ips: ['10.62.0.11/24'] }, { name: 'line' }, { name: 'two' }]),
    );
    expectSuccess(
      await bench.add(two, [{ name: 'lan', ips: ['10.62.0.12/24'] }, { name: 'line' }, { name: 'two' }]),
    );
    for (const name of ['eth0', 'net1', 'net2', 'net3']) {
      const address = linkOf(kernelLinks(two), name).addresses[0]?.split('/')[0] ?? '';
      expect(ping(one, address), `${name} ${address}`).toBeDefined();
    }
    for (const pod of [one, two]) expectSuccess(await bench.runtime.del(pod));
    expect(differences(before, bench.audit())).toEqual([]);
  });

  it('is torn down completely though its namespace is gone first', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, asked, { capabilityArgs: { portMappings } }));
    bench.node.removePod(pod);
    expectSuccess(await bench.runtime.del(pod));
    // The bridge plugin 1.9.1 itself returns before it takes its masquerade rule back when the namespace is gone.
    const left = differences(before, bench.audit()).filter(
      (line) => !line.includes('cni_plugins_masquerade'),
    );
    expect(left).toEqual([]);
  });

  it('is rolled back completely when its last network cannot be made', async () => {
    const before = bench.audit();
    bench.writeNetwork('broken', { ...macvlanStatic, master: 'nosuchlink' });
    const pod = bench.node.pod();
    const added = await bench.add(pod, [...asked, { name: 'broken', ips: ['10.66.0.1/24'] }], {
      capabilityArgs: { portMappings },
    });
    expect(added.status).not.toBe(0);
    expect(added.error?.details).toBe('reason=DelegateFailed');
    expect(added.error?.msg).toContain('test/broken');
    expect(added.error?.msg).toContain('Link not found; the node has no interface nosuchlink; see that');
    expect(kernelLinks(pod)).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(differences(before, bench.audit())).toEqual([]);
  });

  it('has every interface of its default network in the result, those on the host too [CNI-053] [CNI-054] [CNI-055]', async () => {
    const pod = bench.node.pod();
    const { result } = await bench.add(pod, asked);
    const interfaces = result?.interfaces ?? [];
    expect(interfaces.map((item) => item.sandbox ?? '')).toEqual(['', '', pod.netns]);
    const [bridge, veth, inside] = interfaces;
    expect(bridge?.name).toBe('br-pods');
    // The other end of eth0, as the kernel has it.
    const onHost = JSON.parse(
      mustRun([...bench.node.enter, 'ip', '-json', 'link', 'show', 'master', 'br-pods']),
    ) as { ifname: string; address: string }[];
    expect(onHost.map(({ ifname, address }) => ({ name: ifname, mac: address }))).toContainEqual(
      expect.objectContaining({ name: veth?.name, mac: veth?.mac }),
    );
    expect(inside?.name).toBe('eth0');
    expect(result?.ips?.map((ip) => ip.interface)).toEqual([2]);
    expect(result?.ips?.[0]?.address).toBe(linkOf(kernelLinks(pod), 'eth0').addresses[0]);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('fails CHECK as well when what no result lists is gone: the reservation of its address [CNI-093]', async () => {
    const pod = bench.node.pod();
    const { result } = await bench.add(pod, asked);
    expectSuccess(await bench.runtime.check(pod));
    const address = result?.ips?.[0]?.address.split('/')[0] ?? '';
    rmSync(join(bench.node.dirs.ipam, 'pods', address));
    const checked = await bench.runtime.check(pod);
    expect(checked.error?.details).toBe('reason=CheckFailed');
    expect(checked.error?.msg).toContain('pods');
    expectSuccess(await bench.runtime.del(pod));
  });

  it('is checked: CHECK passes after ADD, and fails once a link is gone [CNI-092] [CNI-095]', async () => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, asked));
    for (let times = 0; times < 10; times += 1) expectSuccess(await bench.runtime.check(pod));
    mustRun(['ip', '-n', pod.netnsName, 'link', 'del', 'net1']);
    const checked = await bench.runtime.check(pod);
    expect(checked.status).not.toBe(0);
    expect(checked.error?.details).toBe('reason=CheckFailed');
    expect(checked.error?.msg).toContain('test/lan');
    expectSuccess(await bench.runtime.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
  });

  it.each([
    ['the address of the default network', ['addr', 'flush', 'dev', 'eth0', 'scope', 'global'], 'pods'],
    ['the default route', ['route', 'del', 'default'], 'pods'],
    ['a route of another network', ['route', 'del', '10.99.0.0/16'], 'test/line'],
  ])('fails CHECK when %s is gone [CNI-092]', async (_what, change, network) => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, asked));
    mustRun(['ip', '-n', pod.netnsName, ...change]);
    const checked = await bench.runtime.check(pod);
    expect(checked.error?.details).toBe('reason=CheckFailed');
    expect(checked.error?.msg).toContain(network);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('tolerates what others add to it in CHECK [CNI-092]', async () => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, asked));
    mustRun(['ip', '-n', pod.netnsName, 'route', 'add', '10.200.0.0/16', 'via', '10.61.0.1']);
    mustRun(['ip', '-n', pod.netnsName, 'addr', 'add', '10.61.0.250/32', 'dev', 'eth0']);
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
  });
});

describe('twenty sandboxes at once', () => {
  it('all get four networks with addresses of their own, and all are freed', async () => {
    const before = bench.audit();
    const pods = Array.from({ length: 20 }, () => bench.node.pod());
    const networks = (index: number): readonly unknown[] =>
      [{ name: 'lan', ips: [`10.62.1.${index + 1}/16`] }, 'two', 'line'].map((item) =>
        typeof item === 'string' ? { name: item } : item,
      );
    const calls = await Promise.all(pods.map((pod, index) => bench.add(pod, networks(index))));
    for (const call of calls) expectSuccess(call);
    const addresses = pods.flatMap((pod) => kernelLinks(pod).flatMap((link) => link.addresses));
    expect(new Set(addresses).size).toBe(addresses.length);
    for (const pod of pods) expect(kernelLinks(pod)).toHaveLength(4);
    const deleted = await Promise.all(pods.map((pod) => bench.runtime.del(pod)));
    for (const call of deleted) expectSuccess(call);
    expect(differences(before, bench.audit())).toEqual([]);
    for (const pod of pods) bench.node.removePod(pod);
  });
});
