import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { FakeAttachment } from '../../fakes/plan.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench } from '../plugin/fixture.ts';

const chain = ['alpha', 'beta', 'gamma'];

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterEach(() => {
  for (const type of [...chain, 'delta']) bench.bin.unscript(type);
});
afterAll(() => bench.dispose());

/** A chain of three on eth0, and one more network. */
function attachments(more: Partial<FakeAttachment> = {}): readonly FakeAttachment[] {
  return [
    { ifname: 'eth0', plugins: chain.map((type) => ({ type })), ...more },
    { ifname: 'net1', plugins: [{ type: 'delta' }], ...more },
  ];
}

async function attached(more: Partial<FakeAttachment> = {}): Promise<Pod> {
  await bench.serve(attachments(more));
  const pod = bench.freshPod();
  expectSuccess(await bench.runtime.add(pod));
  bench.bin.clearLog();
  return pod;
}

function ownStdin(cniVersion: string): string {
  const prevResult = { cniVersion, ips: [] };
  return JSON.stringify({ ...bench.runtime.conflist.plugins[0], name: 'weft', cniVersion, prevResult });
}

describe('CHECK', () => {
  it('of a configuration older than 0.4.0 is an error even where no network wants it, and runs nothing [CNI-288] [CNI-090]', async () => {
    const pod = await attached({ disableCheck: true });
    for (const cniVersion of ['0.1.0', '0.2.0', '0.3.0', '0.3.1']) {
      expectRefusal(await bench.runtime.check(pod, { stdin: ownStdin(cniVersion) }), {
        reason: 'IncompatibleVersion',
        names: [cniVersion],
      });
    }
    expect(bench.bin.trace()).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('with disableCheck succeeds and runs nothing [CNI-288]', async () => {
    const pod = await attached({ disableCheck: true });
    for (const type of [...chain, 'delta']) bench.bin.scriptFor(type, ['CHECK: error 100 broken']);
    const call = await bench.runtime.check(pod);
    expectSuccess(call);
    expect([call.stdout, bench.bin.trace()]).toEqual(['', []]);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('passes over a network older than 0.4.0, which has no CHECK [CNI-455]', async () => {
    const pod = await attached({ cniVersion: '0.3.1' });
    expectSuccess(await bench.runtime.check(pod));
    expect(bench.bin.trace()).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('goes forward through each chain and stops at the first error, which reaches the caller with its code [CNI-288] [CNI-295]', async () => {
    const pod = await attached();
    expectSuccess(await bench.runtime.check(pod));
    const whole = ['CHECK alpha eth0', 'CHECK beta eth0', 'CHECK gamma eth0', 'CHECK delta net1'];
    expect(bench.bin.trace()).toEqual(whole);
    bench.bin.clearLog();
    bench.bin.scriptFor('beta', ['CHECK: error 117 rule is gone']);
    bench.bin.scriptFor('gamma', ['CHECK: error 118 not asked']);
    expectRefusal(await bench.runtime.check(pod), {
      reason: 'CheckFailed',
      code: 117,
      names: ['test/net-eth0', 'CHECK eth0', 'beta', 'rule is gone'],
    });
    expect(bench.bin.trace()).toEqual(whole.slice(0, 2));
    expectSuccess(await bench.runtime.del(pod));
  });

  it('tells each delegate what ADD told it, but for the result [CNI-293]', async () => {
    await bench.serve(attachments());
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    expectSuccess(await bench.runtime.check(pod));
    const told = bench.bin.calls().map(({ name, ifname, env, stdin, cwd, argc, netnsInode }) => {
      const { prevResult: _result, ...config } = JSON.parse(stdin.toString()) as Record<string, unknown>;
      return { name, ifname, env: { ...env, CNI_COMMAND: '' }, config, cwd, argc, netnsInode };
    });
    expect(told).toHaveLength(8);
    expect(told.slice(4)).toEqual(told.slice(0, 4));
    expectSuccess(await bench.runtime.del(pod));
  });

  it('is an error where what ADD left cannot be read, and runs nothing [CNI-288]', async () => {
    const pod = await attached();
    for (const which of ['state', 'run'] as const) writeFileSync(bench.recordPath(pod, which), '{"steps":');
    expectRefusal(await bench.runtime.check(pod), { reason: 'CheckFailed', names: ['damaged'] });
    expect(bench.bin.trace()).toEqual([]);
    bench.forgetRecords();
  });

  it('is an error where nothing is left of ADD, and runs nothing: there is nothing to check [CNI-288] [CNI-294]', async () => {
    const pod = await attached();
    bench.forgetRecords();
    const prevResult = { cniVersion: '1.0.0', ips: [] };
    expectRefusal(await bench.runtime.check(pod, { prevResult }), { reason: 'NotAttached' });
    expect(bench.bin.trace()).toEqual([]);
  });
});
