import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { podArgs } from '../../harness/runtime.ts';
import { DelegateBench } from '../runtime/delegate-bench.ts';

const cluster = { cniVersion: '1.0.0', name: 'cluster', plugins: [{ type: 'alpha' }] };

let bench: DelegateBench;
beforeAll(async () => {
  bench = await DelegateBench.start(JSON.stringify(cluster));
  bench.writeNetwork('plain', { cniVersion: '1.0.0', type: 'beta' });
});
afterAll(() => bench?.dispose());

/** Expects that ADD with these CNI_ARGS is refused with code 4, that nothing ran, and that DEL has nothing to do. */
async function refused(args: string, names: readonly string[] = []): Promise<void> {
  const pod = bench.freshPod();
  expectRefusal(await bench.runtime.add(pod, { args }), {
    reason: 'InvalidEnvironment',
    code: 4,
    names: ['CNI_ARGS', ...names],
  });
  expectSuccess(await bench.runtime.del(pod, { args }));
  expect(bench.bin.trace()).toEqual([]);
}

/** Expects that ADD and DEL with these CNI_ARGS attach and remove the default network, and that it is told them. */
async function taken(args: string): Promise<void> {
  const pod = bench.freshPod();
  expectSuccess(await bench.runtime.add(pod, { args }));
  expectSuccess(await bench.runtime.del(pod, { args }));
  expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'DEL alpha eth0']);
  for (const call of bench.bin.calls()) expect(call.env['CNI_ARGS']?.endsWith(args)).toBe(true);
}

describe('CNI_ARGS', () => {
  it.each(['A=1;B', 'B', '=1', ';', `${podArgs};`, `${podArgs};;IP=1`])(
    '%j is no list of pairs [CNI-013]',
    async (args) => {
      await refused(args);
    },
  );

  it.each([
    '',
    'K8S_POD_NAME=',
    'IP=10.0.0.9;MAC=02:00:00:00:00:01;GATEWAY=10.0.0.1',
    'IgnoreUnknown=1;A=b=c',
  ])('%j is one [CNI-013]', async (args) => {
    await taken(args);
  });

  it.each([
    'FOO=1',
    'FOO=1;IgnoreUnknown=0',
    'FOO=1;IgnoreUnknown=FALSE',
    'ignoreunknown=1',
    'k8s_pod_name=web',
  ])('%j has a key that weft does not know, and names it [CNI-014]', async (args) => {
    await refused(args, [args.split('=')[0] ?? '']);
  });

  it.each(['1', 'true', 'TRUE', 'True'])(
    'may have such a key beside IgnoreUnknown=%s [CNI-014]',
    async (word) => {
      await taken(`IgnoreUnknown=${word};FOO=1`);
      await taken(`FOO=1;IgnoreUnknown=${word}`);
    },
  );

  it.each(['yes', '', '2', 'on'])('may not say IgnoreUnknown=%s [CNI-014]', async (word) => {
    await refused(`IgnoreUnknown=${word};FOO=1`, ['IgnoreUnknown']);
  });

  it('name the pod; without the uid, or without any pod, the default network is attached [CNI-015]', async () => {
    for (const [args, pod] of [
      [podArgs, 'test/pod-a'],
      ['K8S_POD_NAMESPACE=test;K8S_POD_NAME=no-uid', 'test/no-uid'],
      ['', ''],
    ] as const) {
      await taken(args);
      await expect.poll(() => bench.agentLog().includes(`"pod":"${pod}"`)).toBe(true);
    }
  });

  it('name the namespace in which a network without one is looked for [CNI-015]', async () => {
    for (const [namespace, found] of [
      ['test', true],
      ['other', false],
    ] as const) {
      const pod = bench.freshPod();
      const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=web`;
      const added = await bench.add(pod, 'plain', { args });
      if (found) expectSuccess(added);
      else expectRefusal(added, { reason: 'NetworkNotFound', names: ['other/plain'] });
      expectSuccess(await bench.runtime.del(pod));
    }
  });
});

describe("a network's configuration", () => {
  const oddText =
    '{ "type" : "beta",\n\t"cniVersion":"1.0.0", "zulu":9007199254740993123, "alpha":[ 1.50, 1E2 ,-0 ],"html":"<>&\\u003c\\/é", "name":"odd" ,"nested":{"b":{ },"a":null}}';

  it('reaches its plugin byte for byte where nothing has to change [CNI-491] [CNI-214]', async () => {
    bench.writeNetwork('odd', oddText);
    const pod = bench.freshPod();
    expectSuccess(await bench.add(pod, 'odd'));
    expect(bench.callsOf('net1').map(({ stdin }) => stdin.toString())).toEqual([oddText]);
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    // CHECK and DEL add the result behind it.
    for (const { stdin } of bench.callsOf('net1').slice(1))
      expect(stdin.toString().startsWith(`${oddText.slice(0, -1)},"prevResult":{`)).toBe(true);
  });

  it('changes only where it has to: name, version, capabilities and args [CNI-491]', async () => {
    const before =
      '{ "type" : "beta", "capabilities":{ "mac":true }, "zulu":9007199254740993123,\n "args" : {"x":1.50} }';
    bench.writeNetwork('changed', `{"cniVersion":"1.0.0","name":"changed","plugins":[${before}]}`);
    const pod = bench.freshPod();
    const mac = '02:00:00:00:00:0a';
    const element = { name: 'changed', mac, 'cni-args': { y: 2 } };
    expectSuccess(await bench.add(pod, [element]));
    expect(bench.callsOf('net1').map(({ stdin }) => stdin.toString())).toEqual([
      '{ "type" : "beta", "zulu":9007199254740993123,\n "args" : {"x":1.50,"cni":{"y":2}},' +
        `"name":"changed","cniVersion":"1.0.0","runtimeConfig":{"mac":"${mac}"} }`,
    ]);
    expectSuccess(await bench.runtime.del(pod));
  });
});
