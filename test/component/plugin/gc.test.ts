import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { DelegateCall } from '../../fakes/scripted-delegate/scripted-delegate.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { sleep } from '../../harness/run.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { GcBench, gcNetworks } from './gc-bench.ts';

let bench: GcBench;
beforeAll(() => {
  bench = new GcBench();
});
beforeEach(() => bench.serveNetworks(gcNetworks()));
afterEach(async () => {
  for (const pod of [...bench.node.pods]) {
    await bench.runtime.del(pod);
    bench.node.removePod(pod);
  }
  bench.forgetRecords();
});
afterAll(() => bench.dispose());

async function attached(): Promise<Pod> {
  const pod = bench.node.pod();
  expectSuccess(await bench.runtime.add(pod));
  return pod;
}

function gcCalls(): readonly DelegateCall[] {
  return bench.bin.calls().filter(({ verb }) => verb === 'GC');
}

function confOf(call: DelegateCall): Readonly<Record<string, unknown>> {
  return JSON.parse(call.stdin.toString()) as Readonly<Record<string, unknown>>;
}

let doors = 0;
function door(): { readonly path: string; readonly open: () => void } {
  doors += 1;
  const path = join(bench.node.dirs.root, `door-${doors}`);
  return { path, open: () => writeFileSync(path, '') };
}

describe('GC by the real binary', () => {
  it('removes what is stale, keeps a listed pod\u2019s every interface, and prints nothing [CNI-113] [CNI-116] [CNI-117]', async () => {
    const [used, stale] = [await attached(), await attached()];
    bench.age(used, stale);
    bench.node.removePod(stale);
    // What a delegate holds of which weft never knew.
    const lost = join(bench.node.dirs.bin, '.scripted', 'resources', 'beta,lost,net1');
    writeFileSync(lost, '');
    bench.bin.clearLog();
    const call = await bench.gc([used]);
    expect({ status: call.status, stdout: call.stdout, stderr: call.stderr }).toEqual({
      status: 0,
      stdout: '',
      stderr: '',
    });
    expect(bench.bin.trace()).toEqual([
      'DEL gamma net2',
      'DEL beta net1',
      'DEL delta eth0',
      'DEL alpha eth0',
      'GC alpha ',
      'GC delta ',
      'GC beta ',
      'GC gamma ',
    ]);
    expect(bench.bin.calls().every(({ verb, netns }) => verb !== 'DEL' || netns === '')).toBe(true);
    expect(bench.resourcesOf(used)).toEqual(['alpha eth0', 'beta net1', 'delta eth0', 'gamma net2']);
    expect(bench.bin.resources()).toHaveLength(4);
    expect(bench.remainsOf(stale)).toEqual([]);
  });

  it('calls delegates without an attachment, with name, version and one list under both keys [CNI-227] [CNI-315] [CNI-352]', async () => {
    const [first, second] = [await attached(), await attached()];
    bench.bin.clearLog();
    const misleading = {
      CNI_CONTAINERID: 'abc',
      CNI_NETNS: '/run/netns/x',
      CNI_IFNAME: 'eth9',
      CNI_ARGS: 'A=1',
    };
    expectSuccess(await bench.gc([first, second], { env: misleading }));
    const valid = [first, second].flatMap(({ containerId }) =>
      ['eth0', 'net1', 'net2'].map((ifname) => ({ containerID: containerId, ifname })),
    );
    expect(gcCalls()).toHaveLength(4);
    for (const call of gcCalls()) {
      const { CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME, CNI_ARGS, CNI_COMMAND } = call.env;
      expect([CNI_COMMAND, CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME, CNI_ARGS]).toEqual(['GC', '', '', '', '']);
      expect(call.repeated).toEqual([]);
      const { script: _script, type, ...rest } = confOf(call);
      expect(type).toBe(call.name);
      const list = rest['cni.dev/valid-attachments'];
      expect(new Set((list as object[]).map((item) => JSON.stringify(item)))).toEqual(
        new Set(valid.map((item) => JSON.stringify(item))),
      );
      expect(rest).toEqual({
        name: call.name === 'beta' ? 'net-net1' : call.name === 'gamma' ? 'net-net2' : 'net-eth0',
        cniVersion: '1.1.0',
        'cni.dev/valid-attachments': list,
        'cni.dev/attachments': list,
      });
    }
  });

  it('keeps what young pods hold, also where null says that nothing is in use [CNI-112]', async () => {
    const [old, young] = [await attached(), await attached()];
    bench.age(old);
    expectSuccess(await bench.gc(null));
    expect(bench.resourcesOf(old)).toEqual([]);
    expect(bench.resourcesOf(young)).toHaveLength(4);
    expect(bench.filesOf(young)).toHaveLength(1);
  });

  it('without a list is code 7 and does nothing [CNI-112] [CNI-355]', async () => {
    const pod = await attached();
    bench.age(pod);
    bench.bin.clearLog();
    const call = await bench.gc(undefined);
    expectRefusal(call, { reason: 'InvalidConfig', code: 7 });
    expect(call.error?.msg).toContain(
      'neither "cni.dev/valid-attachments" nor "cni.dev/attachments" is there',
    );
    expect(bench.bin.trace()).toEqual([]);
  });

  it('under a version before 1.1.0 is code 1 and does nothing [CNI-110]', async () => {
    const pod = await attached();
    bench.age(pod);
    bench.bin.clearLog();
    const conf = { ...bench.runtime.conflist.plugins[0], name: 'weft', 'cni.dev/valid-attachments': [] };
    for (const cniVersion of ['0.4.0', '1.0.0']) {
      const call = await bench.gc([], { stdin: JSON.stringify({ ...conf, cniVersion }) });
      expectRefusal(call, { reason: 'IncompatibleVersion', code: 1 });
    }
    expect(bench.bin.trace()).toEqual([]);
  });

  it('leaves a network alone whose list says disableGC, and its stale attachments to DEL [CNI-311]', async () => {
    await bench.serveNetworks(gcNetworks().map((network) => ({ ...network, disableGC: true })));
    const pod = await attached();
    bench.age(pod);
    bench.bin.clearLog();
    expectSuccess(await bench.gc([]));
    expect(bench.bin.trace()).toEqual([]);
    expect(bench.resourcesOf(pod)).toHaveLength(4);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('GC that fails in part', () => {
  it('removes two of three stale pods, asks every network, and reports all at the end [CNI-115] [CNI-313]', async () => {
    const pods = [await attached(), await attached()];
    await bench.serveNetworks(gcNetworks({ beta: ['DEL: error 42 no way', 'GC: error 77 not today'] }));
    const stuck = await attached();
    bench.age(...pods, stuck);
    bench.bin.clearLog();
    const call = await bench.gc([]);
    expectRefusal(call, { reason: 'GcIncomplete', code: 104 });
    expect(call.error?.details).toContain(
      `DEL net1 of ${stuck.containerId.slice(0, 12)}: plugin beta: no way`,
    );
    expect(call.error?.details).toContain('network test/net-net1, GC: plugin beta: not today');
    for (const pod of pods) expect(bench.remainsOf(pod)).toEqual([]);
    expect(gcCalls().map(({ name }) => name)).toEqual(['alpha', 'delta', 'beta', 'gamma']);
    expect(bench.filesOf(stuck)).toHaveLength(1);
    bench.bin.scriptFor('beta', ['GC: collect']);
    expectSuccess(await bench.gc([]));
    bench.bin.unscript('beta');
    expect(bench.remainsOf(stuck)).toEqual([]);
  });

  it('reports records that it cannot read, and does nothing [CNI-316]', async () => {
    const pod = await attached();
    bench.age(pod);
    bench.bin.clearLog();
    const attachments = join(bench.node.dirs.state, 'attachments');
    renameSync(attachments, `${attachments}.away`);
    // Permissions mean nothing to root; a file in its place does.
    writeFileSync(attachments, '');
    try {
      const call = await bench.gc([]);
      expectRefusal(call, { reason: 'StateUnreadable', code: 5 });
      expect(call.error?.msg).toContain('attachments: ENOTDIR');
    } finally {
      renameSync(attachments, `${attachments}.file`);
      renameSync(`${attachments}.away`, attachments);
    }
    expect(bench.bin.trace()).toEqual([]);
    expect(bench.resourcesOf(pod)).toHaveLength(4);
  });

  it('kills delegates that hang, in time for the ADD that waits', async () => {
    await bench.serveNetworks(gcNetworks({ alpha: ['GC: hang'], gamma: ['GC: hang'] }));
    const pod = await attached();
    bench.bin.clearLog();
    const budgets = { lock: 2000 };
    const collecting = bench.gc([pod], { budgets });
    await expect.poll(() => gcCalls().length, { timeout: 5000 }).toBe(1);
    const other = bench.node.pod();
    const adding = bench.runtimeWith(budgets).add(other);
    const call = await collecting;
    expectRefusal(call, { reason: 'GcIncomplete' });
    expect(call.error?.details).toContain('plugin alpha did not end in time');
    expect(call.ms).toBeLessThan(1900);
    expectSuccess(await adding);
    expect(gcCalls().map(({ name }) => name)).toEqual(['alpha', 'delta', 'beta', 'gamma']);
  });
});

describe('GC is alone', () => {
  it('and waits for an ADD under way, whose attachments it then keeps [CNI-314]', async () => {
    const gate = door();
    await bench.serveNetworks(gcNetworks({ beta: [`ADD: await ${gate.path}`, 'GC: collect'] }));
    bench.bin.clearLog();
    const pod = bench.node.pod();
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD beta net1');
    const collecting = bench.gc([]);
    await sleep(300);
    expect(gcCalls()).toEqual([]);
    gate.open();
    expectSuccess(await adding);
    expectSuccess(await collecting);
    expect(bench.bin.trace().slice(-5)).toEqual([
      'ADD gamma net2',
      'GC alpha ',
      'GC delta ',
      'GC beta ',
      'GC gamma ',
    ]);
    expect(bench.resourcesOf(pod)).toHaveLength(4);
  });

  it('and keeps ADD and DEL of every container waiting until it has ended [CNI-314]', async () => {
    const gate = door();
    await bench.serveNetworks(gcNetworks({ delta: [`GC: await ${gate.path}`, 'GC: collect'] }));
    const [pod, other] = [await attached(), bench.node.pod()];
    bench.bin.clearLog();
    const collecting = bench.gc([pod]);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('GC delta ');
    const waiting = [bench.runtime.add(other), bench.runtime.del(pod)];
    await sleep(300);
    expect(bench.bin.trace()).toEqual(['GC alpha ', 'GC delta ']);
    gate.open();
    expectSuccess(await collecting);
    for (const call of await Promise.all(waiting)) expectSuccess(call);
    expect(bench.bin.trace().slice(0, 4)).toEqual(['GC alpha ', 'GC delta ', 'GC beta ', 'GC gamma ']);
    expect(bench.resourcesOf(pod)).toEqual([]);
    expect(bench.resourcesOf(other)).toHaveLength(4);
  });

  it('or gives up with code 11, having run nothing [CNI-314]', async () => {
    const gate = door();
    await bench.serveNetworks(gcNetworks({ alpha: [`ADD: await ${gate.path}`] }));
    bench.bin.clearLog();
    const pod = bench.node.pod();
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD alpha eth0');
    const call = await bench.gc([], { budgets: { lock: 300 } });
    expectRefusal(call, { reason: 'SandboxBusy', code: 11 });
    expect(call.ms).toBeLessThan(1500);
    gate.open();
    expectSuccess(await adding);
    expect(gcCalls()).toEqual([]);
  });
});

describe('a GC that is killed', () => {
  it('leaves a child of a delegate, which the next ADD ends before it runs anything', async () => {
    await bench.serveNetworks(gcNetworks({ alpha: ['GC: fork-quiet 60000', 'GC: hang'] }));
    const pod = await attached();
    bench.bin.clearLog();
    let pid = 0;
    const collecting = bench.gc([pod], { run: { onSpawn: (spawned) => (pid = spawned) } });
    await expect.poll(() => gcCalls().length, { timeout: 5000 }).toBe(1);
    const group = gcCalls()[0]?.pgid ?? 0;
    await sleep(100);
    process.kill(pid, 'SIGKILL');
    expect((await collecting).signal).toBe('SIGKILL');
    // The delegate dies with weft; the child that it has made does not.
    expect(() => process.kill(-group, 0)).not.toThrow();
    expectSuccess(await bench.runtime.add(bench.node.pod()));
    await expect.poll(() => isAlive(-group), { timeout: 5000 }).toBe(false);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
