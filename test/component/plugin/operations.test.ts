import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ownConfText } from '../../../src/agent/install/own-conf.ts';
import { defaultWeftConfig } from '../../../src/api/weft-config.ts';
import { encodeNodeFile } from '../../../src/attachment/node-file.ts';
import { runtimeVersions } from '../../../src/cni/version.ts';
import { planFor } from '../../fakes/plan.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { CallOptions, CniCall, Conflist } from '../../harness/runtime.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
beforeEach(() => bench.serve(three()));
afterAll(() => bench.dispose());

function conf(change: Readonly<Record<string, unknown>> = {}): string {
  const own = bench.runtime.conflist.plugins[0];
  return JSON.stringify({ ...own, name: 'weft', cniVersion: '1.1.0', ...change });
}

function call(verb: string, pod: Pod, options: CallOptions = {}): Promise<CniCall> {
  const { containerId, netns } = pod;
  return bench.runtime.call(verb, { containerId, netns, stdin: conf(), ...options });
}

describe('CNI_COMMAND', () => {
  it('alone chooses between six operations that do six things [CNI-001]', async () => {
    const pod = bench.freshPod();
    const [defaultNetwork] = planFor({ ...pod, ifname: 'eth0' }, three()).steps;
    if (defaultNetwork?.kind !== 'delegate') throw new Error('the plan has no default network');
    const file = { format: 1, weft: '0.1.0', cniPath: [bench.node.dirs.bin], defaultNetwork } as const;
    writeFileSync(join(bench.node.dirs.state, 'node.json'), encodeNodeFile(file));
    const added = await call('ADD', pod);
    expect(added.result?.interfaces?.map(({ name }) => name)).toEqual(['eth0']);
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1', 'ADD gamma net2']);
    bench.bin.clearLog();
    const prevResult = added.result;
    expectSuccess(await call('CHECK', pod, { stdin: conf({ prevResult }) }));
    expect(bench.bin.trace()).toEqual(['CHECK alpha eth0', 'CHECK beta net1', 'CHECK gamma net2']);
    bench.bin.clearLog();
    const version = await call('VERSION', pod);
    expect(JSON.parse(version.stdout)).toEqual({ cniVersion: '1.1.0', supportedVersions: runtimeVersions });
    // No agent has been ready here since the boot: ADD cannot be promised.
    expectRefusal(await call('STATUS', pod), { reason: 'NotReady', code: 50 });
    const valid = [{ containerID: pod.containerId, ifname: 'eth0' }];
    expectSuccess(await call('GC', pod, { stdin: conf({ 'cni.dev/valid-attachments': valid }) }));
    expect(bench.resourcesOf(pod)).toHaveLength(3);
    bench.bin.clearLog();
    expectSuccess(await call('DEL', pod));
    expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.remainsOf(pod)).toEqual([]);
    rmSync(join(bench.node.dirs.state, 'node.json'));
  });

  it('may be STATUS, which older versions lack and which is no unknown verb [CNI-481]', async () => {
    const pod = bench.freshPod();
    expectRefusal(await call('STATUS', pod, { stdin: conf({ cniVersion: '1.0.0' }) }), {
      reason: 'IncompatibleVersion',
      code: 1,
    });
    expectRefusal(await call('Status', pod), { reason: 'InvalidEnvironment', code: 4, names: ['STATUS'] });
  });

  it.each(runtimeVersions)(
    'VERSION repeats version %s of its input [CNI-121] [CNI-484]',
    async (cniVersion) => {
      const answer = await bench.runtime.call('VERSION', { stdin: JSON.stringify({ cniVersion }) });
      expect(JSON.parse(answer.stdout)).toEqual({ cniVersion, supportedVersions: runtimeVersions });
    },
  );

  it.each(['', '{}', '{"cniVersion":"9.9.9"}', '{"cniVersion":5}', 'x'])(
    'VERSION says the highest where its input, %j, has none that is ours [CNI-121] [CNI-484]',
    async (stdin) => {
      const answer = await bench.runtime.call('VERSION', { stdin });
      expectSuccess(answer);
      expect(JSON.parse(answer.stdout)).toMatchObject({ cniVersion: runtimeVersions.at(-1) });
    },
  );
});

describe('an operation of the node', () => {
  it.each(['STATUS', 'GC', 'VERSION'])(
    '%s needs no variable but CNI_COMMAND, and looks at no other [CNI-004] [CNI-008]',
    async (verb) => {
      const missing = {
        CNI_CONTAINERID: undefined,
        CNI_NETNS: undefined,
        CNI_IFNAME: undefined,
        CNI_ARGS: undefined,
      };
      const malformed = {
        CNI_CONTAINERID: 'a%b',
        CNI_NETNS: '',
        CNI_IFNAME: 'a/b:c d and longer than 15',
        CNI_ARGS: ';;',
      };
      for (const env of [missing, malformed]) {
        const answer = await bench.runtime.call(verb, {
          env,
          stdin: conf({ 'cni.dev/valid-attachments': [] }),
        });
        expect(answer.error?.code, answer.stdout).not.toBe(4);
        expect(answer.error?.details ?? '').not.toContain('InvalidEnvironment');
      }
    },
  );
});

describe("the plugin's own network namespace", () => {
  const own = '/proc/self/ns/net';

  it.each(['ADD', 'DEL'])('is refused by %s with code 8 before anything is done [CNI-012]', async (verb) => {
    const pod = bench.freshPod();
    for (const env of [{}, { CNI_NETNS_OVERRIDE: '0' }, { CNI_NETNS_OVERRIDE: 'yes' }])
      expectRefusal(await call(verb, pod, { netns: own, env }), {
        reason: 'InvalidNetns',
        code: 8,
        names: ['CNI_NETNS'],
      });
    expect(bench.bin.trace()).toEqual([]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it.each(['1', 'true', 'TRUE'])('is taken where CNI_NETNS_OVERRIDE is %s [CNI-012]', async (word) => {
    const pod = bench.freshPod();
    const options = { netns: own, env: { CNI_NETNS_OVERRIDE: word }, ifname: 'weft-test-eth0' };
    await bench.serve([{ ifname: 'weft-test-eth0', plugins: [{ type: 'alpha' }] }]);
    expectSuccess(await bench.runtime.add(pod, options));
    expectSuccess(await bench.runtime.del(pod, options));
    expect(bench.bin.trace()).toEqual(['ADD alpha weft-test-eth0', 'DEL alpha weft-test-eth0']);
  });
});

describe('what is not part of the protocol', () => {
  it('has no say: arguments, directory, HOME and PATH [CNI-020]', async () => {
    const pod = bench.freshPod();
    const options = {
      through: ['/bin/sh', '-c', 'exec "$0" inspect --help -o json /etc/passwd'],
      env: { HOME: '/nowhere', PATH: undefined },
      run: { cwd: '/proc' },
    };
    expectSuccess(await bench.runtime.add(pod, options));
    expectSuccess(await bench.runtime.del(pod, options));
    expect(bench.bin.trace()).toHaveLength(6);
    for (const delegate of bench.bin.calls()) expect(delegate.argc).toBe(1);
  });
});

describe('a configuration without a version', () => {
  it.each([undefined, ''])(
    '(%j) is one of 0.1.0, and so is the answer [CNI-034] [CNI-150]',
    async (cniVersion) => {
      const pod = bench.freshPod();
      const stdin = conf({ cniVersion });
      const added = await bench.runtime.add(pod, { stdin });
      expectSuccess(added);
      const answer = JSON.parse(added.stdout) as Readonly<Record<string, unknown>>;
      expect(Object.keys(answer)).toEqual(['cniVersion', 'ip4', 'dns']);
      expect(answer['cniVersion']).toBe('0.1.0');
      expectRefusal(await bench.runtime.check(pod, { stdin }), { reason: 'IncompatibleVersion', code: 1 });
      expectSuccess(await bench.runtime.del(pod, { stdin }));
    },
  );
});

describe('DEL', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['none', {}],
    ['null', { prevResult: null }],
    ['an empty one', { prevResult: {} }],
  ])(
    'needs no previous result: with %s every delegate gets the one that was kept [CNI-073]',
    async (_what, more) => {
      const pod = bench.freshPod();
      expectSuccess(await bench.runtime.add(pod));
      bench.bin.clearLog();
      expectSuccess(await call('DEL', pod, { stdin: conf(more) }));
      const told = bench.bin.calls().map(({ ifname, stdin }) => {
        const { prevResult } = JSON.parse(stdin.toString()) as {
          prevResult?: { interfaces: { name: string }[] };
        };
        return `${ifname} ${prevResult?.interfaces[0]?.name}`;
      });
      expect(told).toEqual(['net2 net2', 'net1 net1', 'eth0 eth0']);
      expect(bench.remainsOf(pod)).toEqual([]);
    },
  );
});

describe('without CNI_PATH', () => {
  const none = { env: { CNI_PATH: undefined } };

  it('ADD, which has to find delegates, is refused with code 4 and runs nothing [CNI-005] [CNI-487]', async () => {
    for (const env of [none.env, { CNI_PATH: '' }, { CNI_PATH: '::' }]) {
      const pod = bench.freshPod();
      expectRefusal(await bench.runtime.add(pod, { env }), {
        reason: 'InvalidEnvironment',
        code: 4,
        names: ['CNI_PATH', 'alpha'],
      });
      expectSuccess(await bench.runtime.del(pod, { env }));
      expect(bench.bin.trace()).toEqual([]);
      expect(bench.remainsOf(pod)).toEqual([]);
    }
  });

  it('CHECK and DEL work: where the delegates are was kept; VERSION and STATUS find none [CNI-005] [CNI-487]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.check(pod, none));
    expectSuccess(await bench.runtime.del(pod, none));
    expect(bench.bin.trace()).toHaveLength(9);
    expectSuccess(await bench.runtime.del(pod, none));
    expectSuccess(await bench.runtime.call('VERSION', none));
    const status = await call('STATUS', pod, none);
    expect(status.error?.msg ?? '').not.toContain('CNI_PATH');
  });
});

describe('with directories of plugins in our own configuration', () => {
  it('ADD needs no CNI_PATH, and delegates are told of them [CNI-005] [CNI-253] [CNI-487]', async () => {
    const pod = bench.freshPod();
    const options = { stdin: conf({ pluginDirs: [bench.node.dirs.bin] }), env: { CNI_PATH: undefined } };
    expectSuccess(await bench.runtime.add(pod, options));
    expectSuccess(await bench.runtime.del(pod, options));
    expect(bench.bin.trace()).toHaveLength(6);
    for (const { env } of bench.bin.calls()) expect(env['CNI_PATH']).toBe(bench.node.dirs.bin);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('CNI_NETNS', () => {
  it.each([
    '/no/such/path',
    'relative',
    '/proc/4194304/ns/net',
    'netns:[4026531840]',
    '\\\\.\\pipe\\x',
    ' ',
    ';=\n',
  ])('may be %j for a DEL, and reaches the delegates as it is [CNI-011] [CNI-072]', async (netns) => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    bench.bin.clearLog();
    expectSuccess(await bench.runtime.del(pod, { netns }));
    expect(bench.bin.calls().map((delegate) => delegate.netns)).toEqual([netns, netns, netns]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('may be spelled in any way that leads to the namespace [CNI-011]', async () => {
    const pod = bench.freshPod();
    const netns = pod.netns.replace('/run/', '/run/./');
    expectSuccess(await bench.runtime.add(pod, { netns }));
    expect(bench.bin.calls().map((delegate) => delegate.netns)).toEqual([netns, netns, netns]);
    expectSuccess(await bench.runtime.del(pod, { netns }));
  });
});

describe('our own configuration', () => {
  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['has another name', { name: 'renamed' }],
    ['has another version', { cniVersion: '0.3.1' }],
    ['speaks the newest version', { cniVersion: '1.1.0' }],
    [
      'declares other capabilities, budgets and keys',
      { capabilities: {}, timeBudgets: { del: 20_000 }, more: [1] },
    ],
    ['points to another agent', { socket: '/run/nowhere/agent.sock' }],
    ['was written for another meta-plugin', { delegates: [{ type: 'delta' }] }],
  ])(
    'may change between ADD and DEL: it %s, and DEL undoes what ADD did [CNI-470]',
    async (_what, change) => {
      const pod = bench.freshPod();
      expectSuccess(await bench.runtime.add(pod, { stdin: conf({ cniVersion: '1.0.0' }) }));
      const told = bench.bin.calls().map(({ stdin }) => stdin.toString());
      bench.bin.clearLog();
      expectSuccess(await bench.runtime.del(pod, { stdin: conf(change) }));
      expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
      for (const [index, { stdin }] of bench.bin.calls().entries())
        expect(stdin.toString().startsWith(told[2 - index]?.slice(0, -1) ?? '?')).toBe(true);
      expect(bench.remainsOf(pod)).toEqual([]);
    },
  );

  it('has the name that it has always had, under which runtimes keep what they know of running pods [CNI-451]', async () => {
    const { state, run } = bench.node.dirs;
    const paths = { socket: bench.node.socket, stateDir: state, runDir: run };
    const { timeBudgets } = defaultWeftConfig();
    const today = ownConfText({ ...paths, capabilities: [], timeBudgets, newest: '1.1.0' });
    const first = readFileSync(join(import.meta.dirname, '../../fixtures/compat/own-conf.json'), 'utf8');
    const [then, now] = [first, today].map((text) => JSON.parse(text) as Conflist);
    expect(now?.name).toBe(then?.name);

    // A pod that was attached under the first one is deleted under that of today.
    const derived = (list: Conflist | undefined): string =>
      JSON.stringify({ ...list?.plugins[0], ...paths, name: list?.name, cniVersion: list?.cniVersion });
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod, { stdin: derived(then) }));
    expectSuccess(await bench.runtime.del(pod, { stdin: derived(now) }));
    expect(bench.bin.trace()).toHaveLength(6);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});
