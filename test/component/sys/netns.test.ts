import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownedName } from '../../harness/owner.ts';
import { type CallOutcome, callSys, driver, resultOf, startDriver } from './driver-process.ts';

let name = '';
let netns = '';

function ip(command: string): string {
  return execFileSync('ip', ['-n', name, ...command.split(' ')], { encoding: 'utf8' });
}

beforeEach(() => {
  name = ownedName();
  netns = `/run/netns/${name}`;
  execFileSync('ip', ['netns', 'add', name]);
  ip('link set lo up');
  ip('link add eth0 type veth peer name peer0');
  ip('link add eth1 type veth peer name peer1');
  for (const link of ['eth0', 'peer0', 'eth1', 'peer1']) ip(`link set ${link} up`);
  ip('addr add 10.1.0.2/24 dev eth0');
  ip('addr add 10.2.0.2/24 dev eth1');
  ip('addr add fd00:1::2/64 dev eth0 nodad');
  ip('addr add fd00:2::2/64 dev eth1 nodad');
});
afterEach(() => {
  execFileSync('ip', ['netns', 'del', name]);
});

const soon = '$now+5000';
const route = (
  family: 4 | 6,
  ifname: string,
  gateway: string,
  priority = family === 4 ? 0 : 1024,
): object => ({
  family,
  ifname,
  gateway,
  priority,
});

/** Default routes as iproute2 prints them, without what differs by itself. */
function shown(): string[] {
  return [...ip('-4 route show default').split('\n'), ...ip('-6 route show default').split('\n')]
    .map((line) => line.replace(/ pref \w+| linkdown/g, '').trim())
    .filter((line) => line !== '');
}

describe('linkNames', () => {
  it('lists every link, also one without an address, and alternative names', async () => {
    ip('link add ifb0 type ifb');
    ip('link property add dev eth1 altname a-long-alternative-name');
    const [outcome] = await callSys([['linkNames', netns, soon]]);
    expect([...resultOf<string[]>(outcome)].sort()).toEqual(
      ['a-long-alternative-name', 'eth0', 'eth1', 'ifb0', 'lo', 'peer0', 'peer1'].sort(),
    );
  });

  it('lists more links than fit into one answer of the kernel', async () => {
    for (let i = 0; i < 60; i++) ip(`link add many${i} type veth peer name other${i}`);
    const [outcome] = await callSys([['linkNames', netns, soon]]);
    expect(outcome?.result).toHaveLength(125);
  });

  it('says what is wrong with the path, the deadline', async () => {
    const outcomes = await callSys([
      ['linkNames', '/run/netns/weft-nowhere', soon],
      ['linkNames', '/etc/passwd', soon],
      ['linkNames', netns, '$now+0'],
      ['linkNames', netns, soon],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual(['ENOENT', 'EINVAL', 'ETIMEDOUT', undefined]);
    expect(outcomes[0]).toMatchObject({ call: 'linkNames', subject: '/run/netns/weft-nowhere' });
  });

  it('gives up at the deadline where the kernel does not answer', async () => {
    const script = [
      { call: 'monotonicMs', args: [] },
      { call: 'linkNames', args: [netns, '$now+300'] },
      { call: 'monotonicMs', args: [] },
    ];
    const slow = [
      '-f',
      '-qq',
      '-o',
      '/dev/null',
      '-e',
      'trace=setns',
      '-e',
      'inject=setns:delay_enter=1500000',
    ];
    const ran = spawnSync('strace', [...slow, await driver(), JSON.stringify(script)], { encoding: 'utf8' });
    const [before, failed, after] = ran.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as CallOutcome);
    expect(failed).toEqual({ errno: 'ETIMEDOUT', call: 'linkNames', subject: netns });
    // strace lets go of the killed child only after its delay.
    expect(Number(after?.result) - Number(before?.result)).toBeLessThan(2200);
  });

  it('leaves this process in its own namespace, and no child behind', async () => {
    const running = startDriver(await driver(), [
      ['isOwnNetns', '/proc/self/ns/net'],
      ['linkNames', netns, soon],
      ['isOwnNetns', '/proc/self/ns/net'],
      ['isOwnNetns', netns],
      ['sleepMs', 30_000],
    ]);
    const outcomes = await running.outcomes(4);
    expect(outcomes.map((outcome) => outcome.result).filter((result) => typeof result === 'boolean')).toEqual(
      [true, true, false],
    );
    const children = readFileSync(`/proc/${running.pid}/task/${running.pid}/children`, 'utf8');
    running.kill();
    await running.end;
    expect(children).toBe('');
  });
});

describe('removeLink', () => {
  it('removes one link, and takes one that is gone for removed', async () => {
    const outcomes = await callSys([
      ['removeLink', netns, 'eth1', soon],
      ['removeLink', netns, 'eth1', soon],
      ['linkNames', netns, soon],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual([undefined, undefined, undefined]);
    // The other end of a veth goes with it.
    expect([...resultOf<string[]>(outcomes[2])].sort()).toEqual(['eth0', 'lo', 'peer0']);
  });

  it('says what is wrong with the path, the name, the deadline, or the link', async () => {
    const outcomes = await callSys([
      ['removeLink', '/run/netns/weft-nowhere', 'eth1', soon],
      ['removeLink', netns, 'a-name-of-16-byte', soon],
      ['removeLink', netns, '', soon],
      ['removeLink', netns, 'lo', soon],
      ['removeLink', netns, 'eth1', '$now+0'],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual([
      'ENOENT',
      'EINVAL',
      'EINVAL',
      'EOPNOTSUPP',
      'ETIMEDOUT',
    ]);
    expect(ip('-o link show eth1')).toContain('eth1');
  });
});

describe('isOwnNetns', () => {
  it('knows it under any path', async () => {
    const outcomes = await callSys([
      ['isOwnNetns', `/proc/${process.pid}/ns/net`],
      ['isOwnNetns', netns],
      ['isOwnNetns', '/run/netns/weft-nowhere'],
      ['isOwnNetns', '/etc/passwd'],
    ]);
    expect(outcomes.map((outcome) => outcome.result)).toEqual([true, false, false, false]);
  });
});

describe('defaultRoutes', () => {
  it('lists those of the main table, both families, and no others', async () => {
    ip('route add default via 10.1.0.1 dev eth0');
    ip('route add default via 10.2.0.1 dev eth1 metric 200');
    ip('route add default via 10.2.0.9 dev eth1 table 100');
    ip('route add 10.9.0.0/16 via 10.1.0.1');
    ip('route add blackhole default metric 900');
    ip('-6 route add default via fd00:1::1 dev eth0');
    ip('-6 route add default dev eth1 metric 300');
    ip('-6 route add unreachable default metric 9000');
    ip('-6 route add fd00:9::/64 via fd00:1::1');
    const [outcome] = await callSys([['defaultRoutes', netns, soon]]);
    expect(outcome?.result).toHaveLength(4);
    expect(outcome?.result).toEqual(
      expect.arrayContaining([
        route(4, 'eth0', '10.1.0.1'),
        route(4, 'eth1', '10.2.0.1', 200),
        route(6, 'eth0', 'fd00:1::1'),
        route(6, 'eth1', '', 300),
      ]),
    );
  });

  it('lists each next hop of a multipath route, and an IPv6 gateway of an IPv4 route', async () => {
    ip('route add default nexthop via 10.1.0.1 dev eth0 nexthop via 10.2.0.1 dev eth1');
    ip('-4 route add default via inet6 fd00:1::1 dev eth0 metric 5');
    ip('-6 route add default nexthop via fd00:1::1 dev eth0 nexthop via fd00:2::1 dev eth1');
    const [outcome] = await callSys([['defaultRoutes', netns, soon]]);
    expect(outcome?.result).toEqual([
      route(4, 'eth0', '10.1.0.1'),
      route(4, 'eth1', '10.2.0.1'),
      route(4, 'eth0', 'fd00:1::1', 5),
      route(6, 'eth0', 'fd00:1::1'),
      route(6, 'eth1', 'fd00:2::1'),
    ]);
  });

  it('of a namespace without any is empty', async () => {
    expect(await callSys([['defaultRoutes', netns, soon]])).toEqual([{ result: [] }]);
  });
});

describe('changeDefaultRoutes', () => {
  const changes = (...list: readonly (readonly ['add' | 'delete', object])[]): object[] =>
    list.map(([op, changed]) => ({ op, route: changed }));

  it('moves the default of both families to another interface', async () => {
    ip('route add default via 10.1.0.1 dev eth0');
    ip('-6 route add default via fd00:1::1 dev eth0');
    const [outcome, after] = await callSys([
      [
        'changeDefaultRoutes',
        netns,
        changes(
          ['delete', route(4, 'eth0', '10.1.0.1')],
          ['delete', route(6, 'eth0', 'fd00:1::1')],
          ['add', route(4, 'eth1', '10.2.0.1')],
          ['add', route(6, 'eth1', 'fd00:2::1', 0)],
        ),
        soon,
      ],
      ['defaultRoutes', netns, soon],
    ]);
    expect(outcome).toEqual({});
    expect(shown()).toEqual(['default via 10.2.0.1 dev eth1', 'default via fd00:2::1 dev eth1 metric 1024']);
    expect(after?.result).toEqual([route(4, 'eth1', '10.2.0.1'), route(6, 'eth1', 'fd00:2::1')]);
  });

  it('keeps routes without gateway and metrics', async () => {
    const list = [route(4, 'eth0', '', 0), route(4, 'eth1', '10.2.0.1', 50), route(6, 'eth1', '', 700)];
    const outcomes = await callSys([
      ['changeDefaultRoutes', netns, changes(...list.map((entry) => ['add', entry] as const)), soon],
      ['defaultRoutes', netns, soon],
    ]);
    expect(outcomes).toEqual([{}, { result: list }]);
    expect(shown()).toEqual([
      'default dev eth0 scope link',
      'default via 10.2.0.1 dev eth1 metric 50',
      'default dev eth1 metric 700',
    ]);
  });

  it('may be repeated: adding what is there and deleting what is gone is no error', async () => {
    const list = [route(4, 'eth0', '10.1.0.1'), route(6, 'eth0', 'fd00:1::1')];
    const add = changes(...list.map((entry) => ['add', entry] as const));
    const remove = changes(...list.map((entry) => ['delete', entry] as const));
    const gone = changes(['delete', route(4, 'eth9', '10.1.0.1')]);
    const outcomes = await callSys([
      ['changeDefaultRoutes', netns, add, soon],
      ['changeDefaultRoutes', netns, add, soon],
      ['defaultRoutes', netns, soon],
      ['changeDefaultRoutes', netns, remove, soon],
      ['changeDefaultRoutes', netns, remove, soon],
      ['defaultRoutes', netns, soon],
      ['changeDefaultRoutes', netns, gone, soon],
    ]);
    expect(outcomes).toEqual([{}, {}, { result: list }, {}, {}, { result: [] }, {}]);
  });

  it('adds nothing beside a route that another program made with the same gateway', async () => {
    ip('route add default via 10.1.0.1 dev eth0 proto static onlink');
    await callSys([['changeDefaultRoutes', netns, changes(['add', route(4, 'eth0', '10.1.0.1')]), soon]]);
    expect(shown()).toEqual(['default via 10.1.0.1 dev eth0 proto static onlink']);
  });

  it('deletes only the very route, not another of the same interface', async () => {
    ip('route add default via 10.1.0.1 dev eth0');
    ip('-6 route add default via fd00:1::1 dev eth0');
    await callSys([
      [
        'changeDefaultRoutes',
        netns,
        changes(
          ['delete', route(4, 'eth0', '')],
          ['delete', route(4, 'eth0', '10.1.0.9')],
          ['delete', route(4, 'eth0', '10.1.0.1', 7)],
          ['delete', route(6, 'eth0', '')],
        ),
        soon,
      ],
    ]);
    expect(shown()).toEqual(['default via 10.1.0.1 dev eth0', 'default via fd00:1::1 dev eth0 metric 1024']);
  });

  it('puts every next hop of a multipath route back', async () => {
    ip('-6 route add default nexthop via fd00:1::1 dev eth0 nexthop via fd00:2::1 dev eth1');
    const list = [route(6, 'eth0', 'fd00:1::1'), route(6, 'eth1', 'fd00:2::1')];
    const outcomes = await callSys([
      ['changeDefaultRoutes', netns, changes(...list.map((entry) => ['delete', entry] as const)), soon],
      ['defaultRoutes', netns, soon],
      ['changeDefaultRoutes', netns, changes(...list.map((entry) => ['add', entry] as const)), soon],
      ['defaultRoutes', netns, soon],
    ]);
    expect(outcomes).toEqual([{}, { result: [] }, {}, { result: list }]);
  });

  it('stops at the first error and names it', async () => {
    const outcomes = await callSys([
      [
        'changeDefaultRoutes',
        netns,
        changes(['add', route(4, 'eth0', '192.0.2.1')], ['add', route(4, 'eth0', '10.1.0.1')]),
        soon,
      ],
      ['changeDefaultRoutes', netns, changes(['add', route(4, 'eth9', '10.1.0.1')]), soon],
      ['changeDefaultRoutes', netns, changes(['add', route(4, 'eth0', 'nonsense')]), soon],
      ['changeDefaultRoutes', netns, changes(['add', route(6, 'eth0', '10.1.0.1')]), soon],
    ]);
    expect(outcomes.map((outcome) => outcome.errno)).toEqual(['ENETUNREACH', 'ENODEV', 'EINVAL', 'EINVAL']);
    expect(outcomes[0]).toMatchObject({ call: 'changeDefaultRoutes', subject: netns });
    expect(shown()).toEqual([]);
  });
});
