import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(async () => {
  bench = new PluginBench();
  await bench.serve(three());
});
afterAll(() => bench.dispose());

function conf(change: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({
    ...bench.runtime.conflist.plugins[0],
    name: 'weft',
    cniVersion: '1.0.0',
    ...change,
  });
}

describe('the configuration on standard input', () => {
  it.each([
    '',
    ' \n',
    '{',
    '[]',
    'null',
    '5',
    '"x"',
    '{"cniVersion":"1.0.0"}x',
    '\ufeff{}',
    '{"a":01}',
    "{'a':1}",
  ])('refuses %j with code 6 on ADD and DEL [CNI-031] [CNI-490]', async (stdin) => {
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod, { stdin }), { reason: 'InvalidJson' });
    expectRefusal(await bench.runtime.del(pod, { stdin }), { reason: 'InvalidJson' });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('refuses invalid UTF-8 with code 6 and without a byte dump', async () => {
    const pod = bench.freshPod();
    const [head, tail] = conf({ x: 'MARK' }).split('MARK') as [string, string];
    for (const bytes of [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
      const stdin = Buffer.concat([Buffer.from(head), Buffer.from(bytes), Buffer.from(tail)]);
      expectRefusal(await bench.runtime.add(pod, { stdin }), { reason: 'InvalidJson' });
    }
    expect(bench.bin.trace()).toEqual([]);
  });

  it('refuses a hundred thousand levels of nesting instead of crashing', async () => {
    const pod = bench.freshPod();
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const stdin = `${conf({}).slice(0, -1)},"deep":${deep}}`;
    expectRefusal(await bench.runtime.add(pod, { stdin }), { reason: 'InvalidJson' });
  });

  it('takes 1 MB, unknown keys and whatever a runtime forgets to strip [CNI-038]', async () => {
    const pod = bench.freshPod();
    const stdin = conf({
      pad: 'x'.repeat(1024 * 1024),
      args: { any: 1 },
      capabilities: { portMappings: true, other: false },
      prevResult: { cniVersion: '1.0.0', interfaces: [] },
      runtimeConfig: { unknown: [1] },
      'cni.dev/of-tomorrow': {},
      'cni.dev/attachments': [],
      'cni.dev/valid-attachments': null,
    });
    const added = await bench.runtime.add(pod, { stdin });
    expectSuccess(added);
    expect(bench.agent.requests.at(-1)?.stdin).toBe(stdin);
    expectSuccess(await bench.runtime.del(pod, { stdin }));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it.each([
    ['no name', { name: undefined }, 'InvalidConfig'],
    ['an empty name', { name: '' }, 'InvalidConfig'],
    ['a name with a path', { name: 'a/b' }, 'InvalidConfig'],
    ['a name that is no string', { name: 5 }, 'InvalidJson'],
    ['a version that is no string', { cniVersion: 1 }, 'InvalidJson'],
  ] as const)('refuses %s [CNI-032] [CNI-033] [CNI-036]', async (_what, change, reason) => {
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod, { stdin: conf(change) }), { reason });
    expect(bench.bin.trace()).toEqual([]);
  });

  it.each([
    ['socket', ''],
    ['socket', 'relative/path'],
    ['stateDir', 'relative'],
    ['runDir', ''],
    ['cacheDirs', 'x'],
    ['timeBudgets', 'fast'],
    ['timeBudgets', { plan: '5' }],
    ['timeBudgets', { delegate: -1 }],
  ] as const)(
    'refuses "%s": %j of our own configuration with code 7 and names it [CNI-040]',
    async (key, value) => {
      const pod = bench.freshPod();
      expectRefusal(await bench.runtime.add(pod, { stdin: conf({ [key]: value }) }), {
        reason: 'InvalidConfig',
        names: [key],
      });
      expect(bench.bin.trace()).toEqual([]);
    },
  );

  it.each([
    ['socket', 5],
    ['stateDir', ['x']],
    ['runDir', {}],
  ] as const)('refuses "%s": %j, a wrong JSON type, with code 6 as Go decoders do', async (key, value) => {
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod, { stdin: conf({ [key]: value }) }), {
      reason: 'InvalidJson',
      names: [key],
    });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('answers once, in JSON, when standard output is a slow pipe [CNI-494]', async () => {
    const pod = bench.freshPod();
    const long = Array.from({ length: 40_000 }, (_, index) => ({
      dst: `10.${index >> 8}.${index & 255}.0/24`,
    }));
    const result = { cniVersion: '1.0.0', interfaces: [{ name: 'eth0', sandbox: pod.netns }], routes: long };
    bench.bin.scriptFor('alpha', [`ADD: print ${JSON.stringify(result)}`]);
    const added = await bench.runtime.add(pod, { through: ['sh', '-c', '"$0" | (sleep 0.3; cat)'] });
    bench.bin.unscript('alpha');
    expect(added.result?.routes).toHaveLength(40_000);
    expectSuccess(await bench.runtime.del(pod));
  });
});
