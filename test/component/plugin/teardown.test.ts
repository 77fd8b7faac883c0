import { existsSync, renameSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, three } from './fixture.ts';
import { makeDue } from './record-file.ts';

const names = ['alpha', 'beta', 'gamma'];

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
beforeEach(async () => {
  bench.forgetRecords();
  for (const type of names) bench.bin.unscript(type);
  await bench.serve(three());
});
afterAll(() => bench.dispose());

/** A pod with all three attached. */
async function attached(): Promise<Pod> {
  const pod = bench.freshPod();
  expectSuccess(await bench.runtime.add(pod));
  bench.bin.clearLog();
  return pod;
}

/** Turns the pod's teardown of `type` into a leftover. */
async function leaveBehind(pod: Pod, type: string): Promise<void> {
  bench.bin.scriptFor(type, ['DEL: error 100 stuck']);
  for (let call = 0; call < 5; call += 1) {
    if ((await bench.runtime.del(pod)).status === 0) break;
  }
  bench.bin.clearLog();
}

describe('a DEL that fails in part', () => {
  it('tries every attachment, names the failed one and keeps its code [CNI-074] [CNI-075] [CNI-486] [NPWG-123] [NPWG-124] [F13]', async () => {
    const pod = await attached();
    bench.bin.scriptFor('gamma', ['DEL: error 100 switch does not answer']);
    expectRefusal(await bench.runtime.del(pod), {
      reason: 'TeardownFailed',
      code: 100,
      names: ['test/net-net2', 'DEL net2', 'gamma', 'switch does not answer'],
    });
    bench.bin.unscript('gamma');
    expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    bench.bin.clearLog();
    expectSuccess(await bench.runtime.del(pod));
    // What is undone is not undone again.
    expect(bench.bin.trace()).toEqual(['DEL gamma net2']);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('stops inside a chain at the first error [CNI-283] [CNI-486]', async () => {
    await bench.serve([{ ifname: 'eth0', plugins: names.map((type) => ({ type })) }]);
    const pod = await attached();
    bench.bin.scriptFor('beta', ['DEL: error 100 no']);
    expectRefusal(await bench.runtime.del(pod), { reason: 'TeardownFailed', code: 100 });
    expect(bench.bin.trace()).toEqual(['DEL gamma eth0', 'DEL beta eth0']);
    bench.bin.unscript('beta');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('fails for three calls, then stands as a durable leftover and succeeds [CNI-075] [NPWG-127]', async () => {
    const pod = await attached();
    bench.bin.scriptFor('beta', ['DEL: error 100 stuck']);
    const statuses: unknown[] = [];
    for (let call = 0; call < 4; call += 1)
      statuses.push((await bench.runtime.del(pod)).error?.code ?? 'success');
    expect(statuses).toEqual([100, 100, 100, 'success']);
    expect(bench.filesOf(pod)).toEqual([`${pod.containerId}:eth0.leftover.json`]);
    expect(bench.filesOf(pod, 'run')).toEqual([]);
    expect(bench.resourcesOf(pod)).toEqual(['beta net1']);
    bench.bin.unscript('beta');
    makeDue(bench.recordPath(pod, 'state', '.leftover.json'));
    expectSuccess(await bench.runtime.del(bench.node.pod()));
    expect(bench.resourcesOf(pod)).toEqual([]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('never says "not found", which callers take for success [CNI-078]', async () => {
    const pod = await attached();
    bench.bin.scriptFor('beta', ['DEL: error 100 device not found: no such file or directory']);
    const call = await bench.runtime.del(pod);
    expect(call.status).not.toBe(0);
    expect(call.stdout).not.toMatch(/not found|no such file or directory/i);
    bench.bin.unscript('beta');
    expectSuccess(await bench.runtime.del(pod));
  });

  it('fails while a plugin is missing, and succeeds when it is back [CNI-292]', async () => {
    const pod = await attached();
    const path = `${bench.node.dirs.bin}/beta`;
    renameSync(path, `${path}.away`);
    expectRefusal(await bench.runtime.del(pod), {
      reason: 'TeardownFailed',
      names: ['test/net-net1', 'beta'],
    });
    renameSync(`${path}.away`, path);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('starves no other attachment when one hangs', async () => {
    const pod = await attached();
    bench.bin.scriptFor('beta', ['DEL: ignore-term', 'DEL: fork-hold 60000', 'DEL: hang']);
    const call = await bench.runtimeWith({ del: 1500 }).del(pod);
    expectRefusal(call, { reason: 'TeardownFailed', names: ['test/net-net1', 'DEL net1', 'beta'] });
    expect(call.ms).toBeLessThan(3000);
    expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.resourcesOf(pod)).toEqual(['beta net1']);
    expect(bench.remainsOf(pod).filter((line) => line.includes('process'))).toEqual([]);
    bench.bin.unscript('beta');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('stays within its time though every delegate hangs', async () => {
    const pod = await attached();
    for (const type of names) bench.bin.scriptFor(type, ['DEL: hang']);
    const call = await bench.runtimeWith({ del: 900 }).del(pod);
    expect(call.status).not.toBe(0);
    expect(call.ms).toBeLessThan(2500);
    expect(bench.bin.trace()).toHaveLength(3);
    for (const type of names) bench.bin.unscript(type);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['prints text and exits with 1', ['DEL: print hello', 'DEL: exit 1']],
    ['dies by a signal', ['DEL: signal 11']],
    ['prints bytes and exits with 1', ['DEL: garbage 2000', 'DEL: exit 1']],
  ])('is readable when a delegate %s', async (_what, script) => {
    const pod = await attached();
    bench.bin.scriptFor('beta', script);
    expectRefusal(await bench.runtime.del(pod), {
      reason: 'TeardownFailed',
      code: 100,
      names: ['test/net-net1', 'beta'],
    });
    bench.bin.unscript('beta');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('does not mind what a delegate prints when it succeeds [CNI-256]', async () => {
    const pod = await attached();
    bench.bin.scriptFor('beta', ['DEL: garbage 3000']);
    expectSuccess(await bench.runtime.del(pod));
    bench.bin.unscript('beta');
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('leftovers', () => {
  it('are tried again by DELs of other sandboxes, one at a time, never by ADD', async () => {
    const pods = [await attached(), await attached()];
    for (const pod of pods) await leaveBehind(pod, 'alpha');
    const paths = pods.map((pod) => bench.recordPath(pod, 'state', '.leftover.json'));
    for (const path of paths) makeDue(path);
    bench.bin.unscript('alpha');

    const other = await attached();
    expect(paths.map((path) => existsSync(path))).toEqual([true, true]);
    expectSuccess(await bench.runtime.del(other));
    expect(paths.filter((path) => existsSync(path))).toHaveLength(1);
    expectSuccess(await bench.runtime.del(other));
    expect(paths.filter((path) => existsSync(path))).toHaveLength(0);
    for (const pod of pods) expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('that fail again wait longer and do not fail the DEL that tried them', async () => {
    const pod = await attached();
    await leaveBehind(pod, 'alpha');
    const path = bench.recordPath(pod, 'state', '.leftover.json');
    makeDue(path);
    const other = bench.node.pod();
    expectSuccess(await bench.runtime.del(other));
    expect(bench.bin.trace()).toEqual(['DEL alpha eth0']);
    expectSuccess(await bench.runtime.del(other));
    expect(bench.bin.trace()).toEqual(['DEL alpha eth0']);
    bench.bin.unscript('alpha');
    makeDue(path);
    expectSuccess(await bench.runtime.del(other));
    expect(existsSync(path)).toBe(false);
  });

  it('that hang cost a DEL at most 2 s', async () => {
    const pod = await attached();
    await leaveBehind(pod, 'alpha');
    makeDue(bench.recordPath(pod, 'state', '.leftover.json'));
    bench.bin.scriptFor('alpha', ['DEL: hang']);
    const call = await bench.runtime.del(bench.node.pod());
    bench.bin.unscript('alpha');
    expectSuccess(call);
    expect(call.ms).toBeLessThan(3500);
    makeDue(bench.recordPath(pod, 'state', '.leftover.json'));
    expectSuccess(await bench.runtime.del(bench.node.pod()));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('of a sandbox are done by its own next DEL', async () => {
    const pod = await attached();
    await leaveBehind(pod, 'alpha');
    bench.bin.unscript('alpha');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('whose namespace is gone are undone without one [CNI-072]', async () => {
    const pod = await attached();
    await leaveBehind(pod, 'alpha');
    bench.node.removePod(pod);
    bench.bin.unscript('alpha');
    makeDue(bench.recordPath(pod, 'state', '.leftover.json'));
    expectSuccess(await bench.runtime.del(bench.node.pod()));
    expect(bench.bin.calls().map((call) => call.netns)).toEqual(['']);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});
