import { crc32 } from 'node:zlib';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { damageOf } from '../../../src/attachment/record-codec.ts';
import type { Mood, World } from '../../fakes/sys-memory/world.ts';
import { complaints, complaintsAfterDel, crashes } from './crash-points.ts';
import { call, memoryNode, nodeFiles, sandbox } from './memory-node.ts';

// Many worlds; and twenty times as many cases of each property in `make test-long`.
vi.setConfig({ testTimeout: 120_000 });

const counter = { points: 0 };

afterAll(() => {
  process.stdout.write(`kill -9: ${counter.points} points\n`);
});

const attached = (): World => {
  const world = memoryNode();
  call(world, 'ADD');
  return world;
};

/** ADD of the pod fails at this plugin, after it has done its work. */
const failingAt = (type: string, how: Mood['how']) => (): World => {
  const world = memoryNode();
  world.moods = [{ type, verb: 'ADD', how }];
  return world;
};

describe('the story that is told', () => {
  it('attaches three networks and moves the default route', () => {
    const world = attached();
    expect([...(world.sandboxes.get(sandbox.netns)?.links ?? [])]).toEqual(['lo', 'eth0', 'net1', 'net2']);
    expect(world.sandboxes.get(sandbox.netns)?.routes.map(({ ifname }) => ifname)).toEqual(['net2']);
    expect(world.allocations.size).toBe(4);
  });

  it('leaves nothing after DEL', () => {
    expect(complaintsAfterDel(attached())).toEqual([]);
  });
});

describe('kill -9 of ADD at every point', () => {
  it('leaves each record whole or absent, in both places [CNI-286]', () => {
    const broken = (world: World): readonly string[] =>
      ['/var/lib/weft/attachments', '/run/weft/attachments']
        .flatMap((directory) => world.disk.files(directory))
        .filter((path) => path.endsWith('.json'))
        .filter((path) => damageOf(String(world.disk.find(path)?.bytes), crc32) !== undefined);
    expect(broken(attached())).toEqual([]);
    const spoilt = attached();
    const [path = ''] = spoilt.disk.files('/var/lib/weft/attachments');
    spoilt.disk.plant(path, String(spoilt.disk.find(path)?.bytes).slice(0, -9));
    expect(broken(spoilt)).toEqual([path]);
    expect(complaints(crashes(memoryNode, 'ADD'), counter, broken)).toEqual([]);
  });

  it('leaves nothing after the DEL of the runtime', () => {
    expect(complaints(crashes(memoryNode, 'ADD'), counter)).toEqual([]);
  });

  it('leaves nothing where the delegate has children that go on', () => {
    expect(complaints(crashes(memoryNode, 'ADD', { orphans: true }), counter)).toEqual([]);
  });

  it('lets a second ADD attach everything, and its DEL removes everything', () => {
    const audit = (world: World): readonly string[] => {
      const again = call(world, 'ADD');
      if (again.status !== 0)
        return again.error?.details === 'reason=AttachmentExists'
          ? complaintsAfterDel(world)
          : [again.stdout];
      return [...(world.allocations.size === 4 ? [] : ['not all attached']), ...complaintsAfterDel(world)];
    };
    expect(complaints(crashes(memoryNode, 'ADD', { orphans: true }), counter, audit)).toEqual([]);
  });

  it('over an unfinished record leaves nothing either', () => {
    const unfinished = (): World => {
      const world = memoryNode();
      call(world, 'ADD', { killAt: call(memoryNode(), 'ADD').sys.points.length - 40 });
      return world;
    };
    expect(unfinished().allocations.size).toBe(4);
    expect(complaints(crashes(unfinished, 'ADD'), counter)).toEqual([]);
  });
});

describe('kill -9 of DEL at every point', () => {
  it('leaves nothing after the next DEL', () => {
    expect(complaints(crashes(attached, 'DEL'), counter)).toEqual([]);
  });

  it('leaves nothing where the delegate has children that go on', () => {
    expect(complaints(crashes(attached, 'DEL', { orphans: true }), counter)).toEqual([]);
  });

  it('leaves nothing where the sandbox has no record', () => {
    const withoutRecord = (): World => {
      const world = memoryNode();
      world.sandboxes.get(sandbox.netns)?.links.add('eth0');
      world.allocations.add(`bridge cluster ${sandbox.containerId} eth0`);
      world.allocations.add(`portmap cluster ${sandbox.containerId} eth0`);
      return world;
    };
    expect(complaints(crashes(withoutRecord, 'DEL'), counter)).toEqual([]);
  });

  it('leaves nothing where a delegate fails at first', () => {
    const failing = (): World => {
      const world = attached();
      world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
      return world;
    };
    const audit = (world: World): readonly string[] => {
      world.moods = [];
      return complaintsAfterDel(world);
    };
    expect(complaints(crashes(failing, 'DEL'), counter, audit)).toEqual([]);
  });
});

describe('kill -9 of an ADD that rolls back, at every point', () => {
  for (const type of ['bridge', 'portmap', 'macvlan', 'ptp']) {
    for (const how of ['fail', 'fail-after-work', 'garbage', 'hang', 'unrunnable'] as const) {
      it(`leaves nothing where ${type} answers with ${how}`, () => {
        expect(complaints(crashes(failingAt(type, how), 'ADD'), counter)).toEqual([]);
      });
    }
  }

  it.each(['bridge', 'portmap', 'macvlan', 'ptp'])(
    'needs no %s to undo an ADD for which it could not be started',
    (type) => {
      const world = failingAt(type, 'unrunnable')();
      world.moods.push({ type, verb: 'DEL', how: 'unrunnable' });
      expect(call(world, 'ADD').error?.details).toBe('reason=PluginNotRunnable');
      expect(world.allocations.size).toBe(0);
      expect(complaintsAfterDel(world)).toEqual([]);
    },
  );

  it('leaves nothing where the rollback fails as well, once the plugin is well again', () => {
    const wedged = (): World => {
      const world = failingAt('ptp', 'fail-after-work')();
      world.moods.push({ type: 'macvlan', verb: 'DEL', how: 'fail' });
      return world;
    };
    const audit = (world: World): readonly string[] => {
      world.moods = [];
      return complaintsAfterDel(world);
    };
    expect(complaints(crashes(wedged, 'ADD'), counter, audit)).toEqual([]);
  });
});

describe('kill -9 of a DEL that gives up, at every point', () => {
  const givingUp = (): World => {
    const world = attached();
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    for (let tried = 0; tried < 3; tried += 1) call(world, 'DEL');
    return world;
  };

  it('leaves nothing after a DEL, once the plugin is well again', () => {
    const audit = (world: World): readonly string[] => {
      world.moods = [];
      return complaintsAfterDel(world);
    };
    expect(complaints(crashes(givingUp, 'DEL'), counter, audit)).toEqual([]);
  });
});

describe('kill -9 of a DEL that retries the leftover of another sandbox, at every point', () => {
  const other = { containerId: 'decade', ifname: 'eth0', netns: '/run/netns/pod-b' };
  /** Killed between the record's end and the lock's, an empty file stays in /run until the next boot. */
  const emptyLock = '/run/weft/locks/c0ffee:.lock';

  const withLeftover = (): World => {
    const world = attached();
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    for (let tried = 0; tried < 4; tried += 1) call(world, 'DEL');
    world.moods = [];
    world.sandboxes.clear();
    world.pass(60_000);
    // Refused, so that its DEL has nothing of its own to do.
    world.agent = undefined;
    call(world, 'ADD', { sandbox: other });
    return world;
  };

  const later = (world: World): readonly string[] => {
    world.pass(3_600_000);
    const dels = [call(world, 'DEL', { sandbox: other }), call(world, 'DEL', { sandbox: other })];
    const keep = [...nodeFiles, emptyLock];
    return [...dels.filter(({ status }) => status !== 0).map(({ stdout }) => stdout), ...world.remains(keep)];
  };

  it('still frees the leftover later', () => {
    expect(withLeftover().allocations.size).toBe(1);
    expect(complaints(crashes(withLeftover, 'DEL', { sandbox: other }), counter, later)).toEqual([]);
  });

  it('still frees the leftover later where the delegate has children that go on', () => {
    const found = crashes(withLeftover, 'DEL', { sandbox: other, orphans: true });
    expect(complaints(found, counter, later)).toEqual([]);
  });
});
