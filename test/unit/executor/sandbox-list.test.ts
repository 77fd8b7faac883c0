import { describe, expect, it } from 'vitest';
import { RecordStore } from '../../../src/executor/record-store.ts';
import { listSandboxes, recordKeys } from '../../../src/executor/sandbox-list.ts';
import { SysError } from '../../../src/executor/sys.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { recordOf, stepIn } from '../attachment/records.ts';

const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };

function worldWith(created: Readonly<Record<string, number>>): World {
  const world = new World();
  world.disk.plant('/run/weft/boot-id', 'boot-1\n');
  for (const [key, createdAt] of Object.entries(created)) {
    const store = new RecordStore(new MemorySys(world), directories, key, 'boot-1');
    store.begin(recordOf([stepIn('pending')], { createdAt }));
  }
  return world;
}

describe('the keys of records', () => {
  it('are those of either directory and of leftovers, each once', () => {
    const world = worldWith({ a: 1 });
    for (const name of ['b.leftover.json', 'c.json.1.damaged', 'd.json.tmp', 'e.jsonx.json'])
      world.disk.plant(`/var/lib/weft/attachments/${name}`, '{}');
    world.disk.plant('/run/weft/attachments/f.json', '{}');
    world.disk.plant('/run/weft/attachments/a.journal', '');
    expect([...recordKeys(new MemorySys(world), directories)].sort()).toEqual(['a', 'b', 'e.jsonx', 'f']);
  });

  it('are none where there is no directory yet, and unknown where it cannot be read', () => {
    expect(recordKeys(new MemorySys(new World()), directories)).toEqual([]);
    const sys = new MemorySys(new World(), { fail: { call: 0, errno: 'EACCES' } });
    expect(() => recordKeys(sys, directories)).toThrow(SysError);
  });
});

describe('the sandboxes of a node', () => {
  it('are listed oldest first, damaged ones last', () => {
    const world = worldWith({ young: 30, bad: 1, old: 10, middle: 20 });
    for (const path of ['/var/lib/weft', '/run/weft']) world.disk.plant(`${path}/attachments/bad.json`, '{');
    const views = listSandboxes(new MemorySys(world), directories);
    expect(views.map((view) => (view.kind === 'record' ? view.record.createdAt : view.file))).toEqual([
      10,
      20,
      30,
      'bad',
    ]);
    // Of this boot, as its file says: what is pending has not begun.
    const [oldest] = views;
    expect(oldest?.kind === 'record' && oldest.record.steps[0]?.state).toBe('pending');
  });

  it('are of another boot where nobody has named this one', () => {
    const world = worldWith({ a: 1 });
    world.disk.unlink('/run/weft/boot-id');
    const [view] = listSandboxes(new MemorySys(world), directories);
    expect(view?.kind === 'record' && view.record.steps[0]?.state).toBe('running');
    expect(world.disk.find('/run/weft/boot-id')).toBeUndefined();
  });

  it('are none where only a journal is left', () => {
    const world = new World();
    world.disk.plant('/run/weft/attachments/a.json.tmp', '{}');
    expect(listSandboxes(new MemorySys(world), directories)).toEqual([]);
  });
});
