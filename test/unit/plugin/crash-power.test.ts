import fc from 'fast-check';
import { afterAll, describe, expect, it, vi } from 'vitest';
import type { Survival } from '../../fakes/sys-memory/disk.ts';
import type { World } from '../../fakes/sys-memory/world.ts';
import { complaints, complaintsAfterDel, crashes } from './crash-points.ts';
import { call, memoryNode, nodeFiles } from './memory-node.ts';

// Many worlds; and twenty times as many cases of each property in `make test-long`.
vi.setConfig({ testTimeout: 120_000 });

const counter = { points: 0 };

afterAll(() => {
  process.stdout.write(`power loss: ${counter.points} points\n`);
});

/** The node as it is when the agent has been there before: its directories are durable. */
const attached = (): World => {
  const world = memoryNode();
  call(world, 'ADD');
  return world;
};

/** A node on which a pod has come and gone before. */
const used = (): World => {
  const world = attached();
  call(world, 'DEL');
  return world;
};

const afterPowerLoss =
  (survival: Survival) =>
  (world: World): readonly string[] => {
    world.powerLoss(survival);
    return complaintsAfterDel(world);
  };

describe.each(['none', 'names', 'all'] as const)(
  'power loss at every point, of what was not synced survives: %s',
  (survival) => {
    it('leaves no address after ADD and the DEL of the runtime', () => {
      expect(complaints(crashes(memoryNode, 'ADD'), counter, afterPowerLoss(survival))).toEqual([]);
    });

    it('leaves no address after ADD on a node that has been in use', () => {
      expect(complaints(crashes(used, 'ADD'), counter, afterPowerLoss(survival))).toEqual([]);
    });

    it('leaves no address after DEL', () => {
      expect(complaints(crashes(attached, 'DEL'), counter, afterPowerLoss(survival))).toEqual([]);
    });

    it('leaves no address after an ADD that rolls back', () => {
      const failing = (): World => {
        const world = memoryNode();
        world.moods = [{ type: 'ptp', verb: 'ADD', how: 'fail-after-work' }];
        return world;
      };
      expect(complaints(crashes(failing, 'ADD'), counter, afterPowerLoss(survival))).toEqual([]);
    });

    it('leaves no address after a DEL that gives up, once the plugin is well again', () => {
      const givingUp = (): World => {
        const world = attached();
        world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
        for (let tried = 0; tried < 3; tried += 1) call(world, 'DEL');
        return world;
      };
      const audit = (world: World): readonly string[] => {
        world.moods = [];
        return afterPowerLoss(survival)(world);
      };
      expect(complaints(crashes(givingUp, 'DEL'), counter, audit)).toEqual([]);
    });
  },
);

describe('power loss of any kind', () => {
  it('after ADD has answered leaves a record from which everything is torn down', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 20 }), { minLength: 30, maxLength: 30 }), (choices) => {
        const world = attached();
        let next = 0;
        world.powerLoss((count) => {
          next += 1;
          return Math.min(count, choices[next % choices.length] ?? 0);
        });
        expect(call(world, 'DEL').delegates).toBe(4);
        expect(world.remains(nodeFiles)).toEqual([]);
      }),
    );
  });

  it('at any moment of ADD is survived', () => {
    const { points } = call(memoryNode(), 'ADD').sys;
    const keeps = fc.array(fc.nat({ max: 20 }), { minLength: 30, maxLength: 30 });
    fc.assert(
      fc.property(fc.nat({ max: points.length - 1 }), keeps, (killAt, choices) => {
        const world = memoryNode();
        call(world, 'ADD', { killAt });
        let next = 0;
        const survival = (count: number): number => {
          next += 1;
          return Math.min(count, choices[next % choices.length] ?? 0);
        };
        expect(afterPowerLoss(survival)(world)).toEqual([]);
      }),
    );
  });
});
