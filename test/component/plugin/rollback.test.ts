import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reason } from '../../../src/errors/reason.ts';
import type { ScriptLine } from '../../fakes/scripted-delegate/scripted-delegate.ts';
import { takeSnapshot } from '../../harness/auditor.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, scripted, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench({ delegate: 700 });
});
afterAll(() => bench.dispose());

function processesOf(pod: Pod): readonly string[] {
  const marker = `CNI_CONTAINERID=${pod.containerId}`;
  return takeSnapshot({ netns: [], dirs: {}, processMarkers: [marker] }).lines;
}

describe('a delegate that fails in ADD', () => {
  it('is deleted with all before it, in reverse, and its error and code reach the runtime [CNI-056] [CNI-057] [CNI-282] [NPWG-120] [NPWG-121]', async () => {
    await bench.serve(three({ beta: ['ADD: take', 'ADD: error 11 pool of addresses is empty'] }));
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), {
      reason: 'DelegateFailed',
      code: 11,
      names: ['test/net-net1', 'ADD net1', 'beta', 'pool of addresses is empty'],
    });
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.resourcesOf(pod)).toEqual([]);
    bench.bin.clearLog();
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual([]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('rolls back a whole chain, those never started too [CNI-282]', async () => {
    const fails = { beta: ['ADD: error 100 no'] };
    const plugins = ['alpha', 'beta', 'gamma'].map((type) => scripted(type, fails));
    await bench.serve([{ ifname: 'eth0', plugins }]);
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), { reason: 'DelegateFailed', code: 100, names: ['no'] });
    expect(bench.bin.trace()).toEqual([
      'ADD alpha eth0',
      'ADD beta eth0',
      'DEL gamma eth0',
      'DEL beta eth0',
      'DEL alpha eth0',
    ]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('never answers ADD with code 3, which would tell the runtime not to clean up [CNI-173]', async () => {
    await bench.serve(three({ beta: ['ADD: error 3 unknown container'] }));
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expect(call.error?.code).toBeGreaterThan(3);
    await bench.runtime.del(pod);
  });

  it('lets the next ADD of the same sandbox work [F14]', async () => {
    await bench.serve(three({ gamma: ['ADD: fail-times 1 11 not yet'] }));
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), { reason: 'DelegateFailed', code: 11 });
    expect(bench.resourcesOf(pod)).toEqual([]);
    expectSuccess(await bench.runtime.add(pod));
    expect(bench.resourcesOf(pod)).toHaveLength(3);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('keeps what rollback cannot undo, reports the ADD error, and DEL finishes it', async () => {
    await bench.serve(three({ alpha: ['DEL: fail-times 1 11 busy'], gamma: ['ADD: error 105 first'] }));
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), { reason: 'DelegateFailed', code: 105, names: ['first'] });
    expect(bench.resourcesOf(pod)).toEqual(['alpha eth0']);
    bench.bin.clearLog();
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual(['DEL alpha eth0']);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('a delegate that misbehaves in ADD', () => {
  it.each<[string, readonly ScriptLine[], Reason, number]>([
    ['prints nothing [CNI-256]', ['ADD: silent'], 'DelegateOutput', 6],
    ['prints text', ['ADD: print hello world'], 'DelegateOutput', 6],
    ['prints 4 KiB of bytes that are no text', ['ADD: garbage 4096'], 'DelegateOutput', 6],
    ['prints a list', ['ADD: print []'], 'DelegateOutput', 6],
    [
      'prints an address without address [CNI-493]',
      ['ADD: print {"cniVersion":"1.0.0","ips":[{}]}'],
      'DelegateOutput',
      6,
    ],
    ['prints two documents', ['ADD: result', 'ADD: result'], 'DelegateOutput', 6],
    ['prints a result of an unknown version', ['ADD: print {"cniVersion":"9.9.9"}'], 'DelegateOutput', 6],
    ['prints 8 MiB', ['ADD: flood-stdout 8388608'], 'DelegateOutput', 6],
    [
      'makes another interface [CNI-010]',
      ['ADD: print {"cniVersion":"1.0.0","interfaces":[{"name":"x9","sandbox":"/s"}]}'],
      'DelegateOutput',
      6,
    ],
    ['fails without a word [CNI-257]', ['ADD: take', 'ADD: exit 3'], 'DelegateFailed', 100],
    ['fails with text on stdout', ['ADD: take', 'ADD: print oops', 'ADD: exit 1'], 'DelegateFailed', 100],
    ['fails with bytes on stdout', ['ADD: take', 'ADD: garbage 500', 'ADD: exit 1'], 'DelegateFailed', 100],
    ['fails with code 0', ['ADD: take', 'ADD: error 0 zero'], 'DelegateFailed', 100],
    ['dies by SIGSEGV [CNI-261]', ['ADD: take', 'ADD: signal 11'], 'DelegateFailed', 100],
    ['dies by SIGKILL', ['ADD: take', 'ADD: signal 9'], 'DelegateFailed', 100],
  ])('is rolled back and named: %s', async (_what, script, reason, code) => {
    await bench.serve(three({ beta: script }));
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), {
      reason,
      code,
      // The plugin is not at fault alone where the chain as a whole made something else.
      names: ['test/net-net1', 'ADD net1', script[0]?.includes('x9') === true ? 'x9' : 'beta'],
    });
    expect(bench.bin.trace().slice(-2)).toEqual(['DEL beta net1', 'DEL alpha eth0']);
    expect(bench.resourcesOf(pod)).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('quotes the last line of stderr when that is all there is [CNI-257]', async () => {
    await bench.serve(three({ beta: ['ADD: stderr first', 'ADD: stderr the real cause', 'ADD: exit 1'] }));
    const pod = bench.freshPod();
    expectRefusal(await bench.runtime.add(pod), {
      reason: 'DelegateFailed',
      code: 100,
      names: ['the real cause'],
    });
    await bench.runtime.del(pod);
  });

  it.each<[string, readonly ScriptLine[]]>([
    ['hangs', ['ADD: take', 'ADD: hang']],
    ['ignores SIGTERM', ['ADD: take', 'ADD: ignore-term', 'ADD: hang']],
    ['hangs with grandchildren', ['ADD: take', 'ADD: fork-hold 60000', 'ADD: fork-quiet 60000', 'ADD: hang']],
    ['floods stderr for ever', ['ADD: take', 'ADD: flood-stderr 100000000', 'ADD: hang']],
  ])('is killed with its whole group at its deadline: %s [CNI-334] [F22]', async (_what, script) => {
    await bench.serve(three({ beta: script }));
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expectRefusal(call, { reason: 'DelegateTimeout', names: ['test/net-net1', 'ADD net1', 'beta'] });
    expect(call.ms).toBeGreaterThan(650);
    expect(call.ms).toBeLessThan(2500);
    expect(processesOf(pod)).toEqual([]);
    expect(bench.resourcesOf(pod)).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('obeys the deadline of the plan where that is shorter, never one that is longer', async () => {
    for (const [deadlineMs, delegate, atMost] of [
      [200, 5000, 2500],
      [60_000, 700, 4000],
    ] as const) {
      await bench.serve([
        { ifname: 'eth0', plugins: [{ type: 'alpha' }] },
        { ifname: 'net1', deadlineMs, plugins: [scripted('beta', { beta: ['ADD: hang'] })] },
      ]);
      const pod = bench.freshPod();
      const call = await bench.runtimeWith({ delegate }).add(pod);
      expectRefusal(call, { reason: 'DelegateTimeout' });
      expect(call.ms).toBeLessThan(atMost);
      expectSuccess(await bench.runtime.del(pod));
    }
  });

  it('does not keep ADD waiting by a grandchild that holds its pipes [CNI-264]', async () => {
    await bench.serve(three({ beta: ['ADD: fork-hold 60000'] }));
    const pod = bench.freshPod();
    const call = await bench.runtime.add(pod);
    expectSuccess(call);
    // The grandchild would hold them for a minute.
    expect(call.ms).toBeLessThan(5000);
    for (const line of processesOf(pod)) process.kill(Number(line.split(' ')[1]), 'SIGKILL');
    expectSuccess(await bench.runtime.del(pod));
    await expect.poll(() => bench.remainsOf(pod)).toEqual([]);
  });

  it('may flood stderr and succeed [CNI-019]', async () => {
    await bench.serve(three({ beta: ['ADD: flood-stderr 3000000'] }));
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
  });

  it('may end without reading its input [CNI-255]', async () => {
    const pad = 'x'.repeat(1024 * 1024);
    await bench.serve([
      { ifname: 'eth0', plugins: [{ type: 'alpha' }] },
      { ifname: 'net1', plugins: [{ type: 'beta', pad }] },
    ]);
    // Not from the configuration: the delegate does not read it.
    const answer = '{"cniVersion":"1.0.0","interfaces":[{"name":"net1","sandbox":"/x"}]}';
    bench.bin.scriptFor('beta', [`ADD: print ${answer}`, 'deaf']);
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.del(pod));
    bench.bin.unscript('beta');
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('the plugin killed in the middle', () => {
  it('takes its delegate with it, and the next DEL undoes what was begun [CNI-335]', async () => {
    await bench.serve(three({ beta: ['ADD: take', 'ADD: sleep 60000'] }));
    const pod = bench.freshPod();
    let weft = 0;
    const adding = bench.runtimeWith({}).add(pod, { run: { onSpawn: (pid) => (weft = pid) } });
    await expect.poll(() => bench.resourcesOf(pod).length, { timeout: 5000 }).toBe(2);
    process.kill(weft, 'SIGKILL');
    expect((await adding).signal).toBe('SIGKILL');
    await expect.poll(() => processesOf(pod), { timeout: 2000 }).toEqual([]);
    bench.bin.clearLog();
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual(['DEL beta net1', 'DEL alpha eth0']);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('leaves a grandchild behind at most until the DEL, which kills it first', async () => {
    await bench.serve(three({ beta: ['ADD: take', 'ADD: fork-quiet 60000', 'ADD: sleep 60000'] }));
    const pod = bench.freshPod();
    let weft = 0;
    const adding = bench.runtimeWith({}).add(pod, { run: { onSpawn: (pid) => (weft = pid) } });
    await expect.poll(() => bench.resourcesOf(pod).length, { timeout: 5000 }).toBe(2);
    await expect.poll(() => processesOf(pod).length, { timeout: 2000 }).toBeGreaterThanOrEqual(3);
    process.kill(weft, 'SIGKILL');
    await adding;
    expectSuccess(await bench.runtime.del(pod));
    expect(processesOf(pod)).toEqual([]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('has an ADD over its unfinished record finish the DEL first [CNI-058]', async () => {
    await bench.serve(three({ beta: ['ADD: take', 'ADD: sleep 60000'] }));
    const pod = bench.freshPod();
    let weft = 0;
    const adding = bench.runtimeWith({}).add(pod, { run: { onSpawn: (pid) => (weft = pid) } });
    await expect.poll(() => bench.resourcesOf(pod).length, { timeout: 5000 }).toBe(2);
    process.kill(weft, 'SIGKILL');
    await adding;
    bench.bin.clearLog();
    await bench.serve(three());
    expectSuccess(await bench.runtime.add(pod));
    expect(bench.bin.trace()).toEqual([
      'DEL beta net1',
      'DEL alpha eth0',
      'ADD alpha eth0',
      'ADD beta net1',
      'ADD gamma net2',
    ]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('a delegate that is replaced while it is wanted', () => {
  it('is tried again while its file is open for writing [CNI-260]', async () => {
    const { openSync, closeSync, writeSync } = await import('node:fs');
    await bench.serve([{ ifname: 'eth0', plugins: [{ type: 'busy' }] }]);
    bench.bin.install('busy');
    const path = `${bench.node.dirs.bin}/busy`;
    const bytes = readFileSync(path);
    const fd = openSync(path, 'r+');
    writeSync(fd, bytes, 0, 1, 0);
    const pod = bench.freshPod();
    const adding = bench.runtimeWith({ delegate: 8000 }).add(pod);
    await new Promise((resolve) => setTimeout(resolve, 600));
    closeSync(fd);
    const call = await adding;
    expectSuccess(call);
    expect(call.ms).toBeGreaterThan(600);
    expectSuccess(await bench.runtime.del(pod));
  });
});
