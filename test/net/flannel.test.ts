import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AuditSnapshot } from '../harness/auditor.ts';
import { expectRefusal, expectSuccess } from '../harness/refusal.ts';
import type { TestNode } from '../harness/sandbox.ts';
import { flannelBinary } from '../harness/toolchain.ts';
import { expectResultIsTrue, expectStatusIsTrue } from './agreement.ts';
import { macvlanStatic } from './confs.ts';
import { differences, inspectStatus, kernelLinks, NetBench } from './fixture.ts';

/** Where flanneld writes the node's subnet. */
function subnetFile(node: TestNode): string {
  return join(node.dirs.root, 'subnet.env');
}

/** Where the plugin keeps what it gave to bridge. */
function scratch(node: TestNode): string {
  return join(node.dirs.root, 'flannel');
}

/** As flannel's own manifest has it, with files in the test's directory. */
function flannel(node: TestNode, bridge: string): Readonly<Record<string, unknown>> {
  return {
    type: 'flannel',
    subnetFile: subnetFile(node),
    dataDir: scratch(node),
    ipam: { dataDir: node.dirs.ipam },
    delegate: { bridge, hairpinMode: true, isDefaultGateway: bridge === 'br-flannel' },
  };
}

function writeSubnet(node: TestNode): void {
  const lines = [
    'FLANNEL_NETWORK=10.77.0.0/16',
    'FLANNEL_SUBNET=10.77.3.1/24',
    'FLANNEL_MTU=1450',
    'FLANNEL_IPMASQ=true',
  ];
  writeFileSync(subnetFile(node), `${lines.join('\n')}\n`);
}

let bench: NetBench;
beforeAll(async () => {
  bench = await NetBench.start(
    (node) => ({
      '10-flannel.conflist': {
        cniVersion: '0.3.1',
        name: 'cbr0',
        plugins: [
          flannel(node, 'br-flannel'),
          { type: 'portmap', backend: 'nftables', capabilities: { portMappings: true } },
        ],
      },
    }),
    (node) => ({ lan: macvlanStatic, again: { cniVersion: '0.4.0', ...flannel(node, 'br-again') } }),
  );
  copyFileSync(flannelBinary(), join(bench.node.dirs.bin, 'flannel'));
  writeSubnet(bench.node);
  // What the plugins make once for each node stays.
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, 'test/again', { capabilityArgs: { portMappings } }));
  expectSuccess(await bench.runtime.del(pod));
  bench.node.removePod(pod);
});
afterEach(() => bench.sweep());
afterAll(() => bench?.dispose());

const portMappings = [{ hostPort: 18_092, containerPort: 80, protocol: 'tcp' }];
const asked = [{ name: 'lan', namespace: 'test', ips: ['10.62.0.7/24'] }];

function audit(): AuditSnapshot {
  return bench.audit({ dirs: { scratch: scratch(bench.node) } });
}

describe('flannel as the default network', () => {
  it('gives the pod its eth0 beside a macvlan, as the result and the status say, and takes it back without the agent', async () => {
    const before = audit();
    const pod = bench.node.pod();
    const added = await bench.add(pod, asked, { capabilityArgs: { portMappings } });
    expectSuccess(added);
    expect(kernelLinks(pod).map(({ name, mtu }) => [name, mtu])).toEqual([
      ['eth0', 1450],
      ['net1', 1400],
    ]);
    expectResultIsTrue(added.result, pod);
    const status = await inspectStatus(bench, pod);
    expectStatusIsTrue(status, pod);
    expect(status.map(({ name, interface: ifname }) => [name, ifname])).toEqual([
      ['cbr0', 'eth0'],
      ['test/lan', 'net1'],
    ]);
    expectSuccess(await bench.runtime.check(pod));
    await bench.killAgent();
    // The subnet's lease may be gone by then, too.
    rmSync(subnetFile(bench.node));
    expectSuccess(await bench.runtime.del(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(differences(before, audit())).toEqual([]);
    writeSubnet(bench.node);
    await bench.startAgent();
  });

  it('fails with its words while flanneld has not written the subnet, leaves nothing, and works afterwards', async () => {
    const before = audit();
    rmSync(subnetFile(bench.node));
    const pod = bench.node.pod();
    const refused = await bench.add(pod, asked);
    expectRefusal(refused, { reason: 'DelegateFailed', code: 999, names: ['cbr0', 'subnet.env'] });
    expectSuccess(await bench.runtime.del(pod));
    expect(differences(before, audit())).toEqual([]);
    writeSubnet(bench.node);
    expectSuccess(await bench.add(pod, asked));
  });
});

describe('flannel as a second network beside flannel', () => {
  it('gives both back, though the plugin keeps what it made by sandbox alone', async () => {
    const before = audit();
    const pod = bench.node.pod();
    expectSuccess(await bench.add(pod, 'test/again'));
    expect(kernelLinks(pod).map(({ name }) => name)).toEqual(['eth0', 'net1']);
    expectSuccess(await bench.runtime.del(pod));
    expect(differences(before, audit())).toEqual([]);
  });
});
