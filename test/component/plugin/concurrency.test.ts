import { writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { sleep } from '../../harness/run.ts';
import type { CniCall } from '../../harness/runtime.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

let gates = 0;

/** A file that scripts wait for, and how to make it. */
function gate(): { readonly path: string; readonly open: () => void } {
  gates += 1;
  const path = `${bench.node.dirs.root}/gate-${gates}`;
  return { path, open: () => writeFileSync(path, '') };
}

describe('operations on one container', () => {
  it('wait for each other: DEL during ADD runs after it and leaves nothing [CNI-331]', async () => {
    const door = gate();
    await bench.serve(three({ beta: [`ADD: await ${door.path}`] }));
    const pod = bench.freshPod();
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD beta net1');
    const deleting = bench.runtime.del(pod);
    await sleep(300);
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1']);
    door.open();
    expectSuccess(await adding);
    expectSuccess(await deleting);
    expect(bench.bin.trace().slice(2)).toEqual([
      'ADD gamma net2',
      'DEL gamma net2',
      'DEL beta net1',
      'DEL alpha eth0',
    ]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('wait across interfaces of the container too [CNI-330]', async () => {
    const door = gate();
    await bench.serve(three({ alpha: [`ADD: await ${door.path}`] }));
    const pod = bench.freshPod();
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD alpha eth0');
    let ended = false;
    const deleting = bench.runtime.del(pod, { ifname: 'eth5' }).finally(() => {
      ended = true;
    });
    await sleep(300);
    expect(ended).toBe(false);
    door.open();
    expectSuccess(await adding);
    expectSuccess(await deleting);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('give up with code 11 when the other does not end in time, and run nothing', async () => {
    const door = gate();
    await bench.serve(three({ alpha: [`ADD: await ${door.path}`] }));
    const pod = bench.freshPod();
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD alpha eth0');
    const impatient = bench.runtimeWith({ lock: 300 });
    for (const call of [
      await impatient.add(pod),
      await impatient.del(pod),
      await impatient.check(pod, { prevResult: { cniVersion: '1.0.0' } }),
    ]) {
      expectRefusal(call, { reason: 'SandboxBusy' });
      expect(call.ms).toBeGreaterThan(250);
      expect(call.ms).toBeLessThan(1000);
    }
    expect(bench.bin.trace()).toEqual(['ADD alpha eth0']);
    door.open();
    expectSuccess(await adding);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('of twenty DELs at once all succeed and each delegate is deleted once', async () => {
    await bench.serve(three());
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    bench.bin.clearLog();
    const calls = await Promise.all(Array.from({ length: 20 }, () => bench.runtime.del(pod)));
    for (const call of calls) expectSuccess(call);
    expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('of ten ADDs and ten DELs at once never overlap and leave nothing after a last DEL', async () => {
    await bench.serve(three());
    const pod = bench.freshPod();
    const storm = Array.from({ length: 20 }, (_, index) =>
      index % 2 ? bench.runtime.del(pod) : bench.runtime.add(pod),
    );
    for (const call of await Promise.all(storm)) {
      if (call.status !== 0) expectRefusal(call, { reason: 'AttachmentExists' });
    }
    const calls = bench.bin.calls();
    for (const [index, call] of calls.entries()) {
      const next = calls[index + 1];
      if (next !== undefined)
        expect(next.startUs).toBeGreaterThanOrEqual(call.endUs ?? Number.POSITIVE_INFINITY);
    }
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.resourcesOf(pod)).toEqual([]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('an ADD over a live attachment', () => {
  it('is refused, runs nothing and leaves what is there alone [CNI-058]', async () => {
    await bench.serve(three());
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    bench.bin.clearLog();
    const before = bench.record(pod);
    expectRefusal(await bench.runtime.add(pod), { reason: 'AttachmentExists' });
    expect(bench.bin.trace()).toEqual([]);
    expect(bench.record(pod)).toEqual(before);
    expect(bench.resourcesOf(pod)).toHaveLength(3);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toHaveLength(3);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('operations on different containers', () => {
  it('run in parallel, fifty at once, and none harms another [CNI-059] [CNI-336]', async () => {
    await bench.serve(three({ alpha: ['ADD: sleep 300'] }));
    bench.bin.clearLog();
    const pods = Array.from({ length: 50 }, () => bench.node.pod());
    const started = performance.now();
    for (const call of await Promise.all(pods.map((pod) => bench.runtime.add(pod)))) expectSuccess(call);
    // One after the other would sleep for 15 s alone.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(bench.bin.resources()).toHaveLength(150);
    for (const call of await Promise.all(pods.map((pod) => bench.runtime.del(pod)))) expectSuccess(call);
    expect(bench.bin.resources()).toEqual([]);
    for (const pod of pods) expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('are not slowed down by a storm of DELs for sandboxes that never were [F11]', async () => {
    await bench.serve(three());
    bench.bin.clearLog();
    const pods = Array.from({ length: 10 }, () => bench.node.pod());
    const unknown = (index: number): Promise<CniCall> =>
      bench.runtime.call('DEL', { containerId: `never-${index}`, netns: '/run/netns/gone' });
    const dels = (async () => {
      const calls: CniCall[] = [];
      // Four at a time, as a runtime that catches up does.
      for (let index = 0; index < 200; index += 4) {
        calls.push(...(await Promise.all([0, 1, 2, 3].map((one) => unknown(index + one)))));
      }
      return calls;
    })();
    for (const pod of pods) expectSuccess(await bench.runtime.add(pod));
    const calls = await dels;
    for (const call of calls) expectSuccess(call);
    expect(Math.max(...calls.map((call) => call.ms))).toBeLessThan(1000);
    expect(bench.bin.trace().filter((line) => line.startsWith('DEL'))).toEqual([]);
    for (const pod of pods) expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.resources()).toEqual([]);
  });
});
