import { afterAll, describe, expect, it, vi } from 'vitest';
import type { World } from '../../fakes/sys-memory/world.ts';
import { complaintsAfterDel, faults } from './crash-points.ts';
import { call, memoryNode, nodeFiles, type Outcome, sandbox } from './memory-node.ts';

// Many worlds; and twenty times as many cases of each property in `make test-long`.
vi.setConfig({ testTimeout: 120_000 });

const errnos = ['ENOSPC', 'EROFS', 'EIO'];
let count = 0;

afterAll(() => {
  process.stdout.write(`disk faults: ${count} points\n`);
});

const attached = (): World => {
  const world = memoryNode();
  call(world, 'ADD');
  return world;
};

/** What a user must not get to see in an error, and what must be in it. */
function errorComplaints({ error, stdout }: Outcome): readonly string[] {
  if (error === undefined) return [];
  const { code, msg, details } = error;
  const all: string[] = [];
  if (!(code > 0)) all.push(`code ${code}`);
  if (msg.length >= 300 || msg.includes('\n')) all.push(`message ${msg}`);
  if (!/^reason=(StateUnwritable|TeardownFailed)$/.test(details)) all.push(`${details} in ${stdout}`);
  return all;
}

describe('one writing call of ADD fails', () => {
  const notAttached = (world: World): readonly string[] => {
    const links = [...(world.sandboxes.get(sandbox.netns)?.links ?? [])].filter((name) => name !== 'lo');
    return [...links, ...world.allocations].map((thing) => `${thing} stays`);
  };

  it('gives a clean error and nothing attached, or success; the DEL that follows is clean', () => {
    const bad: string[] = [];
    for (const { world, point, outcome } of faults(memoryNode, 'ADD', errnos)) {
      count += 1;
      const ran = outcome.delegates;
      const attachedAll = outcome.status === 0 && world.allocations.size === 4;
      const complaints = [
        ...errorComplaints(outcome),
        ...(attachedAll ? [] : notAttached(world)),
        ...(outcome.status === 0 && !attachedAll ? ['success without attachments'] : []),
      ];
      const before = world.log.length;
      complaints.push(...complaintsAfterDel(world));
      // Without boot ID and locks no record can be written, so DEL finds none and runs the default network's once.
      const isBeforeRecord = / \/run(\/weft(\/boot-id\.tmp|\/boot-id|\/locks.*)?)?$/.test(point);
      if (outcome.status !== 0 && ran === 0 && world.log.length > before && !isBeforeRecord) {
        complaints.push(`DEL ran ${world.log.length - before} delegates after an ADD that ran none`);
      }
      bad.push(...complaints.map((complaint) => `${point}: ${complaint}`));
    }
    expect(bad).toEqual([]);
  });
});

describe('one writing call of DEL fails', () => {
  it('DEL is clean, or fails with a clean error and the next DEL is clean', () => {
    const bad: string[] = [];
    for (const { world, point, outcome } of faults(attached, 'DEL', errnos)) {
      count += 1;
      const complaints = [...errorComplaints(outcome)];
      if (outcome.status === 0 && world.allocations.size > 0) complaints.push('success with addresses left');
      complaints.push(...complaintsAfterDel(world));
      bad.push(...complaints.map((complaint) => `${point}: ${complaint}`));
    }
    expect(bad).toEqual([]);
  });
});

describe('one writing call of a DEL without a record fails', () => {
  const unrecorded = (): World => {
    const world = memoryNode();
    world.sandboxes.get(sandbox.netns)?.links.add('eth0');
    world.allocations.add(`bridge cluster ${sandbox.containerId} eth0`);
    return world;
  };

  it('DEL is clean, or fails with a clean error and the next DEL is clean', () => {
    const bad: string[] = [];
    for (const { world, point, outcome } of faults(unrecorded, 'DEL', errnos)) {
      count += 1;
      const complaints = [...errorComplaints(outcome), ...complaintsAfterDel(world)];
      bad.push(...complaints.map((complaint) => `${point}: ${complaint}`));
    }
    expect(bad).toEqual([]);
  });
});

describe('one writing call of an ADD that rolls back fails', () => {
  const failing = (): World => {
    const world = memoryNode();
    world.moods = [{ type: 'ptp', verb: 'ADD', how: 'fail-after-work' }];
    return world;
  };

  it('nothing is attached, and the DEL that follows is clean', () => {
    const bad: string[] = [];
    for (const { world, point, outcome } of faults(failing, 'ADD', errnos)) {
      count += 1;
      const complaints = outcome.status === 0 ? ['ADD succeeds'] : [];
      if (world.allocations.size > 0) complaints.push(`${[...world.allocations].join(', ')} stays`);
      complaints.push(...complaintsAfterDel(world));
      bad.push(...complaints.map((complaint) => `${point}: ${complaint}`));
    }
    expect(bad).toEqual([]);
  });
});

describe.each(['EROFS', 'ENOSPC'] as const)('a state directory that answers everything with %s', (errno) => {
  const broken = { directory: '/var/lib/weft', errno };

  it('refuses ADD before anything is run, and the DEL that follows succeeds and runs nothing', () => {
    const world = memoryNode();
    const add = call(world, 'ADD', { broken });
    expect([add.error?.details, add.error?.code, add.delegates]).toEqual(['reason=StateUnwritable', 5, 0]);
    const del = call(world, 'DEL', { broken });
    expect([del.status, del.stdout, del.delegates]).toEqual([0, '', 0]);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('does not keep DEL from undoing what is attached', () => {
    const world = attached();
    const del = call(world, 'DEL', { broken });
    expect([...world.allocations]).toEqual([]);
    expect(del.status === 0 || del.error?.details === 'reason=StateUnwritable').toBe(true);
    expect(complaintsAfterDel(world)).toEqual([]);
  });

  it('does not keep DEL of a sandbox without a record from succeeding', () => {
    const world = memoryNode();
    expect(call(world, 'DEL', { broken }).status).toBe(0);
  });
});
