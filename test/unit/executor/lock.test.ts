import { describe, expect, it } from 'vitest';
import {
  lockAgainstGc,
  lockBoot,
  lockContainer,
  lockForGc,
  tryLockContainer,
} from '../../../src/executor/lock.ts';
import { MemorySys } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { reasonOf } from '../attachment/reason-of.ts';

const directories = { stateDir: '/var/lib/weft', runDir: '/run/weft' };

/** A process that locks; time passes only while it waits. */
function processOf(world: World): MemorySys {
  return new MemorySys(world);
}

const soon = (world: World, ms = 1000): number => world.nowMs + ms;

describe('the lock of a container', () => {
  it('keeps a second process waiting until it is given up', () => {
    const world = new World();
    const held = lockContainer(processOf(world), directories, 'c', soon(world));
    const start = world.nowMs;
    world.in(300, () => held.release());
    lockContainer(processOf(world), directories, 'c', soon(world));
    expect(world.nowMs - start).toBeGreaterThanOrEqual(300);
    expect(world.nowMs - start).toBeLessThan(330);
  });

  it('is busy at the deadline, and no earlier', () => {
    const world = new World();
    lockContainer(processOf(world), directories, 'c', soon(world));
    const start = world.nowMs;
    expect(reasonOf(() => lockContainer(processOf(world), directories, 'c', soon(world)))).toBe(
      'SandboxBusy',
    );
    expect(world.nowMs - start).toBeGreaterThan(950);
    expect(world.nowMs - start).toBeLessThan(1050);
  });

  it('is busy in words that say what is locked', () => {
    const world = new World();
    const long = 'x'.repeat(150);
    for (const [id, name] of [
      ['c', 'c:.lock'],
      [long, 'x'.repeat(80)],
    ] as const) {
      lockContainer(processOf(world), directories, id, soon(world));
      expect(() => lockContainer(processOf(world), directories, id, soon(world))).toThrow(
        `lock the sandbox: ${name} is held by another process`,
      );
    }
  });

  it('whose file cannot be opened is the fault of the node', () => {
    const sys = new MemorySys(new World(), { broken: { directory: '/run/weft', errno: 'ENOSPC' } });
    const act = (): unknown => lockContainer(sys, directories, 'c', soon(sys.world));
    expect(reasonOf(act)).toBe('StateUnwritable');
    expect(act).toThrow(/^lock the sandbox: .*ENOSPC/);
  });

  it('of GC is held by many sandboxes at once, and by a GC alone', () => {
    const world = new World();
    const held = [1, 2].map(() => lockAgainstGc(processOf(world), directories, soon(world)));
    const gc = (): unknown => lockForGc(processOf(world), directories, soon(world, 100));
    expect(reasonOf(gc)).toBe('SandboxBusy');
    for (const one of held) one.release();
    gc();
    expect(reasonOf(() => lockAgainstGc(processOf(world), directories, soon(world, 100)))).toBe(
      'SandboxBusy',
    );
    expect(reasonOf(gc)).toBe('SandboxBusy');
  });

  it('of another container does not matter, also of one called gc', () => {
    const world = new World();
    lockContainer(processOf(world), directories, 'c', soon(world));
    lockContainer(processOf(world), directories, 'd', soon(world));
    lockAgainstGc(processOf(world), directories, soon(world));
    lockContainer(processOf(world), directories, 'gc', soon(world));
    expect(world.locks).toBe(4);
  });

  it('goes with a process that is killed', () => {
    const world = new World();
    const dying = processOf(world);
    lockContainer(dying, directories, 'c', soon(world));
    dying.exit();
    expect(tryLockContainer(processOf(world), directories, 'c')).toBeDefined();
  });

  it('can be tried without waiting', () => {
    const world = new World();
    const held = lockContainer(processOf(world), directories, 'c', soon(world));
    const start = world.nowMs;
    expect(tryLockContainer(processOf(world), directories, 'c')).toBeUndefined();
    expect(world.nowMs - start).toBeLessThan(1);
    held.release();
    expect(tryLockContainer(processOf(world), directories, 'c')).toBeDefined();
  });

  it('on a file that its last holder has removed protects nothing: the waiter takes the new one', () => {
    const world = new World();
    const first = lockContainer(processOf(world), directories, 'c', soon(world));
    world.in(50, () => first.retire());
    const second = lockContainer(processOf(world), directories, 'c', soon(world));
    expect(world.disk.files('/run/weft/locks')).toHaveLength(1);
    expect(tryLockContainer(processOf(world), directories, 'c')).toBeUndefined();
    second.retire();
    expect(world.disk.files('/run/weft/locks')).toEqual([]);
    expect(world.locks).toBe(0);
  });

  it('whose file is removed between open and lock is not taken', () => {
    const world = new World();
    const sys = processOf(world);
    const racing = new Proxy(sys, {
      get: (_, name) => {
        // The last holder is quicker just after this process has opened the file.
        if (name === 'tryLock' && !sys.calls.some((label) => label.startsWith('tryLock'))) {
          world.disk.unlink('/run/weft/locks/c:.lock');
        }
        const value: unknown = Reflect.get(sys, name);
        return typeof value === 'function' ? value.bind(sys) : value;
      },
    });
    lockContainer(racing, directories, 'c', soon(world));
    expect(sys.calls.filter((call) => call.startsWith('tryLock'))).toHaveLength(2);
    expect(world.locks).toBe(1);
    expect(tryLockContainer(processOf(world), directories, 'c')).toBeUndefined();
  });

  it('cannot be had where the directory cannot be written', () => {
    const world = new World();
    const sys = new MemorySys(world, { fail: { call: 0, errno: 'EROFS' } });
    expect(reasonOf(() => lockContainer(sys, directories, 'c', soon(world)))).toBe('StateUnwritable');
  });
});

describe('the lock against GC', () => {
  it('is shared by verbs', () => {
    const world = new World();
    lockAgainstGc(processOf(world), directories, soon(world));
    lockAgainstGc(processOf(world), directories, soon(world));
    expect(world.locks).toBe(2);
  });
});

describe('the lock of the boot', () => {
  it('is held by one at a time, and waits for no verb', () => {
    const world = new World();
    lockAgainstGc(processOf(world), directories, soon(world));
    const held = lockBoot(processOf(world), directories, soon(world));
    expect(reasonOf(() => lockBoot(processOf(world), directories, soon(world, 30)))).toBe('SandboxBusy');
    held.release();
    lockBoot(processOf(world), directories, soon(world));
  });
});
