import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../harness/refusal.ts';
import { until } from '../harness/run.ts';
import type { CniCall } from '../harness/runtime.ts';
import type { Pod, TestNode } from '../harness/sandbox.ts';
import { expectResultIsTrue, expectStatusIsTrue, linkOf } from './agreement.ts';
import { defaultBridge, hostLocal, macvlanStatic } from './confs.ts';
import {
  defaultRoutes,
  differences,
  inspectStatus,
  kernelLinks,
  NetBench,
  type Networks,
  reservedAddresses,
} from './fixture.ts';

const networks = 'k8s.v1.cni.cncf.io/networks';
const instead = 'v1.multus-cni.io/default-network';

function networksOf(node: TestNode): Networks {
  return {
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
    second: { type: 'bridge', bridge: 'br-second', ipam: hostLocal(node, ['10.66.0.0/24']) },
  };
}

/** Of the WeftConfig, which the agent reads anew whenever it changes. */
const configDir = mkdtempSync(join(tmpdir(), 'weft-config-'));

let bench: NetBench;
beforeAll(async () => {
  configure({});
  const flags = ['--config', join(configDir, 'config.json')];
  bench = await NetBench.start((node) => ({ '10-pods.conflist': defaultBridge(node) }), networksOf, flags);
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, 'test/second'));
  expectSuccess(await bench.runtime.del(pod));
  bench.node.removePod(pod);
});
afterEach(async () => {
  await bench.sweep();
  configure({});
});
afterAll(async () => {
  await bench?.dispose();
  rmSync(configDir, { recursive: true });
});

function configure(spec: object): void {
  const text = JSON.stringify({ apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig', spec });
  writeFileSync(join(configDir, 'config.json'), text);
}

/** ADD for a pod with these annotations. */
function add(pod: Pod, annotations: Readonly<Record<string, string | readonly object[]>>): Promise<CniCall> {
  const texts = Object.entries(annotations).map(([key, value]) => [
    key,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const capabilityArgs = { 'io.kubernetes.cri.pod-annotations': Object.fromEntries(texts) as object };
  return bench.runtime.add(pod, { capabilityArgs });
}

describe('a pod that names another default network', () => {
  it('has that on eth0 as its only default, in kernel, result and status, and gives it back [NPWG-244] [NPWG-315] [NPWG-320]', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    const mac = '02:11:22:33:44:66';
    const ips = ['10.62.0.9/24', 'fd00:62::9/64'];
    const element = { name: 'lan', namespace: 'test', ips, mac };
    const added = await add(pod, { [instead]: [element], [networks]: 'test/second' });
    expectSuccess(added);
    expect(kernelLinks(pod).map(({ name }) => name)).toEqual(['eth0', 'net1']);
    expect(linkOf(kernelLinks(pod), 'eth0')).toMatchObject({ kind: 'macvlan', mac });
    expectResultIsTrue(added.result, pod);
    const status = await inspectStatus(bench, pod);
    expectStatusIsTrue(status, pod);
    expect(status.map((entry) => [entry.name, entry.interface, entry.default])).toEqual([
      ['test/lan', 'eth0', true],
      ['test/second', 'net1', false],
    ]);
    expect(status[0]?.ips).toEqual(['10.62.0.9', 'fd00:62::9']);
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
    expect(differences(before, bench.audit())).toEqual([]);
  });

  it('has its default route over eth0 by the gateway that it asks for there, whatever the others bring [NPWG-319]', async () => {
    const pod = bench.node.pod();
    const element = { name: 'lan', namespace: 'test', ips: ['10.62.0.9/24'], 'default-route': ['10.62.0.1'] };
    const added = await add(pod, { [instead]: [element], [networks]: 'test/own' });
    expectSuccess(added);
    expect(defaultRoutes(pod, 4)).toEqual(['eth0 10.62.0.1']);
    expectResultIsTrue(added.result, pod);
    const [first, second] = await inspectStatus(bench, pod);
    expect(first).toMatchObject({
      interface: 'eth0',
      gateway: ['10.62.0.1'],
      'default-route': ['10.62.0.1'],
    });
    expect(second).not.toHaveProperty('gateway');
    expectSuccess(await bench.runtime.del(pod));
  });
});

describe('the default network of the cluster', () => {
  it('may be a file of either directory, a path or a NAD: each gives every pod its eth0 [NPWG-100]', async () => {
    const { dirs } = bench.node;
    const single = (name: string, address: string): string =>
      JSON.stringify({
        cniVersion: '1.0.0',
        name,
        type: 'macvlan',
        master: 'eth1',
        ipam: { type: 'static', addresses: [{ address }] },
      });
    writeFileSync(join(dirs.networkConf, 'flat.conf'), single('flat', '10.71.0.2/24'));
    writeFileSync(join(dirs.root, 'away.conf'), single('away', '10.72.0.2/24'));
    bench.writeNetwork('named', single('inline', '10.73.0.2/24'));
    const wanted: readonly (readonly [string | undefined, string, string])[] = [
      [undefined, 'pods', '10.61.0.'],
      ['pods', 'pods', '10.61.0.'],
      ['flat', 'flat', '10.71.0.2'],
      [join(dirs.root, 'away.conf'), 'away', '10.72.0.2'],
      ['test/named', 'test/named', '10.73.0.2'],
    ];
    for (const [defaultNetwork, name, address] of wanted) {
      configure({ defaultNetwork });
      const pod = bench.node.pod();
      expectSuccess(await bench.add(pod, undefined));
      expect(linkOf(kernelLinks(pod), 'eth0').addresses[0]).toContain(address);
      expect(await inspectStatus(bench, pod)).toMatchObject([{ name, interface: 'eth0', default: true }]);
      expectSuccess(await bench.runtime.del(pod));
    }
  });

  it('that is a NAD is torn down from node.json without agent, NAD and record', async () => {
    const { dirs } = bench.node;
    const free = reservedAddresses(bench.audit());
    configure({ defaultNetwork: 'test/second' });
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, undefined));
    await until('the NAD in node.json', 10_000, () =>
      readFileSync(join(dirs.state, 'node.json'), 'utf8').includes('br-second'),
    );
    expect(reservedAddresses(bench.audit())).toHaveLength(free.length + 1);
    await bench.killAgent();
    rmSync(join(dirs.networks, 'second.json'));
    for (const place of [dirs.state, dirs.run]) {
      const attachments = join(place, 'attachments');
      for (const file of readdirSync(attachments)) rmSync(join(attachments, file));
    }
    expectSuccess(await bench.runtime.del(pod));
    expect(reservedAddresses(bench.audit())).toEqual(free);
    bench.writeNetwork('second', networksOf(bench.node)['second'] ?? {});
    await bench.startAgent();
  });
});

describe('while the readiness indicator file is not there', () => {
  it('ADD waits within bounds and then fails to be tried again, and DEL never waits [NPWG-104]', async () => {
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, undefined));
    const file = join(bench.node.dirs.root, 'ready');
    configure({ readinessIndicatorFile: file });
    const late = bench.node.pod();
    const start = performance.now();
    const refused = await bench.add(late, undefined);
    const waited = performance.now() - start;
    expectRefusal(refused, { reason: 'DefaultNetworkNotReady', code: 11, names: [file] });
    expect(waited).toBeGreaterThan(1_000);
    expect(waited).toBeLessThan(5_000);
    expect(kernelLinks(late)).toEqual([]);
    const begin = performance.now();
    expectSuccess(await bench.runtime.del(pod));
    expect(performance.now() - begin).toBeLessThan(1_000);
    expect(kernelLinks(pod)).toEqual([]);
    const waiting = bench.add(late, undefined);
    writeFileSync(file, '');
    expectSuccess(await waiting);
  });
});
