import { describe, expect, it } from 'vitest';
import type { World } from '../../fakes/sys-memory/world.ts';
import { call, memoryNode, nodeFiles, type Outcome, sandbox } from './memory-node.ts';

const leftoverFile = '/var/lib/weft/attachments/c0ffee:eth0.leftover.json';
const other = { containerId: 'decade', ifname: 'eth0', netns: '' };

function wedged(): World {
  const world = memoryNode();
  call(world, 'ADD');
  world.agent = undefined;
  world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
  return world;
}

/** Three DELs have failed, the fourth gives up. */
function parked(): World {
  const world = wedged();
  for (let tried = 0; tried < 4; tried += 1) call(world, 'DEL');
  world.sandboxes.clear();
  return world;
}

/** DEL of another sandbox, which has nothing of its own. */
function delOther(world: World, delegates: number): Outcome {
  const before = world.log.length;
  const outcome = call(world, 'DEL', { sandbox: other });
  expect(outcome.status).toBe(0);
  expect(
    world.log.slice(before).filter(({ containerId }) => containerId === sandbox.containerId),
  ).toHaveLength(delegates);
  return outcome;
}

describe('DEL of a sandbox whose plugin fails', () => {
  it('goes on with the other attachments, last first [CNI-283] [NPWG-329]', () => {
    const world = wedged();
    const before = world.log.length;
    call(world, 'DEL');
    expect(world.log.slice(before).map(({ type }) => type)).toEqual(['ptp', 'macvlan', 'portmap', 'bridge']);
    expect([...world.allocations]).toEqual(['macvlan net-net1 c0ffee net1']);
  });

  it('fails three times with the plugin\u2019s code, so that the runtime calls again, and then gives up', () => {
    const world = wedged();
    const answers = [call(world, 'DEL'), call(world, 'DEL'), call(world, 'DEL'), call(world, 'DEL')];
    expect(answers.map(({ status }) => status)).toEqual([1, 1, 1, 0]);
    expect(answers[0]?.error).toMatchObject({ code: 120, details: 'reason=TeardownFailed' });
    expect(answers[0]?.error?.msg).toMatch(/^network test\/net-net1, DEL net1: .*macvlan refuses DEL net1/);
    expect(world.disk.files('/var/lib/weft')).toEqual([leftoverFile, '/var/lib/weft/node.json']);
  });

  it('gives up sooner once 60 s have passed [NPWG-127]', () => {
    const world = wedged();
    expect(call(world, 'DEL').status).toBe(1);
    world.pass(60_000);
    expect(call(world, 'DEL').status).toBe(0);
  });

  it('does only what is left when it is called again', () => {
    const world = wedged();
    call(world, 'DEL');
    const again = call(world, 'DEL');
    expect(again.delegates).toBe(1);
  });

  it('is an error for as long as not even the leftover can be written', () => {
    const failedThrice = (): World => {
      const world = wedged();
      for (let tried = 0; tried < 3; tried += 1) call(world, 'DEL');
      return world;
    };
    const number = call(failedThrice(), 'DEL').sys.calls.indexOf(`rename ${leftoverFile}`);
    const world = failedThrice();
    const fourth = call(world, 'DEL', { fail: { call: number, errno: 'EROFS' } });
    expect(fourth.error?.details).toBe('reason=StateUnwritable');
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.disk.files('/var/lib/weft')).toContain(leftoverFile);
  });

  it('starves no other attachment where one hangs', () => {
    const world = wedged();
    world.moods = [{ type: 'ptp', verb: 'DEL', how: 'hang' }];
    const start = world.nowMs;
    expect(call(world, 'DEL').status).toBe(1);
    expect([...world.allocations]).toEqual(['ptp net-net2 c0ffee net2']);
    expect(world.nowMs - start).toBeLessThan(50_000 / 3 + 1000);
  });

  it('takes at most its budget where every plugin hangs', () => {
    const world = wedged();
    world.moods = ['ptp', 'macvlan', 'portmap', 'bridge'].map(
      (type) => ({ type, verb: 'DEL', how: 'hang' }) as const,
    );
    const start = world.nowMs;
    expect(call(world, 'DEL').status).toBe(1);
    expect(world.nowMs - start).toBeLessThan(51_000);
  });

  it('counts the wait for the lock into its budget, which ends before containerd\u2019s 60 s', () => {
    const world = wedged();
    world.moods = ['ptp', 'macvlan', 'portmap', 'bridge'].map(
      (type) => ({ type, verb: 'DEL', how: 'hang' }) as const,
    );
    const lock = world.disk.find('/run/weft/locks/c0ffee:.lock');
    if (lock === undefined) throw new Error('no lock file');
    world.tryLock('somebody', lock, 'exclusive');
    world.in(19_000, () => world.unlock('somebody'));
    const start = world.nowMs;
    expect(call(world, 'DEL').status).toBe(1);
    expect(world.nowMs - start).toBeLessThan(51_000);
  });
});

describe('a leftover', () => {
  it('is not due at once, and tried by a later DEL of any sandbox', () => {
    const world = parked();
    delOther(world, 0);
    world.pass(31_000);
    world.moods = [];
    delOther(world, 1);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('is tried with an empty namespace where the sandbox is gone [CNI-072]', () => {
    const world = parked();
    world.pass(31_000);
    delOther(world, 1);
    expect(world.log.findLast(({ containerId }) => containerId === sandbox.containerId)?.netns).toBe('');
  });

  it('that fails again waits twice as long', () => {
    const world = parked();
    world.pass(31_000);
    delOther(world, 1);
    world.pass(31_000);
    delOther(world, 0);
    world.pass(31_000);
    delOther(world, 1);
  });

  it('is never retried by ADD', () => {
    const world = parked();
    world.pass(31_000);
    call(world, 'ADD', { sandbox: other });
    expect(world.disk.files('/var/lib/weft')).toContain(leftoverFile);
    expect(world.log.filter(({ verb, type }) => verb === 'DEL' && type === 'macvlan')).toHaveLength(4);
  });

  it('takes at most 2 s of a DEL where its plugin hangs', () => {
    const world = parked();
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'hang' }];
    world.pass(31_000);
    const start = world.nowMs;
    delOther(world, 1);
    expect(world.nowMs - start).toBeLessThan(2100);
  });

  it('whose container is busy is left alone, without waiting', () => {
    const world = parked();
    world.pass(31_000);
    world.disk.plant('/run/weft/locks/c0ffee:.lock', '');
    const lock = world.disk.find('/run/weft/locks/c0ffee:.lock');
    if (lock === undefined) throw new Error('no lock file');
    world.tryLock('somebody', lock, 'exclusive');
    const start = world.nowMs;
    delOther(world, 0);
    expect(world.nowMs - start).toBeLessThan(100);
    world.unlock('somebody');
    delOther(world, 1);
  });

  it('is one of several: each DEL tries one', () => {
    const world = memoryNode();
    world.agent = undefined;
    world.moods = [{ type: 'bridge', verb: 'DEL', how: 'fail' }];
    for (const containerId of ['aaa', 'bbb', 'ccc']) {
      for (let tried = 0; tried < 4; tried += 1)
        call(world, 'DEL', { sandbox: { containerId, ifname: 'eth0', netns: '' } });
    }
    world.pass(40_000);
    world.moods = [{ type: 'portmap', verb: 'DEL', how: 'fail' }];
    const left = (): number =>
      world.disk.files('/var/lib/weft').filter((path) => path.endsWith('.leftover.json')).length;
    expect(left()).toBe(3);
    world.moods = [];
    for (const expected of [2, 1, 0]) {
      call(world, 'DEL', { sandbox: other });
      expect(left()).toBe(expected);
    }
  });

  it('is finished by the runtime\u2019s own DEL as well', () => {
    const world = parked();
    world.moods = [];
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('keeps the DEL of its own sandbox successful while it stands', () => {
    const world = parked();
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.disk.files('/var/lib/weft')).toContain(leftoverFile);
  });

  it('keeps ADD of the same sandbox from making more while it stands', () => {
    const world = parked();
    world.addSandbox(sandbox.netns);
    expect(call(world, 'ADD').error?.details).toBe('reason=TeardownFailed');
  });
});
