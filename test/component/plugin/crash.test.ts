import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectReadable, expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { type RunEnd, run } from '../../harness/run.ts';
import type { CniErrorDocument } from '../../harness/runtime.ts';
import { weftBinary } from '../../harness/toolchain.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());

/** weft with so many KiB of address space. Started with too few, it ends before its first instruction. */
function within(kib: number): readonly string[] {
  return ['sh', '-c', `ulimit -v ${kib}; exec "$0"`];
}

/** Every tenth of a MiB from where nothing can run to where weft has enough. */
const limits = Array.from({ length: 60 }, (_, step) => 1800 + step * 100);

/** True if main was reached: whatever happens before is the loader's, and says nothing anywhere. */
function hasBegun({ status, signal, stdout, stderr }: RunEnd): boolean {
  return (signal === undefined && status !== 139) || stdout !== '' || stderr !== '';
}

/** The one document on standard output. */
function documentOf(end: RunEnd): CniErrorDocument {
  const shown = `status ${end.status}, signal ${end.signal}, stdout ${end.stdout}, stderr ${end.stderr}`;
  expect(end.signal, shown).toBeUndefined();
  expect(end.status, shown).not.toBe(0);
  expect(end.stdout.split('\n'), shown).toHaveLength(2);
  const document = JSON.parse(end.stdout) as CniErrorDocument;
  expect(Object.keys(document), shown).toEqual(['cniVersion', 'code', 'msg', 'details']);
  expectReadable(document.msg);
  return document;
}

describe('weft without memory', () => {
  it('ends with one error document, wherever it runs out, and with code 999 where nobody foresaw it [CNI-172] [CNI-175]', async () => {
    const pod = bench.freshPod();
    const pad = 'x'.repeat(300_000);
    const stdin = JSON.stringify({
      ...bench.runtime.conflist.plugins[0],
      name: 'weft',
      cniVersion: '1.0.0',
      pad,
    });
    const ends: RunEnd[] = [];
    for (const kib of limits) ends.push(await bench.runtime.add(pod, { stdin, through: within(kib) }));
    const begun = ends.filter(hasBegun);
    const codes = begun.map((end) => documentOf(end).code);
    expect(codes).toContain(999);
    // With enough of it, it comes as far as to miss the agent.
    expect(codes.at(-1)).toBe(11);
    expect(bench.bin.trace()).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
  });

  it('after its delegates have begun still answers once, and a DEL removes what was made [CNI-175]', async () => {
    const routes = Array.from({ length: 30_000 }, (_, at) => ({ dst: `10.${at >> 8}.${at & 255}.0/24` }));
    let failed = 0;
    // A look into the sandbox alone maps more than 10 MiB.
    for (let kib = 16_000; kib < 40_000; kib += 3000) {
      const pod = bench.freshPod();
      const interfaces = [{ name: 'net1', sandbox: pod.netns }];
      const big = JSON.stringify({ cniVersion: '1.0.0', interfaces, routes });
      await bench.serve(three());
      bench.bin.scriptFor('beta', ['ADD: take', `ADD: print ${big}`]);
      const added = await bench.runtime.add(pod, { through: within(kib) });
      if (added.status !== 0) {
        documentOf(added);
        failed += bench.bin.trace().includes('ADD beta net1') ? 1 : 0;
      }
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.remainsOf(pod)).toEqual([]);
      bench.bin.unscript('beta');
    }
    await bench.stopAgent();
    expect(failed).toBeGreaterThan(0);
  });
});

describe('weft with a small stack or few files', () => {
  it.each(['-s 64', '-s 256', '-n 3', '-n 4', '-n 5', '-n 6'])(
    '(ulimit %s) answers once [CNI-175]',
    async (limit) => {
      const pod = bench.freshPod();
      const deep = JSON.parse(`${'['.repeat(500)}${']'.repeat(500)}`) as unknown;
      const stdin = JSON.stringify({
        ...bench.runtime.conflist.plugins[0],
        name: 'weft',
        cniVersion: '1.0.0',
        deep,
      });
      const added = await bench.runtime.add(pod, {
        stdin,
        through: ['sh', '-c', `ulimit ${limit}; exec "$0"`],
      });
      documentOf(added);
      expect(bench.bin.trace()).toEqual([]);
      expectSuccess(await bench.runtime.del(pod));
    },
  );
});

describe('weft that crashes', () => {
  it.each(['SIGSEGV', 'SIGBUS', 'SIGILL', 'SIGFPE', 'SIGABRT'] as const)(
    'by %s in the middle of an ADD answers with an error document, its delegate dies with it, and DEL finishes [CNI-175]',
    async (signal) => {
      await bench.serve(three({ beta: ['ADD: take', 'ADD: hang'] }));
      const pod = bench.freshPod();
      let weft = 0;
      const adding = bench.runtime.add(pod, { run: { onSpawn: (pid) => (weft = pid) } });
      await expect.poll(() => bench.resourcesOf(pod).length, { timeout: 5000 }).toBe(2);
      process.kill(weft, signal);
      const added = await adding;
      const document = documentOf(added);
      expectRefusal(added, { reason: 'Internal', code: 999, names: [signal] });
      expect(document.cniVersion).toBe('1.0.0');
      bench.bin.clearLog();
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.bin.trace()).toEqual(['DEL beta net1', 'DEL alpha eth0']);
      expect(bench.remainsOf(pod)).toEqual([]);
    },
  );

  it('while nobody waits for a CNI answer does so like any program', async () => {
    const inspecting = run(['sh', '-c', 'ulimit -c 0; exec "$0"', weftBinary()], { env: {}, stdin: '' });
    expect(await inspecting).toMatchObject({ status: 0, stdout: '' });
    const starved = await run(['sh', '-c', 'ulimit -v 2700; exec "$0"', weftBinary()], {
      env: {},
      stdin: '',
    });
    expect(starved.stdout).toBe('');
  });
});
