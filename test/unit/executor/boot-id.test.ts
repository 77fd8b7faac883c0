import { describe, expect, it } from 'vitest';
import { readBootId } from '../../../src/executor/boot-id.ts';
import { lockAgainstGc } from '../../../src/executor/lock.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';

const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };
const read = (world: World, sys = new MemorySys(world)): string =>
  readBootId(sys, directories, world.nowMs + 1000);

describe('the boot ID', () => {
  it('is made once and then read by all', () => {
    const world = new World();
    const made = read(world);
    expect(made).toMatch(/^[0-9a-f-]{36}$/);
    expect(read(world)).toBe(made);
    expect(world.disk.find('/run/weft/boot-id')?.bytes.toString()).toBe(`${made}\n`);
  });

  it('costs one read where it is there', () => {
    const world = new World();
    read(world);
    const sys = new MemorySys(world);
    read(world, sys);
    expect(sys.calls).toEqual(['readText /run/weft/boot-id']);
  });

  it('is another one after a reboot', () => {
    const world = new World();
    const before = read(world);
    world.powerLoss('all');
    expect(read(world)).not.toBe(before);
  });

  it('is the same for a process that comes in between at any point', () => {
    const { points } = ((): MemorySys => {
      const world = new World();
      const sys = new MemorySys(world);
      read(world, sys);
      return sys;
    })();
    for (const killAt of points.keys()) {
      const world = new World();
      const dying = new MemorySys(world, { killAt });
      let first: string | undefined;
      try {
        first = read(world, dying);
      } catch {
        first = undefined;
      }
      const second = read(world);
      expect(read(world), points[killAt]).toBe(second);
      if (first !== undefined) expect(second).toBe(first);
      expect(world.disk.files('/run/weft'), points[killAt]).toEqual([
        '/run/weft/boot-id',
        '/run/weft/locks/boot.lock',
      ]);
    }
  });

  it('is that of the winner where two processes miss it at once', () => {
    const world = new World();
    const slow = new MemorySys(world);
    let other = '';
    const racing = new Proxy(slow, {
      get: (_, name) => {
        // The other process is quicker just after this one has found nothing.
        if (name === 'open' && other === '') other = read(world);
        const value: unknown = Reflect.get(slow, name);
        return typeof value === 'function' ? value.bind(slow) : value;
      },
    });
    expect(read(world, racing)).toBe(other);
    expect(read(world)).toBe(other);
  });

  it('is found without waiting for the ADD of the process that was quicker', () => {
    const world = new World();
    const slow = new MemorySys(world);
    let other = '';
    const racing = new Proxy(slow, {
      get: (_, name) => {
        if (name === 'open' && other === '') {
          const quicker = new MemorySys(world);
          other = read(world, quicker);
          lockAgainstGc(quicker, directories, world.nowMs + 1_000);
        }
        const value: unknown = Reflect.get(slow, name);
        return typeof value === 'function' ? value.bind(slow) : value;
      },
    });
    expect(read(world, racing)).toBe(other);
  });

  it('that cannot be read or written is the fault of the node, and says which file', () => {
    const world = new World();
    read(world);
    for (const sys of [
      new MemorySys(world, { fail: { call: 0, errno: 'EIO' } }),
      new MemorySys(new World(), { broken: { directory: '/run/weft', errno: 'ENOSPC' } }),
    ]) {
      const act = (): string => read(sys.world, sys);
      expect(reasonOf(act)).toBe('StateUnwritable');
    }
    const failing = new MemorySys(world, { fail: { call: 0, errno: 'EIO' } });
    expect(() => read(world, failing)).toThrow(/^read the boot ID: .*EIO/);
  });

  it('that is no boot ID is refused, not replaced', () => {
    const world = new World();
    world.disk.plant('/run/weft/boot-id', 'half');
    expect(reasonOf(() => read(world))).toBe('StateUnreadable');
    expect(() => read(world)).toThrow(
      'read the boot ID: /run/weft/boot-id holds no boot ID; remove the file',
    );
    expect(world.disk.find('/run/weft/boot-id')?.bytes.toString()).toBe('half');
  });
});
