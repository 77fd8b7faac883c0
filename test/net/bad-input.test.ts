import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Reason } from '../../src/errors/reason.ts';
import { expectRefusal, expectSuccess } from '../harness/refusal.ts';
import { mustRun, until } from '../harness/run.ts';
import { defaultBridge, macvlanStatic, secondBridge } from './confs.ts';
import { differences, kernelLinks, NetBench } from './fixture.ts';

let bench: NetBench;
beforeAll(async () => {
  bench = await NetBench.start(
    (node) => ({ '10-pods.conflist': defaultBridge(node) }),
    (node) => ({ lan: macvlanStatic, two: secondBridge(node) }),
  );
  bench.writeNetwork('typeless', { cniVersion: '1.0.0', ipam: {} });
  bench.writeNetwork('lost', { cniVersion: '1.0.0', type: 'nosuchplugin' });
  bench.writeNetwork('textless', 'this is { no JSON');
  bench.writeNetwork('future', { cniVersion: '9.9.9', type: 'bridge' });
  bench.writeNetwork('selfish', { cniVersion: '1.0.0', type: 'weft' });
  bench.writeNetwork('escaping', { cniVersion: '1.0.0', type: '../bin/bridge' });
  bench.writeNetwork('tuned', { cniVersion: '1.0.0', type: 'tuning' });
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, [{ name: 'lan', ips: ['10.62.0.1/24'] }, { name: 'two' }]));
  expectSuccess(await bench.runtime.del(pod));
});
afterEach(() => bench.sweep());
afterAll(() => bench?.dispose());

type Case = readonly [
  what: string,
  networks: string | readonly unknown[],
  reason: Reason,
  names: readonly string[],
];

const cases: readonly Case[] = [
  ['an annotation that is no JSON', '[{"name": ', 'InvalidAnnotation', ['annotation']],
  ['an element without a name', [{ namespace: 'test' }], 'InvalidAnnotation', ['name']],
  ['an element that is no object', [5], 'InvalidAnnotation', []],
  ['a short form with two slashes', 'a/b/c', 'InvalidAnnotation', ['a/b/c']],
  ['a short form with an empty name', 'lan,,two', 'InvalidAnnotation', []],
  ['a name that Kubernetes does not take', 'Lan_1', 'InvalidAnnotation', ['Lan_1']],
  ['addresses that are none', [{ name: 'lan', ips: ['10.0.0.256/24'] }], 'InvalidAnnotation', ['10.0.0.256']],
  ['a MAC that is none', [{ name: 'lan', mac: 'xx' }], 'InvalidAnnotation', ['mac']],
  ['an interface name of 16 bytes', 'lan@abcdefghijklmnop', 'InvalidAnnotation', ['abcdefghijklmnop']],
  ['an interface name with a slash', [{ name: 'lan', interface: 'a/b' }], 'InvalidAnnotation', ['a/b']],
  ['an unknown network', 'nowhere', 'NetworkNotFound', ['test/nowhere']],
  ['a network of another namespace that is not there', 'prod/lan', 'NetworkNotFound', ['prod/lan']],
  ['two attachments for one interface', 'lan@x1,two@x1', 'DuplicateInterface', ['x1', 'test/two']],
  ["the default network's interface", 'two@eth0', 'DuplicateInterface', ['eth0', 'test/two']],
  ['a NAD without type', 'typeless', 'NetworkInvalid', ['test/typeless', 'type']],
  ['a NAD whose configuration is no JSON', 'textless', 'InvalidJson', ['test/textless']],
  ['a NAD of a CNI version of the future', 'future', 'IncompatibleVersion', ['test/future', '9.9.9']],
  ['a NAD that calls weft', 'selfish', 'NetworkInvalid', ['test/selfish']],
  ['a NAD whose type is a path', 'escaping', 'NetworkInvalid', ['test/escaping']],
  ['a NAD whose plugin is missing', 'two,lost', 'PluginMissing', ['test/lost', 'nosuchplugin']],
  [
    'a request that no plugin declares',
    [{ name: 'two', ips: ['10.0.0.1/24'] }],
    'CapabilityMissing',
    ['test/two', 'ips'],
  ],
  ['33 attachments', Array.from({ length: 33 }, () => ({ name: 'two' })), 'TooManyAttachments', []],
];

describe('a pod that asks for what it cannot have', () => {
  it.each(cases)(
    'is refused with code, reason and remedy, and leaves nothing: %s',
    async (_what, networks, reason, names) => {
      const before = bench.audit();
      const pod = bench.node.pod();
      expectRefusal(await bench.add(pod, networks), { reason, names });
      expect(kernelLinks(pod)).toEqual([]);
      expectSuccess(await bench.runtime.del(pod));
      expect(differences(before, bench.audit())).toEqual([]);
    },
  );

  it("is refused in the plugin's own words for an address without the prefix that it needs [NPWG-075]", async () => {
    const pod = bench.node.pod();
    expectRefusal(await bench.add(pod, [{ name: 'lan', ips: ['10.62.0.9'] }]), {
      reason: 'DelegateFailed',
      code: 999,
      names: ['test/lan', 'macvlan', '10.62.0.9'],
    });
    expectSuccess(await bench.runtime.del(pod));
  });

  it('is refused for an interface that is there already, which stays through the DEL', async () => {
    const pod = bench.node.pod();
    mustRun(['ip', '-n', pod.netnsName, 'link', 'add', 'net1', 'type', 'veth', 'peer', 'name', 'stranger']);
    expectRefusal(await bench.add(pod, 'two'), { reason: 'InterfaceTaken', names: ['test/two', 'net1'] });
    expectSuccess(await bench.runtime.del(pod));
    expect(
      kernelLinks(pod)
        .map((link) => link.name)
        .sort(),
    ).toEqual(['net1', 'stranger']);
  });

  it('is refused, and rolled back, for a chained plugin without anything to chain to [CNI-472]', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    const call = await bench.add(pod, 'two,tuned');
    expect(call.error?.details).toBe('reason=DelegateFailed');
    expect(call.error?.msg).toContain('test/tuned');
    expect(call.error?.msg.length).toBeLessThan(300);
    expect(kernelLinks(pod)).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(differences(before, bench.audit())).toEqual([]);
  });
});

describe('a conf directory', () => {
  const confFile = (name: string): string => join(bench.node.dirs.conf, name);

  it('without a default network refuses ADD with code 11 until one is there', async () => {
    rmSync(confFile('10-pods.conflist'));
    const pod = bench.node.pod();
    await until('the agent to notice', 10_000, () =>
      /[Dd]efault network|DefaultNetwork/.test(bench.agent.log.slice(-4000)),
    );
    await expect
      .poll(async () => (await bench.runtime.add(pod)).error?.details, { timeout: 10_000, interval: 200 })
      .toBe('reason=DefaultNetworkMissing');
    expectRefusal(await bench.runtime.add(pod), { reason: 'DefaultNetworkMissing' });
    expect(kernelLinks(pod)).toEqual([]);
    bench.writeConf('10-pods.conflist', defaultBridge(bench.node));
    await expect
      .poll(async () => (await bench.runtime.add(pod)).status, { timeout: 10_000, interval: 200 })
      .toBe(0);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('with two candidates refuses ADD, naming both, until one is named or gone', async () => {
    const pod = bench.node.pod();
    bench.writeConf('20-other.conflist', { ...defaultBridge(bench.node), name: 'other' });
    await expect
      .poll(
        async () => {
          const call = await bench.runtime.add(pod);
          if (call.status === 0) await bench.runtime.del(pod);
          return call.error?.details;
        },
        { timeout: 10_000, interval: 200 },
      )
      .toBe('reason=DefaultNetworkAmbiguous');
    expectRefusal(await bench.runtime.add(pod), {
      reason: 'DefaultNetworkAmbiguous',
      names: ['pods', 'other'],
    });
    rmSync(confFile('20-other.conflist'));
    await expect
      .poll(async () => (await bench.runtime.add(pod)).status, { timeout: 10_000, interval: 200 })
      .toBe(0);
  });

  it('with a malformed file of somebody else works, with a warning', async () => {
    writeFileSync(confFile('05-broken.conflist'), '{"name": ');
    const pod = bench.node.pod();
    await until('a warning', 10_000, () => bench.agent.log.includes('05-broken.conflist'));
    expectSuccess(await bench.add(pod, 'two'));
    rmSync(confFile('05-broken.conflist'));
  });
});
