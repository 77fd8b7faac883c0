import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileC } from '../../fakes/compile-c.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { mustRun } from '../../harness/run.ts';
import { podArgs } from '../../harness/runtime.ts';
import { PluginBench, three } from '../plugin/fixture.ts';

const trace = {
  TRACEPARENT: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  TRACESTATE: 'rojo=00f067aa0ba902b7,congo=t61rcWkgMzE',
  BAGGAGE: 'userId=alice,serverNode=DF%2028',
};

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
beforeEach(() => bench.serve(three()));
afterAll(() => bench.dispose());

describe("the caller's trace context", () => {
  it('reaches every delegate of ADD, CHECK and DEL unchanged [CNI-350]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod, { env: trace }));
    expectSuccess(await bench.runtime.check(pod, { env: trace }));
    expectSuccess(await bench.runtime.del(pod, { env: trace }));
    const calls = bench.bin.calls();
    expect(calls).toHaveLength(9);
    for (const call of calls) expect(call.env).toMatchObject(trace);
  });

  it('is not made up where there is none [CNI-350]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
    for (const { env } of bench.bin.calls()) {
      for (const name of Object.keys(trace)) expect(env).not.toHaveProperty(name);
    }
  });
});

describe("a delegate's environment", () => {
  it('holds no name twice, though the one that weft got does [CNI-351]', async () => {
    const pod = bench.freshPod();
    const entries = [
      'TRACEPARENT=first',
      'TRACEPARENT=second',
      'CNI_COMMAND=ADD',
      `CNI_CONTAINERID=${pod.containerId}`,
      `CNI_NETNS=${pod.netns}`,
      'CNI_IFNAME=eth0',
      'CNI_IFNAME=eth7',
      `CNI_ARGS=${podArgs}`,
      'CNI_ARGS=IgnoreUnknown=1',
      `CNI_PATH=${bench.node.dirs.bin}`,
      'CNI_PATH=/nowhere',
      'EMPTY=',
      'EMPTY=not',
      'no variable',
    ];
    const program = compileC(join(import.meta.dirname, '../../fakes/raw-environment/raw-environment.c'));
    expectSuccess(await bench.runtime.add(pod, { through: [program, ...entries, '--'] }));
    const calls = bench.bin.calls();
    expect(calls.map((call) => call.ifname)).toEqual(['eth0', 'net1', 'net2']);
    for (const { env, repeated } of calls) {
      expect(repeated).toEqual([]);
      // The first one counts, as for getenv and Go.
      expect(env).toMatchObject({ TRACEPARENT: 'first', CNI_ARGS: podArgs, CNI_PATH: bench.node.dirs.bin });
      expect(env['EMPTY']).toBe('');
    }
    expectSuccess(await bench.runtime.del(pod));
  });

  it('is seen by the fake delegate as it is: twice what is there twice', () => {
    const program = compileC(join(import.meta.dirname, '../../fakes/raw-environment/raw-environment.c'));
    bench.bin.clearLog();
    const alpha = join(bench.node.dirs.bin, 'alpha');
    mustRun([program, 'A=1', 'B=1', 'A=2', 'AB=3', 'CNI_COMMAND=CHECK', '--', alpha]);
    expect(bench.bin.calls().map(({ repeated }) => repeated)).toEqual([['A']]);
  });

  it('has all six variables of CNI, empty ones too, and never those that weft was called with [CNI-252]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod, { env: { CNI_ARGS: undefined, OTHER: 'kept' } }));
    bench.node.removePod(pod);
    expectSuccess(await bench.runtime.del(pod, { env: { CNI_NETNS: undefined, CNI_ARGS: undefined } }));
    const calls = bench.bin.calls();
    expect(calls).toHaveLength(6);
    for (const { verb, ifname, env } of calls) {
      const cni = Object.entries(env).filter(([name]) => name.startsWith('CNI_'));
      expect(Object.fromEntries(cni)).toEqual({
        CNI_COMMAND: verb,
        CNI_CONTAINERID: pod.containerId,
        CNI_NETNS: verb === 'ADD' ? pod.netns : '',
        CNI_IFNAME: ifname,
        CNI_ARGS: '',
        CNI_PATH: bench.node.dirs.bin,
      });
    }
    expect(calls.map(({ env }) => env['OTHER'])).toEqual(['kept', 'kept', 'kept', ...new Array(3)]);
  });
});

describe('the search for a plugin', () => {
  /** An empty directory of its own. */
  function directory(name: string): string {
    const path = join(bench.node.dirs.root, name);
    mkdirSync(path);
    return path;
  }

  it('follows links, passes over directories and empty parts, and looks nowhere else [CNI-250] [CNI-251]', async () => {
    const [links, here] = [directory('links'), directory('here')];
    mkdirSync(join(links, 'alpha'));
    symlinkSync(join(bench.node.dirs.bin, 'beta'), join(links, 'beta'));
    for (const type of ['alpha', 'beta', 'gamma']) writeFileSync(join(here, type), '', { mode: 0o755 });
    const path = `:${links}::${bench.node.dirs.bin}:`;
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod, { env: { CNI_PATH: path }, run: { cwd: here } }));
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1', 'ADD gamma net2']);
    for (const { env } of bench.bin.calls()) {
      expect(env['CNI_PATH']).toBe(`${links}:${bench.node.dirs.bin}`);
    }
    expectSuccess(await bench.runtime.del(pod, { env: { CNI_PATH: path } }));
  });

  it('ends at the first file of that name, whether it can be executed or not [CNI-250] [CNI-261]', async () => {
    const plain = directory('plain');
    copyFileSync(join(bench.node.dirs.bin, 'beta'), join(plain, 'beta'));
    writeFileSync(join(plain, 'beta'), 'no program', { mode: 0o644 });
    mustRun(['chmod', '0644', join(plain, 'beta')]);
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod, { env: { CNI_PATH: `${plain}:${bench.node.dirs.bin}` } });
    expectRefusal(call, { reason: 'PluginNotRunnable', names: [`${plain}/beta`, 'EACCES'] });
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.resourcesOf(pod)).toEqual([]);
  });
});

describe('a plugin whose file stays open for writing', () => {
  it('is an error after some tries, of DEL too: nothing passes for a success [CNI-260]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    const path = join(bench.node.dirs.bin, 'gamma');
    const bytes = readFileSync(path);
    const fd = openSync(path, 'r+');
    writeSync(fd, bytes, 0, 1, 0);
    const call = await bench.runtimeWith({ delegate: 900, del: 2700 }).del(pod);
    expectRefusal(call, { reason: 'TeardownFailed', names: ['test/net-net2', 'gamma', 'ETXTBSY'] });
    const other = bench.node.pod();
    const added = await bench.runtimeWith({ delegate: 900 }).add(other);
    expectRefusal(added, { reason: 'PluginNotRunnable', names: ['test/net-net2', 'gamma', 'ETXTBSY'] });
    closeSync(fd);
    for (const one of [pod, other]) {
      expectSuccess(await bench.runtime.del(one));
      expect(bench.remainsOf(one)).toEqual([]);
    }
  });
});

describe("the sandbox's namespace", () => {
  const inode = (path: string): number => statSync(path).ino;

  it('is neither made nor removed, by no verb and no failure [CNI-333]', async () => {
    const pod = bench.freshPod();
    const before = inode(pod.netns);
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    expectSuccess(await bench.runtime.del(pod));
    await bench.serve(three({ gamma: ['ADD: error 100 no'] }));
    expectRefusal(await bench.runtime.add(pod), { reason: 'DelegateFailed', code: 100 });
    expectSuccess(await bench.runtime.del(pod));
    expect(inode(pod.netns)).toBe(before);
    // And it is a namespace still: something can be run in it.
    expect(mustRun(['ip', '-n', pod.netnsName, '-br', 'link', 'show', 'lo'])).toContain('lo');
  });

  it('that is not there stays away, through an ADD and through a DEL [CNI-333]', async () => {
    const pod = bench.freshPod();
    const netns = `${pod.netns}-gone`;
    expectRefusal(await bench.runtime.add(pod, { netns }), { reason: 'InvalidNetns', names: [netns] });
    expect(existsSync(netns)).toBe(false);
    expectSuccess(await bench.runtime.del(pod, { netns }));
    expect(existsSync(netns)).toBe(false);
    expect(bench.bin.trace()).toEqual([]);
  });
});
