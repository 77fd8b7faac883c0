import { describe, expect, it, vi } from 'vitest';
import { readCacheEntry } from '../../../src/attachment/libcni-cache.ts';
import { readScratchFile } from '../../../src/attachment/multus-scratch.ts';
import { parseHandoverOptions } from '../../../src/plugin/handover-options.ts';
import { run } from '../../../src/plugin/run.ts';
import { MemorySys, type ProcessOptions } from '../../fakes/sys-memory/memory-sys.ts';
import type { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { call, memoryNode, nodeFiles, sandbox } from './memory-node.ts';

// A world for each point of a kill.
vi.setConfig({ testTimeout: 60_000 });

const scratchFile = `/var/lib/cni/multus/${sandbox.containerId}`;

interface Said {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly points: readonly string[];
}

/** One `weft handover multus` on the node. */
function handover(world: World, options: ProcessOptions = {}, ...more: readonly string[]): Said {
  const sys = new MemorySys(world, options);
  const out = { stdout: '', stderr: '' };
  const host = {
    sys,
    args: ['handover', 'multus', ...more],
    version: '0.1.0',
    stdout: (text: string) => (out.stdout += text),
    stderr: (text: string) => (out.stderr += text),
  };
  const status = run(host);
  if (!sys.dead) sys.exit();
  return { status, ...out, points: sys.points };
}

/** A node with an attached pod, its agent taken away. */
function attached(): World {
  const world = memoryNode();
  expect(call(world, 'ADD').status).toBe(0);
  world.agent = undefined;
  return world;
}

function read(world: World, path: string): string {
  return new MemorySys(world).readText(path, 1_000_000);
}

/** What of the delegates was run since, oldest first. */
function runsSince(world: World, before: number): readonly (readonly string[])[] {
  return world.log.slice(before).map(({ type, ifname, stdin, args }) => [type, ifname, stdin, args]);
}

describe('weft handover multus', () => {
  it('leaves the files of Multus and nothing of weft', () => {
    const world = attached();
    const said = handover(world);
    expect([said.status, said.stderr]).toEqual([0, '']);
    expect(said.stdout).toBe(
      'handed-over c0ffee test/pod-a eth0,net1,net2\n1 sandboxes handed over to Multus, 0 records of weft left\n',
    );
    expect(world.disk.files('/var/lib/weft')).toEqual(['/var/lib/weft/node.json']);
    expect(world.disk.files('/run/weft/attachments')).toEqual([]);
    expect(world.disk.files('/var/lib/cni').toSorted()).toEqual([
      scratchFile,
      '/var/lib/cni/multus/results/cluster-c0ffee-eth0',
      '/var/lib/cni/multus/results/net-net1-c0ffee-net1',
      '/var/lib/cni/multus/results/net-net2-c0ffee-net2',
    ]);
  });

  it('runs no delegate, and leaves the pod its interfaces and routes', () => {
    const world = attached();
    const before = [world.log.length, JSON.stringify(world.sandboxes.get(sandbox.netns)?.routes)];
    handover(world);
    expect([world.log.length, JSON.stringify(world.sandboxes.get(sandbox.netns)?.routes)]).toEqual(before);
    expect([...(world.sandboxes.get(sandbox.netns)?.links ?? [])]).toEqual(['lo', 'eth0', 'net1', 'net2']);
  });

  it('writes what the reader of Multus\u2019s own files understands', () => {
    const world = attached();
    handover(world);
    const scratch = readScratchFile(read(world, scratchFile), {
      containerId: 'c0ffee',
      ifname: 'eth0',
      cniArgs: '',
    });
    expect(scratch.map(({ step }) => [step.ifname, step.networkName, step.plugins.length])).toEqual([
      ['eth0', 'cluster', 2],
      ['net1', 'net-net1', 1],
      ['net2', 'net-net2', 1],
    ]);
    const entry = readCacheEntry(read(world, '/var/lib/cni/multus/results/net-net2-c0ffee-net2'), 'c0ffee');
    expect(entry?.step.plugins).toEqual(scratch[2]?.step.plugins);
    expect(JSON.parse(entry?.result ?? '')).toMatchObject({ interfaces: [{ name: 'net2' }] });
    expect(entry?.cniArgs).toBe('IgnoreUnknown=1;K8S_POD_NAME=pod-a');
  });

  it('makes no difference to the delegates, should the DEL reach weft all the same', () => {
    const [kept, handed] = [attached(), attached()];
    const before = kept.log.length;
    call(kept, 'DEL');
    handover(handed);
    expect(call(handed, 'DEL').status).toBe(0);
    expect(runsSince(handed, before)).toEqual(runsSince(kept, before));
    expect(handed.remains(nodeFiles)).toEqual([]);
    expect(handed.disk.files('/var/lib/cni')).toEqual([]);
  });

  it('killed at any point, leaves a pod that a second one hands over, and that a DEL undoes', () => {
    const whole = attached();
    const { points } = handover(whole);
    const wanted = whole.disk.files('/var/lib/cni').map((path) => [path, read(whole, path)]);
    expect(points.length).toBeGreaterThan(20);
    for (const [killAt, point] of points.entries()) {
      // A kill after one call is a kill before the next.
      if (points[killAt + 1]?.startsWith('before ') === true) continue;
      const again = attached();
      handover(again, { killAt });
      const said = handover(again);
      expect([point, said.status, said.stderr]).toEqual([point, 0, '']);
      const files = again.disk.files('/var/lib/cni').map((path) => [path, read(again, path)]);
      expect([point, files]).toEqual([point, wanted]);
      expect([point, again.disk.files('/var/lib/weft')]).toEqual([point, ['/var/lib/weft/node.json']]);

      const undone = attached();
      handover(undone, { killAt });
      expect([point, call(undone, 'DEL').status]).toEqual([point, 0]);
      expect([point, undone.allocations.size, undone.remains(nodeFiles)]).toEqual([point, 0, []]);
    }
  });

  it('ends a leftover that can be undone now, and an ADD that came to nothing', () => {
    const world = attached();
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    for (let tried = 0; tried < 4; tried += 1) call(world, 'DEL');
    world.moods = [];
    const said = handover(world);
    expect([said.status, said.stdout]).toEqual([
      0,
      'ended c0ffee test/pod-a eth0,net1,net2\n0 sandboxes handed over to Multus, 0 records of weft left\n',
    ]);
    expect(world.allocations.size).toBe(0);
    call(world, 'ADD');
    expect(handover(world).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
  });

  it('keeps a leftover that fails again, says so, and hands over the others', () => {
    const world = attached();
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    for (let tried = 0; tried < 4; tried += 1) call(world, 'DEL');
    const said = handover(world);
    expect(said.status).toBe(1);
    expect(said.stderr).toContain('macvlan refuses DEL net1');
    expect(said.stdout).toContain('1 records of weft left');
    expect(world.remains(nodeFiles)).toContain('file /var/lib/weft/attachments/c0ffee:eth0.leftover.json');
  });

  it('keeps a record that cannot be read, and says what to do', () => {
    const world = attached();
    for (const path of [
      '/var/lib/weft/attachments/c0ffee:eth0.json',
      '/run/weft/attachments/c0ffee:eth0.json',
    ])
      world.disk.plant(path, 'nonsense');
    const said = handover(world);
    expect(said.status).toBe(1);
    expect(said.stderr).toContain('delete the pod while weft is in place');
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
  });

  it('keeps the record where Multus\u2019s files cannot be written', () => {
    const world = attached();
    const said = handover(world, { broken: { directory: '/var/lib/cni', errno: 'EROFS' } });
    expect(said.status).toBe(1);
    expect(said.stderr).toContain('EROFS');
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('does not begin while an agent listens, unless it is told to', () => {
    const world = memoryNode();
    call(world, 'ADD');
    const refused = handover(world);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('take the agents off the cluster first');
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
    expect(handover(world, {}, '--force').status).toBe(0);
  });

  it('on a node without records has nothing to do', () => {
    const world = memoryNode();
    world.agent = undefined;
    expect(handover(world).stdout).toBe('0 sandboxes handed over to Multus, 0 records of weft left\n');
  });
});

describe('the options of weft handover', () => {
  it('have the usual directories, and take others', () => {
    expect(parseHandoverOptions(['multus'])).toEqual({
      stateDir: '/var/lib/weft',
      runDir: '/run/weft',
      multusDir: '/var/lib/cni/multus',
      cacheDir: '/var/lib/cni',
      socket: '/run/weft/agent.sock',
      force: false,
    });
    const args = ['multus', '--multus-dir=/a', '--state-dir', '/b', '--force'];
    expect(parseHandoverOptions(args)).toMatchObject({ multusDir: '/a', stateDir: '/b', force: true });
  });

  it.each([
    [[]],
    [['genie']],
    [['multus', '--what']],
    [['multus', '--run-dir']],
    [['multus', '--run-dir', 'a']],
  ])('refuse %j', (args: string[]) => {
    expect(reasonOf(() => parseHandoverOptions(args))).toBe('InvalidFlag');
  });
});
