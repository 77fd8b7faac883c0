import { afterAll, describe, expect, it, vi } from 'vitest';
import type { World } from '../../fakes/sys-memory/world.ts';
import { type Crash, complaints } from './crash-points.ts';
import { attach, fiveMinutes, gc, gcNode, heldBy, sandboxOf } from './gc-node.ts';
import { call, nodeFiles } from './memory-node.ts';

vi.setConfig({ testTimeout: 120_000 });

const counter = { points: 0 };

afterAll(() => {
  process.stdout.write(`kill -9 of GC: ${counter.points} points\n`);
});

/** One in use, two stale, and what a delegate holds of which weft has no record. */
function story(): World {
  const world = gcNode();
  attach(world, 'used', 'aaa', 'bbb');
  world.pass(fiveMinutes);
  world.allocations.add('bridge cluster lost eth0');
  world.allocations.add('macvlan lan lost net1');
  return world;
}

function* crashes(make: () => World, orphans: boolean): Generator<Crash> {
  const { points } = gc(make(), ['used']).sys;
  for (const [killAt, point] of points.entries()) {
    if (points[killAt + 1]?.startsWith('before ') === true) continue;
    const world = make();
    gc(world, ['used'], { killAt, orphans });
    yield { world, point };
  }
}

/** Nothing of what is used may be missing, whatever ran; a listed sandbox is found whole. */
function unharmed(world: World): readonly string[] {
  const held = heldBy(world, 'used');
  return held.length === 3 ? [] : [`of the used sandbox there is only: ${held.join(', ')}`];
}

describe('kill -9 of GC at every point', () => {
  it.each([false, true])('is made good by the next GC, delegates leaving children: %s', (orphans) => {
    const audit = (world: World): readonly string[] => {
      const before = unharmed(world);
      const { status, stdout } = gc(world, ['used']);
      const again = status === 0 ? [] : [stdout];
      const after = unharmed(world);
      const del = call(world, 'DEL', { sandbox: sandboxOf('used') });
      return [...before, ...again, ...after, ...(del.status === 0 ? [] : [del.stdout]), ...left(world)];
    };
    expect(complaints(crashes(story, orphans), counter, audit)).toEqual([]);
    expect(counter.points).toBeGreaterThan(100);
  });

  it('leaves every sandbox to its own DEL', () => {
    const audit = (world: World): readonly string[] => {
      const ids = ['aaa', 'bbb', 'used'];
      const failed = ids
        .map((id) => call(world, 'DEL', { sandbox: sandboxOf(id) }))
        .filter(({ status }) => status !== 0);
      world.allocations.delete('bridge cluster lost eth0');
      world.allocations.delete('macvlan lan lost net1');
      return [...failed.map(({ stdout }) => stdout), ...left(world)];
    };
    expect(complaints(crashes(story, true), counter, audit)).toEqual([]);
  });

  it('takes nothing from a sandbox that is attached afterwards', () => {
    const audit = (world: World): readonly string[] => {
      attach(world, 'new');
      world.settle();
      const held = heldBy(world, 'new');
      return [
        ...(held.length === 3 ? [] : [`the new sandbox has only ${held.join(', ')}`]),
        ...world.violations,
      ];
    };
    expect(complaints(crashes(story, true), counter, audit)).toEqual([]);
  });
});

/**
 * Killed between a record's end and its lock's, GC leaves an empty lock file in /run until the next boot; killed while it
 * writes which delegate runs, a temporary one until the next GC.
 */
function left(world: World): readonly string[] {
  const locks = ['aaa', 'bbb'].map((id) => `/run/weft/locks/${id}:.lock`);
  return world.remains([...nodeFiles, ...locks, '/run/weft/gc.json.tmp']);
}
