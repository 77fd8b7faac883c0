import { mkdirSync, statfsSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { MountNamespace } from '../../harness/mount-namespace.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
let view: MountNamespace;
beforeAll(() => {
  bench = new PluginBench();
});
beforeEach(async () => {
  await bench.serve(three());
  view = await MountNamespace.create();
});
afterEach(() => view.dispose());
afterAll(() => bench.dispose());

describe.each(['state', 'run'] as const)('a read-only %s directory', (which) => {
  it('refuses ADD before anything is run', async () => {
    const pod = bench.freshPod();
    view.readOnly(bench.node.dirs[which]);
    expectRefusal(await bench.runtime.add(pod, { through: view.enter }), {
      reason: 'StateUnwritable',
      names: ['EROFS'],
    });
    expect(bench.bin.trace()).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('a read-only state directory', () => {
  it('lets DEL undo everything, and fail rather than lose what failed [F13]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    bench.bin.clearLog();
    bench.bin.scriptFor('beta', ['DEL: error 100 stuck']);
    view.readOnly(bench.node.dirs.state);
    for (let call = 0; call < 5; call += 1) {
      expect((await bench.runtime.del(pod, { through: view.enter })).status).not.toBe(0);
    }
    expect(bench.bin.trace().slice(0, 3)).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.resourcesOf(pod)).toEqual(['beta net1']);
    bench.bin.unscript('beta');
    bench.bin.clearLog();
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toContain('DEL beta net1');
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('a full disk', () => {
  it.each([
    ['state', 4096],
    ['state', 8192],
    ['state', 12_288],
    ['run', 4096],
    ['run', 8192],
    ['run', 12_288],
  ] as const)(
    'under the %s directory (%i bytes) refuses ADD, and nothing stays attached',
    async (which, bytes) => {
      const pod = bench.freshPod();
      const dir = bench.node.dirs[which];
      view.tmpfs(dir, bytes);
      // Directories of a tmpfs cost nothing; the space is used up but for what `bytes` leaves.
      view.sh(
        `mkdir -p '${dir}/attachments' '${dir}/locks'; dd if=/dev/zero of='${dir}/ballast' bs=1024 count=${bytes / 1024 - 1} 2>/dev/null || true`,
      );
      const call = await bench.runtime.add(pod, { through: view.enter });
      if (call.status !== 0) expectRefusal(call, { reason: 'StateUnwritable', names: ['ENOSPC'] });
      expect(call.status).not.toBe(0);
      expect(bench.resourcesOf(pod)).toEqual([]);
      view.sh(`rm -f '${dir}/ballast'`);
      expectSuccess(await bench.runtime.del(pod, { through: view.enter }));
      expect(bench.resourcesOf(pod)).toEqual([]);
      expect(view.sh(`find '${dir}' -type f ! -name '*.lock' ! -name boot-id`)).toBe('');
    },
  );

  it('that fills while ADD runs rolls back what was made, or finishes, and DEL cleans up', async () => {
    const pod = bench.freshPod();
    const dir = bench.node.dirs.state;
    mkdirSync(`${bench.node.dirs.root}/gates`, { recursive: true });
    view.tmpfs(dir, 64 * 1024);
    const gate = `${bench.node.dirs.root}/gates/full`;
    await bench.serve(three({ gamma: [`ADD: await ${gate}`] }));
    const adding = bench.runtime.add(pod, { through: view.enter });
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD gamma net2');
    view.sh(`dd if=/dev/zero of='${dir}/ballast' bs=1024 count=200 2>/dev/null || true; touch '${gate}'`);
    const call = await adding;
    expectRefusal(call, { reason: 'StateUnwritable', names: ['ENOSPC'] });
    expect(bench.resourcesOf(pod)).toEqual([]);
    view.sh(`rm -f '${dir}/ballast'`);
    expectSuccess(await bench.runtime.del(pod, { through: view.enter }));
    expect(view.sh(`find '${dir}' -type f`)).toBe('');
  });

  it('does not keep DEL from undoing everything', async () => {
    const pod = bench.freshPod();
    const dir = bench.node.dirs.state;
    view.tmpfs(dir, 64 * 1024);
    expectSuccess(await bench.runtime.add(pod, { through: view.enter }));
    view.sh(`dd if=/dev/zero of='${dir}/ballast' bs=1024 count=200 2>/dev/null || true`);
    expectSuccess(await bench.runtime.del(pod, { through: view.enter }));
    expect(bench.resourcesOf(pod)).toEqual([]);
    expect(view.sh(`find '${dir}' -type f ! -name ballast`)).toBe('');
  });

  it('is seen by the harness as full', () => {
    view.tmpfs(bench.node.dirs.state, 4096);
    const blocks = view.sh(`stat -f -c '%b %S' '${bench.node.dirs.state}'`).trim().split(' ').map(Number);
    expect((blocks[0] ?? 0) * (blocks[1] ?? 0)).toBe(4096);
    // And the machine's own view is untouched.
    expect(statfsSync(bench.node.dirs.state).blocks).toBeGreaterThan(1000);
  });
});
