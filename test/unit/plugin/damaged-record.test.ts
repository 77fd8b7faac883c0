import { Buffer } from 'node:buffer';
import { describe, expect, it, vi } from 'vitest';
import { agentWith } from '../../fakes/sys-memory/memory-agent.ts';
import type { World } from '../../fakes/sys-memory/world.ts';
import { complaintsAfterDel, crashes } from './crash-points.ts';
import { call, memoryNode, nodeFiles, sandbox, threeNetworks } from './memory-node.ts';

// Many worlds; and twenty times as many cases of each property in `make test-long`.
vi.setConfig({ testTimeout: 120_000 });

const durable = '/var/lib/weft/attachments/c0ffee:eth0.json';
const volatile = '/run/weft/attachments/c0ffee:eth0.json';
const leftover = '/var/lib/weft/attachments/c0ffee:eth0.leftover.json';

function attached(): World {
  const world = memoryNode();
  call(world, 'ADD');
  return world;
}

function damage(world: World, ...paths: readonly string[]): World {
  for (const path of paths) {
    const file = world.disk.find(path);
    if (file === undefined) throw new Error(path);
    file.bytes = Buffer.concat([file.bytes.subarray(0, 60), Buffer.from('damaged')]);
    file.synced = file.bytes;
  }
  return world;
}

const damagedFiles = (world: World): readonly string[] =>
  world.disk.files('/var/lib/weft').filter((path) => path.endsWith('.damaged'));

const bothDamaged = (): World => damage(attached(), durable, volatile);

describe('a record of which one copy is damaged', () => {
  it.each([durable, volatile])('%s is torn down completely from the other', (path) => {
    expect(complaintsAfterDel(damage(attached(), path))).toEqual([]);
  });
});

describe('a record of which both copies are damaged', () => {
  it('is set aside; DEL does what DEL without a record does, and a leftover stands for it', () => {
    const world = bothDamaged();
    const bytes = world.disk.find(durable)?.bytes.toString();
    const del = call(world, 'DEL');
    expect([del.status, del.delegates]).toEqual([0, 2]);
    expect([...world.allocations]).toEqual(['macvlan net-net1 c0ffee net1', 'ptp net-net2 c0ffee net2']);
    const [kept] = damagedFiles(world);
    expect(world.disk.find(kept ?? '')?.bytes.toString()).toBe(bytes);
    const files = world.remains(nodeFiles).filter((line) => line.startsWith('file /var'));
    expect(files).toEqual([`file ${kept}`, `file ${leftover}`]);
  });

  it('is torn down with what libcni\u2019s cache knows beyond the default network', () => {
    const world = bothDamaged();
    const config = Buffer.from(
      JSON.stringify({ cniVersion: '1.0.0', name: 'net-net1', type: 'macvlan' }),
    ).toString('base64');
    const entry = {
      kind: 'cniCacheV1',
      containerId: 'c0ffee',
      config,
      ifName: 'net1',
      networkName: 'net-net1',
    };
    world.disk.plant('/var/lib/cni/results/net-net1-c0ffee-net1', JSON.stringify(entry));
    expect(call(world, 'DEL').delegates).toBe(3);
    expect([...world.allocations]).toEqual(['ptp net-net2 c0ffee net2']);
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
  });

  it('stands as a leftover through further DELs of the runtime, which run nothing', () => {
    const world = bothDamaged();
    call(world, 'DEL');
    const again = call(world, 'DEL');
    expect([again.status, again.delegates]).toEqual([0, 0]);
    expect(world.disk.files('/var/lib/weft')).toContain(leftover);
    expect(damagedFiles(world)).toHaveLength(1);
  });

  it('is never retried, because nobody knows what else it held', () => {
    const world = bothDamaged();
    call(world, 'DEL');
    world.pass(10_000_000);
    const before = world.log.length;
    call(world, 'DEL', { sandbox: { containerId: 'decade', ifname: 'eth0', netns: '' } });
    expect(world.log.slice(before).every(({ containerId }) => containerId === 'decade')).toBe(true);
    expect(world.disk.files('/var/lib/weft')).toContain(leftover);
  });

  it('fails DEL while a plugin fails, and stands afterwards', () => {
    const world = bothDamaged();
    world.moods = [{ type: 'bridge', verb: 'DEL', how: 'fail' }];
    expect(call(world, 'DEL').status).toBe(1);
    world.moods = [];
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.disk.files('/var/lib/weft')).toContain(leftover);
    expect(world.disk.files('/var/lib/weft')).not.toContain(durable);
  });

  it('is a failed CHECK', () => {
    const check = call(bothDamaged(), 'CHECK', { conf: { prevResult: {} } });
    expect(check.error?.details).toBe('reason=CheckFailed');
  });

  it('survives kill -9 of DEL at every point: the bytes are kept, the default network is gone, a leftover stands', () => {
    const bad: string[] = [];
    let points = 0;
    for (const { world, point } of crashes(bothDamaged, 'DEL')) {
      points += 1;
      const del = call(world, 'DEL');
      const held = [...world.allocations].some((allocation) => allocation.includes('cluster'));
      const stands = world.disk.files('/var/lib/weft').includes(leftover);
      const kept = damagedFiles(world).length > 0;
      const others = world
        .remains(nodeFiles)
        .filter((line) => line.startsWith('file') && !/damaged$|leftover\.json$/.test(line));
      if (del.status !== 0 || held || !stands || !kept || others.length > 0)
        bad.push(`${point}: ${del.stdout} ${others.join(' ')}`);
    }
    expect(bad).toEqual([]);
    expect(points).toBeGreaterThan(50);
  });

  it('lets ADD of the same sandbox go on, and kill -9 of it at every point loses nothing of the new record', () => {
    const again = (): World => {
      const world = bothDamaged();
      world.allocations.clear();
      world.sandboxes.get(sandbox.netns)?.links.clear();
      return world;
    };
    expect(call(again(), 'ADD').status).toBe(0);
    const bad: string[] = [];
    for (const { world, point } of crashes(again, 'ADD')) {
      world.agent = undefined;
      const del = call(world, 'DEL');
      if (del.status !== 0 || world.allocations.size > 0)
        bad.push(`${point}: ${del.stdout} ${[...world.allocations].join(', ')}`);
    }
    expect(bad).toEqual([]);
  });

  it('lets a second ADD of the same sandbox go on over the leftover', () => {
    const world = bothDamaged();
    call(world, 'DEL');
    world.allocations.clear();
    world.addSandbox(sandbox.netns);
    world.agent = agentWith(threeNetworks());
    expect(call(world, 'ADD').status).toBe(0);
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.allocations.size).toBe(0);
  });
});
