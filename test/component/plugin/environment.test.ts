import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { run } from '../../harness/run.ts';
import type { CallOptions } from '../../harness/runtime.ts';
import { weftBinary } from '../../harness/toolchain.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(async () => {
  bench = new PluginBench();
  await bench.serve(three());
});
afterAll(() => bench.dispose());

/** Calls with a good pod but for what the case changes, and expects that nothing was run. */
async function refuse(verb: string, change: CallOptions, names: readonly string[] = []): Promise<string> {
  const pod = bench.freshPod();
  const call = await bench.runtime.call(verb, { containerId: pod.containerId, netns: pod.netns, ...change });
  const error = expectRefusal(call, { reason: 'InvalidEnvironment', names });
  expect(bench.bin.trace()).toEqual([]);
  bench.node.removePod(pod);
  return error.msg;
}

describe('the CNI environment', () => {
  it.each(['add', 'NOPE', 'ADD ', 'Del'])('refuses CNI_COMMAND=%j with code 4 [CNI-002]', async (verb) => {
    await refuse(verb, {}, [verb.trim()]);
  });

  it('prints what it is on stderr and succeeds without CNI_COMMAND and without arguments [CNI-003]', async () => {
    const end = await run([weftBinary()], { env: {}, stdin: '' });
    expect({ status: end.status, stdout: end.stdout }).toEqual({ status: 0, stdout: '' });
    expect(end.stderr).toMatch(/weft/);
    for (const version of ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'])
      expect(end.stderr).toContain(version);
  });

  it.each([
    ['ADD', 'CNI_CONTAINERID'],
    ['ADD', 'CNI_NETNS'],
    ['ADD', 'CNI_IFNAME'],
    ['CHECK', 'CNI_CONTAINERID'],
    ['CHECK', 'CNI_NETNS'],
    ['CHECK', 'CNI_IFNAME'],
    ['DEL', 'CNI_CONTAINERID'],
    ['DEL', 'CNI_IFNAME'],
  ])(
    'refuses %s without, and with an empty, %s and names it [CNI-004] [CNI-006] [CNI-007]',
    async (verb, variable) => {
      await refuse(verb, { env: { [variable]: undefined } }, [variable]);
      await refuse(verb, { env: { [variable]: '' } }, [variable]);
    },
  );

  it('names all missing variables at once [CNI-007]', async () => {
    await refuse('ADD', { env: { CNI_NETNS: '', CNI_IFNAME: undefined } }, ['CNI_NETNS', 'CNI_IFNAME']);
  });

  it('accepts DEL without CNI_NETNS [CNI-004]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.del(pod, { env: { CNI_NETNS: undefined } }));
  });

  it.each(['a%b', '../../etc/passwd', 'a/b', '-a', '.a', 'ä', 'a b', 'a\nb'])(
    'refuses container ID %j on every verb that needs it [CNI-008]',
    async (id) => {
      for (const verb of ['ADD', 'CHECK', 'DEL']) {
        await refuse(verb, { env: { CNI_CONTAINERID: id } }, ['CNI_CONTAINERID']);
      }
    },
  );

  it('takes every legal character and 300 of them in a container ID [CNI-008] [CNI-488]', async () => {
    const pod = bench.freshPod();
    for (const containerId of ['A_b.c-9', 'x'.repeat(300), `${'x'.repeat(299)}y`]) {
      expectSuccess(await bench.runtime.add(pod, { containerId }));
    }
    for (const containerId of ['A_b.c-9', 'x'.repeat(300), `${'x'.repeat(299)}y`]) {
      expectSuccess(await bench.runtime.del(pod, { containerId }));
    }
    expect(bench.bin.trace()).toHaveLength(18);
    expect(bench.bin.resources()).toEqual([]);
  });

  it.each(['abcdefghijklmnop', 'ääääääää', 'a/b', 'a:b', 'a b', '.', '..', 'a\tb', 'a\u00a0b'])(
    'refuses interface %j [CNI-009]',
    async (ifname) => {
      for (const verb of ['ADD', 'CHECK', 'DEL']) await refuse(verb, { ifname }, ['CNI_IFNAME']);
    },
  );

  it('takes a name of 15 bytes [CNI-009]', async () => {
    await bench.serve([{ ifname: 'abcdefghijklmno', plugins: [{ type: 'alpha' }] }]);
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod, { ifname: 'abcdefghijklmno' }));
    expectSuccess(await bench.runtime.del(pod, { ifname: 'abcdefghijklmno' }));
    await bench.serve(three());
  });

  it("refuses the host's own namespace before anything is run [CNI-012]", async () => {
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod, { netns: '/proc/self/ns/net' }), {
      reason: 'InvalidNetns',
      names: ['CNI_NETNS'],
    });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('works with only the CNI_ variables, in any directory [CNI-020]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod, { env: { PATH: undefined } }));
    expectSuccess(await bench.runtime.del(pod, { env: { PATH: undefined }, run: { cwd: '/proc' } }));
  });

  it('ignores the CNI_VERSION of spec 0.1.0 [CNI-021]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod, { env: { CNI_VERSION: '9' } }));
    expectSuccess(await bench.runtime.del(pod, { env: { CNI_VERSION: '9' } }));
  });

  it('finds a delegate in the second directory, not in a directory of its name nor in cwd [CNI-016] [CNI-250] [CNI-251]', async () => {
    const { mkdirSync } = await import('node:fs');
    const first = `${bench.node.dirs.root}/first`;
    mkdirSync(`${first}/alpha`, { recursive: true });
    const pod = bench.freshPod();
    const path = `:${first}:${bench.node.dirs.bin}`;
    expectSuccess(await bench.runtime.add(pod, { env: { CNI_PATH: path }, run: { cwd: first } }));
    expectSuccess(await bench.runtime.del(pod, { env: { CNI_PATH: path } }));
    expect(bench.bin.trace()).toHaveLength(6);
  });
});

describe('VERSION', () => {
  const supported = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'];

  it('echoes the version asked for and lists what it speaks [CNI-120] [CNI-121] [CNI-123]', async () => {
    const call = await bench.runtime.call('VERSION', { stdin: '{"cniVersion":"0.4.0"}' });
    expectSuccess(call);
    expect(JSON.parse(call.stdout)).toEqual({ cniVersion: '0.4.0', supportedVersions: supported });
  });

  it('needs no variables, no valid container ID and no input [CNI-008] [CNI-122]', async () => {
    const dummy = { CNI_CONTAINERID: 'a%b', CNI_NETNS: 'dummy', CNI_IFNAME: 'dummy', CNI_PATH: 'dummy' };
    for (const env of [dummy, { CNI_CONTAINERID: undefined, CNI_IFNAME: undefined, CNI_PATH: undefined }]) {
      const call = await bench.runtime.call('VERSION', { env, stdin: '' });
      expectSuccess(call);
      expect(JSON.parse(call.stdout)).toEqual({ cniVersion: '1.1.0', supportedVersions: supported });
    }
  });

  it('answers within a second though standard input stays open without a byte [CNI-122]', async () => {
    const end = await run([weftBinary()], {
      env: { CNI_COMMAND: 'VERSION' },
      stdinOpen: true,
      timeoutMs: 5000,
    });
    expect(end.status).toBe(0);
    expect(end.ms).toBeLessThan(1000);
    expect(JSON.parse(end.stdout)).toMatchObject({ supportedVersions: supported });
  });

  it('answers with standard input from /dev/null [CNI-122]', async () => {
    const end = await run([weftBinary()], { env: { CNI_COMMAND: 'VERSION' } });
    expect(end.status).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ supportedVersions: supported });
  });
});

describe('the version of the configuration', () => {
  it.each(['STATUS', 'GC'])(
    'below 1.1.0 knows no %s: code 1, never success [CNI-100] [CNI-110]',
    async (verb) => {
      for (const cniVersion of ['0.4.0', '1.0.0']) {
        const stdin = JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion });
        const call = await bench.runtime.call(verb, { stdin, env: { CNI_IFNAME: undefined } });
        expectRefusal(call, { reason: 'IncompatibleVersion' });
      }
    },
  );

  it.each(['1.2.0', '9.9.9', '1.0', 'abc'])(
    'refuses a configuration of version %j with code 1 and runs nothing [CNI-035]',
    async (cniVersion) => {
      const pod = bench.freshPod();
      const stdin = JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion });
      const error = expectRefusal(await bench.runtime.add(pod, { stdin }), {
        reason: 'IncompatibleVersion',
        names: [cniVersion],
      });
      // The document is in a version that the caller can read (CNI-170).
      expect(error.cniVersion).toBe('1.1.0');
      expect(bench.bin.trace()).toEqual([]);
    },
  );

  it.each(['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0'])(
    'takes a configuration of version %s and answers in it [CNI-050]',
    async (cniVersion) => {
      const pod = bench.freshPod();
      const stdin = JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion });
      const added = await bench.runtime.add(pod, { stdin });
      expectSuccess(added);
      expect(added.result?.cniVersion).toBe(cniVersion);
      expect(added.stdout.includes('"ip4"')).toBe(cniVersion === '0.1.0' || cniVersion === '0.2.0');
      expectSuccess(await bench.runtime.del(pod, { stdin }));
    },
  );

  it('refuses CHECK below 0.4.0 with code 1 [CNI-090]', async () => {
    const pod = bench.freshPod();
    await bench.runtime.add(pod);
    bench.bin.clearLog();
    const stdin = JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion: '0.3.1' });
    expectRefusal(await bench.runtime.check(pod, { stdin }), { reason: 'IncompatibleVersion' });
    expect(bench.bin.trace()).toEqual([]);
    await bench.runtime.del(pod);
  });
});
