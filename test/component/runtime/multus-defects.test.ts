import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { CniCall } from '../../harness/runtime.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { DelegateBench } from './delegate-bench.ts';

/** Where Multus is wrong and a user would notice; what other tests show already is in their titles. */
let bench: DelegateBench;
beforeAll(async () => {
  bench = await DelegateBench.start(
    JSON.stringify({
      cniVersion: '1.0.0',
      name: 'cluster',
      plugins: [{ type: 'alpha', capabilities: { portMappings: true } }],
    }),
  );
  bench.writeNetwork('lan', { cniVersion: '1.0.0', type: 'beta', capabilities: all });
});
afterEach(async () => {
  for (const pod of [...bench.node.pods]) {
    await bench.runtime.del(pod);
    bench.node.removePod(pod);
  }
});
afterAll(() => bench?.dispose());

const all = { ips: true, mac: true, portMappings: true, bandwidth: true, deviceID: true };
const instead = 'v1.multus-cni.io/default-network';

function withAnnotations(pod: Pod, annotations: Readonly<Record<string, string>>): Promise<CniCall> {
  return bench.runtime.add(pod, { capabilityArgs: { 'io.kubernetes.cri.pod-annotations': annotations } });
}

describe('where Multus deletes with other parameters than it added with', () => {
  it('the DEL of each network gets the very runtimeConfig and CNI_ARGS of its ADD', async () => {
    const element = {
      name: 'lan',
      ips: ['10.1.0.5/24'],
      mac: '02:00:00:00:00:05',
      portMappings: [{ hostPort: 8080, containerPort: 80 }],
      bandwidth: { ingressRate: 1_000_000, ingressBurst: 1_000_000 },
    };
    const pod = bench.freshPod();
    const portMappings = [{ hostPort: 9090, containerPort: 90, protocol: 'tcp' }];
    expectSuccess(await bench.add(pod, [element], { capabilityArgs: { portMappings } }));
    // A runtime that lost what it knew of the pod.
    expectSuccess(await bench.runtime.del(pod, { args: '' }));
    for (const ifname of ['eth0', 'net1']) {
      const [add] = bench.callsOf(ifname, 'ADD');
      const [del] = bench.callsOf(ifname, 'DEL');
      expect(del?.env['CNI_ARGS']).toBe(add?.env['CNI_ARGS']);
      const [told] = bench.stdinsOf(ifname, 'ADD');
      expect(told?.['runtimeConfig']).toBeDefined();
      expect(bench.stdinsOf(ifname, 'DEL')).toEqual([{ ...told, prevResult: expect.anything() as object }]);
    }
  });
});

describe('where Multus dereferences nothing and dies', () => {
  const network = 'k8s.v1.cni.cncf.io/networks';

  it.each([
    ['a null element', { [network]: '[null]' }, 'InvalidAnnotation', '[0] is null'],
    ['no default network in the list', { [instead]: '[]' }, 'InvalidAnnotation', 'exactly one'],
    ['a null default network', { [instead]: '[null]' }, 'InvalidAnnotation', '[0] is null'],
    ['an empty chain', { [network]: 'empty' }, 'NetworkInvalid', 'plugin'],
    ['a chain of null', { [network]: 'nothing' }, 'NetworkInvalid', 'plugins[0]'],
    [
      'args that are no object',
      { [network]: '[{"name":"args","cni-args":{"a":1}}]' },
      'NetworkInvalid',
      'args',
    ],
    [
      'args.cni that is no object',
      { [network]: '[{"name":"cni","cni-args":{"a":1}}]' },
      'NetworkInvalid',
      'args',
    ],
  ] as const)(
    '%s is refused in words, and the next pod is served',
    async (_what, annotations, reason, word) => {
      bench.writeNetwork('empty', { cniVersion: '1.0.0', plugins: [] });
      bench.writeNetwork('nothing', { cniVersion: '1.0.0', plugins: [null] });
      bench.writeNetwork('args', { cniVersion: '1.0.0', type: 'beta', args: 'x' });
      bench.writeNetwork('cni', { cniVersion: '1.0.0', type: 'beta', args: { cni: 1 } });
      const pod = bench.freshPod();
      expectRefusal(await withAnnotations(pod, annotations), { reason, names: [word] });
      expect(bench.bin.trace()).toEqual([]);
      expectSuccess(await bench.add(bench.node.pod(), 'lan'));
    },
  );
});

describe('where Multus lets a pod name any device of the node', () => {
  it('a deviceID in the annotation reaches no delegate, though it declares the capability', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.add(pod, [{ name: 'lan', deviceID: '0000:18:02.5' }]));
    expect(bench.callsOf('net1', 'ADD')[0]?.stdin.toString()).not.toContain('0000:18:02.5');
    await expect.poll(() => bench.agentLog(), { timeout: 5_000 }).toContain('deviceID');
  });
});

describe('where Multus gives two networks of a pod the same interface name', () => {
  it('a generated name steps aside for one that was asked for', async () => {
    const pod = bench.freshPod();
    expectSuccess(
      await bench.add(pod, [{ name: 'lan', interface: 'net2' }, { name: 'lan' }, { name: 'lan' }]),
    );
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net2', 'ADD beta net3', 'ADD beta net4']);
  });
});
