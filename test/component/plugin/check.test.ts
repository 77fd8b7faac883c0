import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
beforeEach(() => bench.serve(three()));
afterAll(() => bench.dispose());

async function attached(): Promise<Pod> {
  const pod = bench.freshPod();
  expectSuccess(await bench.runtime.add(pod));
  bench.bin.clearLog();
  return pod;
}

describe('CHECK', () => {
  it('runs every attachment in order, each with its own result, and prints nothing [CNI-094] [CNI-096]', async () => {
    const pod = await attached();
    const call = await bench.runtime.check(pod);
    expectSuccess(call);
    expect(call.stdout).toBe('');
    expect(bench.bin.trace()).toEqual(['CHECK alpha eth0', 'CHECK beta net1', 'CHECK gamma net2']);
    const own = bench.bin.calls().map((one) => {
      const stdin = JSON.parse(one.stdin.toString()) as { prevResult: { interfaces: { name: string }[] } };
      return stdin.prevResult.interfaces[0]?.name;
    });
    expect(own).toEqual(['eth0', 'net1', 'net2']);
    await bench.runtime.del(pod);
  });

  it('fails with the code of the attachment that is broken, naming it', async () => {
    const pod = await attached();
    bench.bin.scriptFor('beta', ['CHECK: error 107 address is gone']);
    expectRefusal(await bench.runtime.check(pod), {
      reason: 'CheckFailed',
      code: 107,
      names: ['test/net-net1', 'CHECK net1', 'address is gone'],
    });
    bench.bin.unscript('beta');
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('passes over chains that cannot be checked [CNI-097]', async () => {
    await bench.serve([
      { ifname: 'eth0', plugins: [{ type: 'alpha' }] },
      { ifname: 'net1', cniVersion: '0.3.1', plugins: [{ type: 'beta' }] },
      { ifname: 'net2', disableCheck: true, plugins: [{ type: 'gamma' }] },
    ]);
    const pod = await attached();
    expectSuccess(await bench.runtime.check(pod));
    expect(bench.bin.trace()).toEqual(['CHECK alpha eth0']);
    await bench.runtime.del(pod);
  });

  it('passes over a default network older than 0.4.0, and checks the others [CNI-455]', async () => {
    for (const version of ['0.1.0', '0.2.0', '0.3.0', '0.3.1']) {
      await bench.serve([
        { ifname: 'eth0', cniVersion: version, plugins: [{ type: 'alpha' }] },
        { ifname: 'net1', plugins: [{ type: 'beta' }] },
      ]);
      const pod = await attached();
      const call = await bench.runtime.check(pod);
      expectSuccess(call);
      expect(call.stdout).toBe('');
      expect(bench.bin.trace()).toEqual(['CHECK beta net1']);
      expectSuccess(await bench.runtime.del(pod));
    }
  });

  it('works while the agent is away', async () => {
    const pod = await attached();
    await bench.stopAgent();
    expectSuccess(await bench.runtime.check(pod));
    expect(bench.bin.trace()).toHaveLength(3);
    await bench.runtime.del(pod);
  });

  it('is refused for a sandbox that weft does not know, and after DEL, running nothing [CNI-294]', async () => {
    const unknown = bench.freshPod();
    const prevResult = { cniVersion: '1.0.0', interfaces: [] };
    expectRefusal(await bench.runtime.check(unknown, { prevResult }), { reason: 'NotAttached' });
    const pod = await attached();
    await bench.runtime.del(pod);
    bench.bin.clearLog();
    expectRefusal(await bench.runtime.check(pod, { prevResult }), { reason: 'NotAttached' });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('needs the previous result, as the specification says [CNI-091]', async () => {
    const pod = await attached();
    const stdin = JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion: '1.0.0' });
    expectRefusal(await bench.runtime.check(pod, { stdin }), {
      reason: 'InvalidConfig',
      names: ['prevResult'],
    });
    await bench.runtime.del(pod);
  });
});
