import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { encodeRecord } from '../../../src/attachment/record-codec.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import type { World } from '../../fakes/sys-memory/world.ts';
import {
  attach,
  calls,
  defaultNetwork,
  fiveMinutes,
  gc,
  gcCalls,
  gcNode,
  heldBy,
  sandboxOf,
  second,
} from './gc-node.ts';
import { call, nodeFiles } from './memory-node.ts';

function old(...containerIds: readonly string[]): World {
  const world = gcNode();
  attach(world, ...containerIds);
  world.pass(fiveMinutes);
  return world;
}

/** The time that the call takes in this world. */
function timed(world: World, action: () => void): number {
  const start = world.nowMs;
  action();
  return world.nowMs - start;
}

describe('a GC in which something fails', () => {
  it('removes the rest, and says so at the end: of three sandboxes one [CNI-115]', () => {
    const world = old('aaa', 'bbb', 'ccc');
    world.moods = [{ type: 'ptp', verb: 'DEL', how: 'fail' }];
    const broken = gcNode([defaultNetwork, { ...second, ifname: 'net7', plugins: [{ type: 'ptp' }] }]);
    attach(broken, 'bbb');
    world.agent = broken.agent;
    attach(world, 'ddd');
    world.pass(fiveMinutes);
    const { error, status } = gc(world, []);
    expect(status).toBe(1);
    expect(error?.code).toBe(104);
    expect(error?.details).toMatch(
      /^reason=GcIncomplete; network test\/lan, DEL net7 of ddd: plugin ptp: ptp refuses DEL net7/,
    );
    for (const gone of ['aaa', 'bbb', 'ccc']) {
      expect(world.disk.files('/var/lib/weft').filter((path) => path.includes(gone))).toEqual([]);
    }
    // Its record still stands for it, for the DEL or the GC that comes next.
    expect(world.disk.files('/var/lib/weft').filter((path) => path.includes('ddd'))).toHaveLength(1);
    world.moods = [];
    expect(gc(world, []).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('asks every plugin of every network, and reports each that failed [CNI-313]', () => {
    const world = old('aaa');
    world.moods = [
      { type: 'bridge', verb: 'GC', how: 'fail' },
      { type: 'macvlan', verb: 'GC', how: 'unrunnable' },
    ];
    const { error } = gc(world, ['aaa']);
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'portmap']);
    expect(error?.msg).toContain('plugin bridge: bridge refuses GC');
    expect(error?.msg).toContain('(and 1 more)');
    expect(error?.details).toContain('network cluster, GC: plugin bridge: bridge refuses GC');
    expect(error?.details).toContain('network test/lan, GC: /opt/cni/bin/macvlan cannot be run');
    expect(error?.msg.length).toBeLessThan(300);
  });

  it('names a plugin that is no longer installed, and asks the others', () => {
    const world = old('aaa');
    world.disk.unlink('/opt/cni/bin/portmap');
    const { error } = gc(world, ['aaa']);
    expect(error?.details).toContain('network cluster, GC: plugin "portmap" is not in /opt/cni/bin');
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'macvlan']);
  });

  it('is told of a network of which a record has a configuration that is none; the others are asked', () => {
    const world = gcNode([defaultNetwork, { ...second, plugins: [{ type: 'macvlan' }] }]);
    attach(world, 'aaa');
    const path = '/var/lib/weft/attachments/aaa:eth0.json';
    const { record } = JSON.parse(world.disk.find(path)?.bytes.toString() ?? '') as {
      record: AttachmentRecord;
    };
    const [first, other] = record.steps;
    if (first === undefined || other?.step.kind !== 'delegate') throw new Error('no second step');
    const step = { ...other.step, plugins: [{ type: 'macvlan', config: '[' }] };
    const changed = { ...record, sequence: record.sequence + 1, steps: [first, { ...other, step }] };
    world.disk.plant(path, encodeRecord(changed, crc32));
    const { error } = gc(world, ['aaa']);
    expect(error?.details).toContain('network test/lan, GC: the JSON text has no "{"');
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'portmap']);
  });

  it('runs no delegate that could not be written down', () => {
    const world = old('aaa');
    const end = gc(world, ['aaa'], { broken: { directory: '/run/weft', errno: 'ENOSPC' } });
    expect(end.error?.details).toContain('network cluster, GC: /run/weft/gc.json.tmp: ENOSPC');
    expect(gcCalls(world)).toEqual([]);
  });

  it('tells fifty failures and how many more there are', () => {
    const world = gcNode();
    attach(world, ...Array.from({ length: 53 }, (_, index) => `box${index}`));
    world.pass(fiveMinutes);
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    const { error } = gc(world, []);
    expect(error?.msg).toContain('(and 52 more)');
    expect(error?.details.split('; ')).toHaveLength(1 + 50 + 1);
    expect(error?.details).toMatch(/; 3 more$/);
  });

  it('becomes one of the DELs after which a leftover stands for what is left', () => {
    const world = old('aaa');
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    for (let tried = 0; tried < 4; tried += 1) expect(gc(world, []).error?.code).toBe(104);
    expect(world.disk.files('/var/lib/weft')).toContain('/var/lib/weft/attachments/aaa:eth0.leftover.json');
    world.moods = [];
    expect(gc(world, []).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });
});

describe('state that cannot be read', () => {
  it('is reported where it is the directory, and nothing is done [CNI-316]', () => {
    const world = old('aaa');
    const { calls: made } = gc(old('aaa'), []).sys;
    const readdir = made.indexOf('readdir /var/lib/weft/attachments');
    const end = gc(world, [], { fail: { call: readdir, errno: 'EACCES' } });
    expect(end.error).toMatchObject({ code: 5, details: 'reason=StateUnreadable' });
    expect(end.error?.msg).toContain('/var/lib/weft/attachments: EACCES');
    expect(end.delegates).toBe(0);
  });

  it('is reported where it is one record, whose own attachment is kept and whose others are [CNI-316]', () => {
    const world = old('aaa', 'bbb');
    for (const directory of ['/var/lib/weft', '/run/weft'])
      world.disk.plant(`${directory}/attachments/aaa:eth0.json`, 'torn');
    const { error } = gc(world, []);
    expect(error?.details).toContain('record aaa:eth0 is damaged');
    expect(heldBy(world, 'aaa')).toEqual([
      'bridge cluster aaa eth0',
      'macvlan lan aaa net1',
      'portmap cluster aaa eth0',
    ]);
    expect(heldBy(world, 'bbb')).toEqual([]);
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'portmap']);
    expect(call(world, 'DEL', { sandbox: sandboxOf('aaa') }).status).toBe(0);
    // Set aside by DEL, it is a person's affair and no error any more.
    expect(gc(world, []).status).toBe(0);
  });

  it('keeps GC from every network where its file does not tell whose it is', () => {
    const world = old('aaa');
    world.disk.plant(`/var/lib/weft/attachments/${'f'.repeat(60)}~${'0'.repeat(64)}.json`, 'torn');
    const { error } = gc(world, []);
    expect(error?.details).toContain('is damaged');
    expect(heldBy(world, 'aaa')).toEqual([]);
    expect(gcCalls(world)).toEqual([]);
  });

  it.each([
    ['absent', undefined, 'is not there'],
    ['damaged', '{}', 'defaultNetwork is missing'],
  ])('is reported where node.json is %s; other networks are asked', (_how, text, message) => {
    const world = old('aaa');
    if (text === undefined) world.disk.unlink('/var/lib/weft/node.json');
    else world.disk.plant('/var/lib/weft/node.json', text);
    const { error } = gc(world, ['aaa']);
    expect(error?.details).toContain(message);
    expect(gcCalls(world).map(({ type }) => type)).toContain('macvlan');
  });
});

describe('the lock', () => {
  function held(world: World, kind: 'shared' | 'exclusive'): void {
    const file = world.disk.find('/run/weft/locks/gc.lock');
    if (file === undefined) throw new Error('no lock file');
    world.tryLock('somebody', file, kind);
  }

  it('is waited for while an ADD, DEL or CHECK is under way [CNI-314]', () => {
    const world = old('aaa');
    held(world, 'shared');
    world.in(5000, () => world.unlock('somebody'));
    expect(timed(world, () => expect(gc(world, []).status).toBe(0))).toBeGreaterThan(5000);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('that does not get free in time is code 11, and nothing runs [CNI-314]', () => {
    const world = old('aaa');
    held(world, 'shared');
    const ms = timed(world, () => {
      const end = gc(world, []);
      expect(end.error).toMatchObject({ code: 11, details: 'reason=SandboxBusy' });
      expect(end.error?.msg).toContain('GC must run alone');
      expect(end.delegates).toBe(0);
    });
    expect(ms).toBeGreaterThan(19_000);
    expect(ms).toBeLessThan(21_000);
  });

  it('is held until GC has ended, and the ADD that waits for it then runs [CNI-314]', () => {
    const world = old('aaa');
    held(world, 'exclusive');
    world.in(3000, () => world.unlock('somebody'));
    expect(timed(world, () => attach(world, 'bbb'))).toBeGreaterThan(3000);
  });

  it('of a container that an older weft holds is not waited for', () => {
    const world = old('aaa', 'bbb');
    world.disk.plant('/run/weft/locks/aaa:.lock', '');
    const file = world.disk.find('/run/weft/locks/aaa:.lock');
    if (file === undefined) throw new Error('no lock file');
    world.tryLock('somebody', file, 'exclusive');
    const { error } = gc(world, []);
    expect(error?.details).toContain('container aaa is locked by another process');
    expect(heldBy(world, 'bbb')).toEqual([]);
    world.unlock('somebody');
    expect(gc(world, []).status).toBe(0);
  });
});

describe('the time', () => {
  it('ends before an ADD that waits for it would fail, where every delegate hangs', () => {
    const world = old('aaa', 'bbb', 'ccc');
    world.moods = (['bridge', 'portmap', 'macvlan'] as const).flatMap((type) => [
      { type, verb: 'DEL', how: 'hang' } as const,
      { type, verb: 'GC', how: 'hang' } as const,
    ]);
    const ms = timed(world, () => expect(gc(world, []).error?.code).toBe(104));
    expect(ms).toBeGreaterThan(10_000);
    expect(ms).toBeLessThan(15_100);
    expect(gcCalls(world)).toHaveLength(3);
  });

  it('of each plugin is a second at least, and what there is none for is told', () => {
    const chains = Array.from({ length: 12 }, (_, index) => ({
      ...second,
      ifname: `net${index}`,
      network: `test/lan${index}`,
      networkName: `lan${index}`,
    }));
    const world = gcNode([defaultNetwork, ...chains]);
    attach(world, 'aaa');
    world.moods = [{ type: 'macvlan', verb: 'GC', how: 'hang' }];
    const start = world.nowMs;
    const { error } = gc(world, ['aaa'], { conf: { timeBudgets: { lock: 8000 } } });
    expect(gcCalls(world)).toHaveLength(2 + 6);
    expect(error?.details).toContain('GC: no time was left for the GC of 6 plugins');
    expect(world.nowMs - start).toBeLessThan(6100);
  });

  it('of one sandbox whose plugin hangs leaves the others theirs', () => {
    const world = gcNode();
    attach(world, 'aaa', 'bbb', 'ccc');
    world.pass(fiveMinutes);
    const hanging = gcNode([defaultNetwork, { ...second, plugins: [{ type: 'ptp' }] }]);
    world.agent = hanging.agent;
    attach(world, 'ddd');
    world.pass(fiveMinutes);
    world.moods = [{ type: 'ptp', verb: 'DEL', how: 'hang' }];
    expect(gc(world, []).error?.code).toBe(104);
    for (const id of ['aaa', 'bbb', 'ccc']) expect(heldBy(world, id)).toEqual([]);
  });

  it('that is over leaves the rest to the next GC, and says how many', () => {
    const world = gcNode();
    const ids = Array.from({ length: 20 }, (_, index) => `box${index}`);
    attach(world, ...ids);
    world.pass(fiveMinutes);
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'hang' }];
    const { error } = gc(world, []);
    expect(error?.details).toMatch(/no time was left for [0-9]+ stale sandboxes/);
    world.moods = [];
    expect(gc(world, []).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });
});

describe('a GC that was killed', () => {
  it('leaves children of a delegate, which the next ADD ends before it attaches anything', () => {
    const world = old('aaa');
    const { points } = gc(old('aaa'), ['aaa']).sys;
    const killAt = points.indexOf('stage 1 of /opt/cni/bin/bridge');
    gc(world, ['aaa'], { killAt, orphans: true });
    expect(world.strays).toHaveLength(1);
    attach(world, 'bbb');
    expect(world.strays).toEqual([]);
    expect(world.violations).toEqual([]);
    expect(heldBy(world, 'bbb')).toHaveLength(3);
    expect(world.disk.files('/run/weft')).not.toContain('/run/weft/gc.json');
  });

  it('costs an ADD no more than a look while there was none', () => {
    const world = gcNode();
    world.addSandbox(sandboxOf('aaa').netns);
    const { sys } = call(world, 'ADD', { sandbox: sandboxOf('aaa') });
    expect(sys).toBeInstanceOf(MemorySys);
    expect(sys.calls.filter((label) => label.includes('gc.json'))).toEqual(['stat /run/weft/gc.json']);
  });

  it('is followed by one that does what is left', () => {
    const world = old('aaa', 'bbb');
    const { points } = gc(old('aaa', 'bbb'), []).sys;
    gc(world, [], { killAt: points.indexOf('stage 0 of /opt/cni/bin/portmap') });
    expect(gc(world, []).status).toBe(0);
    expect(calls(world).at(-1)).toBe('GC macvlan');
    expect(world.remains(nodeFiles)).toEqual([]);
  });
});
