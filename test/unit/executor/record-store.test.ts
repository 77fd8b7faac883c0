import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { RecordStore } from '../../../src/executor/record-store.ts';
import { recordPaths } from '../../../src/executor/state-paths.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { delegate, recordOf, stepIn } from '../attachment/records.ts';

const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };
const paths = recordPaths(directories, 'key');

function storeOn(world: World, bootId = 'boot-1', sys = new MemorySys(world)): RecordStore {
  return new RecordStore(sys, directories, 'key', bootId);
}

function loaded(world: World, bootId = 'boot-1'): AttachmentRecord {
  const found = storeOn(world, bootId).load();
  if (found.kind !== 'record') throw new Error(found.kind);
  return found.record;
}

const intent = recordOf(
  [stepIn('pending', { ...delegate, id: 'a' }), stepIn('pending', { ...delegate, id: 'b' })],
  { sequence: 3 },
);
const [stepA, stepB] = intent.steps.map(({ step }) => step);
if (stepA === undefined || stepB === undefined) throw new Error('two steps');
const attached = {
  ...intent,
  sequence: 4,
  steps: [stepIn('attached', stepA, { result: '{}' }), stepIn('attached', stepB, { result: '{}' })],
};

/** A world in which ADD has been settled. */
function settled(): World {
  const world = new World();
  const store = storeOn(world);
  store.begin(intent);
  for (const step of attached.steps) store.note(3, step);
  store.settle(attached);
  return world;
}

describe('the files of a record', () => {
  it('give it back', () => {
    expect(loaded(settled())).toEqual(attached);
  });

  it('give the same where either copy is lost or damaged', () => {
    for (const path of [paths.volatile, paths.durable]) {
      for (const damage of ['lost', 'cut', 'not text'] as const) {
        const world = settled();
        const file = world.disk.find(path);
        if (file === undefined) throw new Error(path);
        if (damage === 'lost') world.disk.unlink(path);
        else file.bytes = damage === 'cut' ? file.bytes.subarray(0, 50) : Buffer.from([0xff, 0xfe]);
        expect(loaded(world).steps, `${path} ${damage}`).toEqual(attached.steps);
      }
    }
  });

  it('count by the highest sequence, wherever it is', () => {
    const world = settled();
    storeOn(world).park({ ...attached, sequence: 9 });
    const store = storeOn(world);
    store.begin({ ...intent, sequence: 10 });
    expect(loaded(world).sequence).toBe(10);
    storeOn(world).settle({ ...attached, sequence: 12 });
    expect(loaded(world).sequence).toBe(12);
  });

  it('give the state of the journal while ADD runs', () => {
    const world = new World();
    const store = storeOn(world);
    store.begin(intent);
    store.note(3, stepIn('running', stepA));
    expect(loaded(world).steps.map(({ state }) => state)).toEqual(['running', 'pending']);
  });

  it('take what was pending for begun in another boot, and where the second copy is gone', () => {
    const world = new World();
    storeOn(world).begin(intent);
    expect(loaded(world, 'boot-2').steps.map(({ state }) => state)).toEqual(['running', 'running']);
    world.disk.plant(paths.volatile, '{"sequence":9');
    expect(loaded(world).steps.map(({ state }) => state)).toEqual(['running', 'running']);
    world.disk.unlink(paths.volatile);
    expect(loaded(world).steps.map(({ state }) => state)).toEqual(['running', 'running']);
  });

  it('are of a new ADD where one of the same number was written before', () => {
    const world = new World();
    const store = storeOn(world);
    for (const step of [stepA, stepB]) {
      store.begin(intent);
      expect(loaded(world).steps.map(({ state }) => state)).toEqual(['pending', 'pending']);
      store.note(3, stepIn('running', step));
    }
    expect(loaded(world).steps.map(({ state }) => state)).toEqual(['pending', 'running']);
  });

  it('hold one line for each note, whoever writes it', () => {
    const world = settled();
    const store = storeOn(world);
    store.load();
    for (const state of ['deleting', 'pending'] as const) store.note(4, stepIn(state, stepB));
    const lines = world.disk.find(paths.journal)?.bytes.toString().split('\n') ?? [];
    expect(lines.map((line) => line === '')).toEqual([false, false, false, false, true]);
  });

  it('are closed once, with the journal', () => {
    const world = new World();
    const sys = new MemorySys(world);
    const store = storeOn(world, 'boot-1', sys);
    store.close();
    expect(sys.calls).toEqual([]);
    store.begin(intent);
    store.note(3, stepIn('running', stepA));
    store.close();
    expect(sys.calls.at(-1)).toBe(`close ${paths.journal}`);
    const calls = sys.calls.length;
    store.close();
    expect(sys.calls).toHaveLength(calls);
  });

  it('take what is pending in a leftover for pending, because that was written at rest', () => {
    const world = new World();
    const teardown = { calls: 3, firstAt: 1, retries: 0, nextAt: 30_001 };
    const leftover = { ...intent, steps: [stepIn('leftover', stepA), stepIn('pending', stepB)], teardown };
    storeOn(world).park(leftover);
    expect(loaded(world).steps.map(({ state }) => state)).toEqual(['leftover', 'pending']);
  });

  it('are damaged only where every copy is', () => {
    const world = settled();
    for (const path of [paths.volatile, paths.durable]) world.disk.plant(path, '{');
    expect(storeOn(world).load()).toMatchObject({ kind: 'damaged' });
    world.disk.unlink(paths.volatile);
    expect(storeOn(world).load()).toMatchObject({ kind: 'damaged' });
    world.disk.unlink(paths.durable);
    expect(storeOn(world).load()).toEqual({ kind: 'none' });
  });

  it('that cannot be read are no reason to think there is no record', () => {
    const world = settled();
    const sys = new MemorySys(world, { fail: { call: 0, errno: 'EIO' } });
    expect(reasonOf(() => storeOn(world, 'boot-1', sys).load())).toBe('StateUnreadable');
  });

  it('after a refusal say that nothing was attached, and the intent is gone', () => {
    const world = new World();
    const store = storeOn(world);
    store.begin(intent);
    store.note(3, stepIn('running', stepA));
    store.refuse({ ...intent, sequence: 4, steps: [] });
    expect(loaded(world).steps).toEqual([]);
    expect(world.disk.files('/var/lib/weft')).toEqual([]);
    expect(world.disk.files('/run/weft')).toEqual([paths.volatile]);
  });

  it('are all gone after removal, temp files of killed writers included', () => {
    const world = settled();
    for (const path of Object.values(paths)) world.disk.plant(`${path}.tmp`, 'half');
    storeOn(world).park(attached);
    storeOn(world).begin(intent);
    storeOn(world).remove();
    expect([...world.disk.files('/run/weft'), ...world.disk.files('/var/lib/weft')]).toEqual([
      `${paths.journal}.tmp`,
    ]);
  });

  it('are all gone after removal, with what killed writers have left since', () => {
    const world = settled();
    for (const path of [paths.volatile, paths.durable, paths.leftover]) {
      world.disk.plant(`${path}.tmp`, 'half');
    }
    storeOn(world).remove();
    expect([...world.disk.files('/run/weft'), ...world.disk.files('/var/lib/weft')]).toEqual([]);
  });

  it('go on after a line that a full disk has cut', () => {
    const world = new World();
    const sys = new MemorySys(world);
    storeOn(world, 'boot-1', sys).begin(intent);
    const failing = new MemorySys(world, { fail: { call: 1, errno: 'ENOSPC' } });
    const store = storeOn(world, 'boot-1', failing);
    expect(reasonOf(() => store.note(3, stepIn('running', stepA)))).toBe('StateUnwritable');
    store.note(3, stepIn('running', stepB));
    expect(loaded(world).steps.map(({ state }) => state)).toEqual(['pending', 'running']);
  });

  it('go on after a line that a killed process has cut', () => {
    const world = new World();
    storeOn(world).begin(intent);
    world.disk.plant(paths.journal, '{"base":3,"id":"a","st');
    const store = storeOn(world);
    store.load();
    store.note(3, stepIn('running', stepB));
    expect(loaded(world).steps.map(({ state }) => state)).toEqual(['pending', 'running']);
  });

  it('of a damaged record go, and only what is kept of them stays beside what stands for them', () => {
    const world = settled();
    for (const path of [paths.volatile, paths.durable, paths.leftover]) world.disk.plant(path, '{ damaged');
    const store = storeOn(world);
    // Another DEL was killed just now, after it had linked the bytes.
    world.disk.plant(`${paths.durable}.${new MemorySys(world).wallMs()}.damaged`, '{ damaged');
    store.note(3, stepIn('running', stepA));
    world.nowMs = 1000;
    store.setAside((name) => recordOf([], { damaged: name }));
    const suffix = '.1700000001000.damaged';
    expect(world.disk.files('/run/weft')).toEqual([`${paths.volatile}${suffix}`]);
    expect([...world.disk.files('/var/lib/weft')].sort()).toEqual(
      [paths.durable, `${paths.durable}${suffix}`, `${paths.leftover}${suffix}`].sort(),
    );
    expect(loaded(world).damaged).toBe(`key.json${suffix}`);
  });

  it('of a damaged record are kept beside, and something stands in its place at every moment', () => {
    const damaged = (): World => {
      const world = settled();
      for (const path of [paths.volatile, paths.durable]) world.disk.plant(path, '{ damaged');
      return world;
    };
    const standIn = (name: string): AttachmentRecord =>
      recordOf([stepIn('running', stepA)], { damaged: name });
    const dry = new MemorySys(damaged());
    storeOn(dry.world, 'boot-1', dry).setAside(standIn);
    for (const killAt of dry.points.keys()) {
      const world = damaged();
      expect(() => storeOn(world, 'boot-1', new MemorySys(world, { killAt })).setAside(standIn)).toThrow(
        Error,
      );
      expect(storeOn(world).load().kind, dry.points[killAt]).not.toBe('none');
      const kept = world.disk.files('/var/lib/weft').map((path) => world.disk.find(path)?.bytes.toString());
      expect(
        kept.some((text) => text === '{ damaged'),
        dry.points[killAt],
      ).toBe(true);
    }
    const name = loaded(dry.world).damaged ?? '';
    expect(world(dry, name)).toBe('{ damaged');
  });
});

function world(sys: MemorySys, name: string): string | undefined {
  return sys.world.disk.find(`/var/lib/weft/attachments/${name}`)?.bytes.toString();
}
