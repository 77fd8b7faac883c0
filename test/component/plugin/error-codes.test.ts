import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { runtimeVersions } from '../../../src/cni/version.ts';
import { type Reason, reasons } from '../../../src/errors/reason.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { CallOptions, CniCall } from '../../harness/runtime.ts';
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
  return JSON.stringify({ ...own, name: 'weft', cniVersion: '1.0.0', ...change });
}

/** weft behind a shell that gives it another standard input than a pipe. */
function withStdin(redirection: string): CallOptions {
  return { through: ['sh', '-c', `"$0" ${redirection}`] };
}

/** Everything that a CNI error document is, and nothing of it anywhere but on standard output. */
function expectDocument(call: CniCall, cniVersion: string): void {
  expect(call.status).toBe(1);
  const lines = call.stdout.split('\n');
  expect(lines).toHaveLength(2);
  expect(lines[1]).toBe('');
  const document = JSON.parse(lines[0] ?? '') as Record<string, unknown>;
  expect(Object.keys(document)).toEqual(['cniVersion', 'code', 'msg', 'details']);
  expect(document['cniVersion']).toBe(cniVersion);
  expect(Number.isSafeInteger(document['code']) && Number(document['code']) > 0).toBe(true);
  expect(document['msg']).not.toBe('');
  expect(document['details']).toMatch(/^reason=[A-Za-z]+$/);
  expect(call.stderr).toBe('');
}

describe('an error', () => {
  it.each(runtimeVersions)(
    'under version %s is one document on stdout with version, code, message and details, and the exit status is not 0 [CNI-017] [CNI-170] [CNI-480]',
    async (cniVersion) => {
      await bench.serve(three({ beta: ['ADD: error 101 no'] }));
      const pod = bench.freshPod();
      const stdin = conf({ cniVersion });
      expectDocument(await bench.runtime.add(pod, { stdin }), cniVersion);
      await bench.serve(three());
      expect((await bench.runtime.add(pod, { stdin })).status).toBe(0);
      bench.bin.scriptFor('beta', ['DEL: error 101 no']);
      expectDocument(await bench.runtime.del(pod, { stdin }), cniVersion);
      bench.bin.unscript('beta');
      expect((await bench.runtime.del(pod, { stdin })).status).toBe(0);
    },
  );

  it('is in our newest version where that of the configuration is not known yet or not ours [CNI-170]', async () => {
    const pod = bench.freshPod();
    for (const stdin of ['{', conf({ cniVersion: '9.9.9' }), conf({ name: '' })])
      expectDocument(await bench.runtime.add(pod, { stdin }), runtimeVersions.at(-1) ?? '');
  });

  it('of a caller who cannot take the answer is no success [CNI-017]', async () => {
    const pod = bench.freshPod();
    const added = await bench.runtime.add(pod, { through: ['sh', '-c', '"$0" >/dev/full'] });
    expect(added.status).toBe(1);
    expect(added.stderr).toContain('ENOSPC');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

/** How each code is come by, one honest way each. */
const ways: readonly [number, Reason, string, (pod: Pod) => Promise<CniCall>][] = [
  [
    1,
    'IncompatibleVersion',
    'a version that weft does not speak',
    (pod) => bench.runtime.add(pod, { stdin: conf({ cniVersion: '9.9.9' }) }),
  ],
  [
    2,
    'UnsupportedField',
    'a key that chooses networks and that nothing here acts on',
    (pod) => bench.runtime.add(pod, { stdin: conf({ delegates: [{ type: 'flannel' }] }) }),
  ],
  [
    3,
    'NotAttached',
    'a CHECK of a container that weft does not know: nothing needs cleaning up',
    (pod) => bench.runtime.check(pod, { prevResult: { cniVersion: '1.0.0' } }),
  ],
  [4, 'InvalidEnvironment', 'a variable that lacks', (pod) => bench.runtime.add(pod, { ifname: '' })],
  [
    5,
    'ReadFailed',
    'a standard input that cannot be read',
    (pod) => bench.runtime.add(pod, withStdin('</proc/self/fd')),
  ],
  [6, 'InvalidJson', 'a text that is no JSON', (pod) => bench.runtime.add(pod, { stdin: '{' })],
  [
    7,
    'InvalidConfig',
    'a configuration that makes no sense',
    (pod) => bench.runtime.add(pod, { stdin: conf({ socket: 'here' }) }),
  ],
  [
    8,
    'InvalidNetns',
    "the host's own namespace",
    (pod) => bench.runtime.add(pod, { netns: '/proc/self/ns/net' }),
  ],
  [
    50,
    'NotReady',
    'a STATUS before anything here was ready',
    () => bench.runtime.call('STATUS', { stdin: conf({ cniVersion: '1.1.0' }) }),
  ],
];

describe('the codes of the specification', () => {
  it.each(ways)('%s is %s: %s, and nothing is run [CNI-171]', async (code, reason, _what, call) => {
    const pod = bench.freshPod();
    expectRefusal(await call(pod), { reason, code });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('11 is for what passes by itself: the same call succeeds once it has [CNI-171] [CNI-174]', async () => {
    const pod = bench.freshPod();
    await bench.stopAgent();
    expectRefusal(await bench.runtime.add(pod), { reason: 'AgentUnreachable', code: 11 });
    await bench.serve(three());
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
  });

  it('11 is for a sandbox that is busy as well [CNI-174]', async () => {
    const door = join(bench.node.dirs.root, 'door');
    await bench.serve(three({ alpha: [`ADD: await ${door}`] }));
    const pod = bench.freshPod();
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace()).toEqual(['ADD alpha eth0']);
    const other = await bench.runtimeWith({ lock: 100 }).add(pod);
    expectRefusal(other, { reason: 'SandboxBusy', code: 11 });
    writeFileSync(door, '');
    expectSuccess(await adding);
    expectSuccess(await bench.runtime.del(pod));
    rmSync(door);
  });

  it('5 is for a state directory that is none, too [CNI-171]', async () => {
    const file = join(bench.node.dirs.root, 'a-file');
    writeFileSync(file, '');
    const pod = bench.freshPod();
    const call = await bench.runtimeWith({}, { stateDir: file }).add(pod);
    expectRefusal(call, { reason: 'StateUnreadable', code: 5 });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('below 100 are none but those [CNI-172]', () => {
    // 0 and 999 are the library's, 8 is its code for a bad namespace; 50 and 51 are STATUS's.
    const specified = [1, 2, 3, 4, 5, 6, 7, 8, 11, 50, 51];
    for (const [reason, { code }] of Object.entries(reasons))
      expect(code >= 100 || specified.includes(code), `${reason} ${code}`).toBe(true);
  });

  it('give way to 100 where a delegate fails without one [CNI-172]', async () => {
    await bench.serve(three({ beta: ['ADD: exit 1'] }));
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), { reason: 'DelegateFailed', code: 100 });
  });
});

describe('standard input', () => {
  it.each([
    ['is closed', withStdin('<&-')],
    ['is a directory', withStdin('</proc/self')],
    ['may not be read', withStdin('0>/dev/null')],
  ])('that %s gives code 5 and runs nothing [CNI-030]', async (_what, options) => {
    const pod = bench.freshPod();
    const added = await bench.runtime.add(pod, options);
    expectRefusal(added, { reason: 'ReadFailed', code: 5 });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('is read to its end, however slowly it comes [CNI-030]', async () => {
    const pod = bench.freshPod();
    const slowly = 'for part in 1 2 3 4; do sleep 0.05; head -c 200; done; sleep 0.05; cat';
    const stdin = conf({ pad: 'x'.repeat(2000) });
    expectSuccess(await bench.runtime.add(pod, { stdin, through: ['sh', '-c', `{ ${slowly}; } | "$0"`] }));
    expect(bench.agent.requests.at(-1)?.stdin).toBe(stdin);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('is not needed for VERSION [CNI-030]', async () => {
    for (const options of [withStdin('<&-'), withStdin('</proc/self')])
      expectSuccess(await bench.runtime.call('VERSION', options));
  });
});

describe('of two faults the first in the order of the reference counts', () => {
  const env = { CNI_IFNAME: undefined };
  it.each<[string, string, CallOptions, Reason]>([
    ['environment before JSON', 'ADD', { env, stdin: '{' }, 'InvalidEnvironment'],
    ['JSON before an unknown verb', 'NOPE', { stdin: '{' }, 'InvalidJson'],
    ['name before an unknown verb', 'NOPE', { stdin: '{"cniVersion":"9.9.9"}' }, 'InvalidConfig'],
    [
      'an unknown verb before the version',
      'NOPE',
      { stdin: '{"name":"n","cniVersion":"9.9.9"}' },
      'InvalidEnvironment',
    ],
    ['JSON before the version', 'ADD', { stdin: '{"name":"n","cniVersion":"9.9.9"' }, 'InvalidJson'],
    ['name before the version', 'ADD', { stdin: '{"name":"a/b","cniVersion":"9.9.9"}' }, 'InvalidConfig'],
    [
      'version before our own settings',
      'ADD',
      { stdin: '{"name":"n","cniVersion":"9.9.9","socket":""}' },
      'IncompatibleVersion',
    ],
  ])('%s [CNI-037]', async (_what, verb, options, reason) => {
    const { containerId, netns } = bench.freshPod();
    expectRefusal(await bench.runtime.call(verb, { containerId, netns, ...options }), { reason });
    expect(bench.bin.trace()).toEqual([]);
  });

  it.each([
    ['ADD', 'abc', 1],
    ['DEL', 'abc', 1],
    ['CHECK', 'abc', 6],
    ['STATUS', 'abc', 6],
    ['GC', 'abc', 6],
    ['ADD', '9.9.9', 1],
    ['DEL', '9.9.9', 1],
    ['CHECK', '9.9.9', 1],
    ['STATUS', '9.9.9', 1],
    ['GC', '9.9.9', 1],
    ['ADD', 1, 6],
    ['DEL', 1, 6],
    ['CHECK', [], 6],
    ['STATUS', {}, 6],
    ['GC', true, 6],
  ] as const)('%s with version %j has code %s [CNI-036] [CNI-035]', async (verb, cniVersion, code) => {
    const { containerId, netns } = bench.freshPod();
    const call = await bench.runtime.call(verb, { containerId, netns, stdin: conf({ cniVersion }) });
    expectRefusal(call, { reason: code === 1 ? 'IncompatibleVersion' : 'InvalidJson', code });
    expect(bench.bin.trace()).toEqual([]);
  });

  it.each(['ADD', 'DEL', 'CHECK', 'STATUS', 'GC'])(
    '%s without a name, or with an empty one, has code 7 [CNI-032]',
    async (verb) => {
      const { containerId, netns } = bench.freshPod();
      for (const name of [undefined, '']) {
        const call = await bench.runtime.call(verb, { containerId, netns, stdin: conf({ name }) });
        expectRefusal(call, { reason: 'InvalidConfig', names: ['name'] });
      }
    },
  );
});

describe('a setting that weft does not act on', () => {
  it.each<[string, unknown]>([
    ['delegates', [{ type: 'flannel' }]],
    ['clusterNetwork', 'pods'],
    ['defaultNetworks', ['storage']],
  ])(
    'is refused by ADD where it would choose networks, naming key and value: %s; DEL goes on [CNI-039]',
    async (key, value) => {
      const pod = bench.freshPod();
      const stdin = conf({ [key]: value });
      const added = await bench.runtime.add(pod, { stdin });
      expectRefusal(added, { reason: 'UnsupportedField', code: 2, names: [key, JSON.stringify(value)] });
      expectSuccess(await bench.runtime.del(pod, { stdin }));
      expect(bench.bin.trace()).toEqual([]);
      expect(bench.remainsOf(pod)).toEqual([]);
    },
  );

  it('is borne where it means nothing, and whatever is in args [CNI-039]', async () => {
    const pod = bench.freshPod();
    const args = { cni: { delegates: [1], ips: [] }, 'example.com/x': { foo: 1 }, ipam: 1 };
    const stdin = conf({ foo: 1, mtu: 1400, delegates: [], ipam: { type: 'x' }, args });
    expectSuccess(await bench.runtime.add(pod, { stdin }));
    expectSuccess(await bench.runtime.del(pod, { stdin }));
  });
});

describe('the program itself', () => {
  it('succeeds and prints nothing but its answer where all is well [CNI-017] [CNI-018]', async () => {
    const pod = bench.freshPod();
    const added = await bench.runtime.add(pod);
    expect(added.status).toBe(0);
    expect(added.stdout.endsWith('}\n')).toBe(true);
    expect(() => JSON.parse(added.stdout) as unknown).not.toThrow();
    expect(added.stderr).toBe('');
    expect(await bench.runtime.check(pod)).toMatchObject({ status: 0, stdout: '', stderr: '' });
    expect(await bench.runtime.del(pod)).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });
});
