import { describe, expect, it } from 'vitest';
import type { World } from '../../fakes/sys-memory/world.ts';
import {
  attach,
  calls,
  defaultNetwork,
  fiveMinutes,
  gc,
  gcCalls,
  gcNode,
  heldBy,
  listOf,
  sandboxOf,
  second,
  serve,
} from './gc-node.ts';
import { call, nodeFiles } from './memory-node.ts';

/** Two sandboxes, attached long ago. */
function twoOld(): World {
  const world = gcNode();
  attach(world, 'aaa', 'bbb');
  world.pass(fiveMinutes);
  return world;
}

describe('the request', () => {
  it.each(['0.4.0', '1.0.0'])(
    'of version %s is refused with code 1, and nothing runs [CNI-110]',
    (cniVersion) => {
      const world = twoOld();
      const end = gc(world, [], { conf: { cniVersion } });
      expect(end.error).toMatchObject({ code: 1, cniVersion, details: 'reason=IncompatibleVersion' });
      expect(end.delegates).toBe(0);
      expect(heldBy(world, 'aaa')).toHaveLength(3);
    },
  );

  it.each(['cni.dev/valid-attachments', 'cni.dev/attachments'])(
    'may name the attachments in use under %s alone [CNI-111]',
    (key) => {
      const world = twoOld();
      const conf = { [key]: [{ containerID: 'aaa', ifname: 'eth0' }] };
      expect(gc(world, undefined, { conf })).toMatchObject({ status: 0, stdout: '' });
      expect(heldBy(world, 'aaa')).toHaveLength(3);
      expect(heldBy(world, 'bbb')).toEqual([]);
    },
  );

  it('with both keys keeps what either of them lists', () => {
    const world = twoOld();
    const conf = { 'cni.dev/attachments': [{ containerID: 'bbb', ifname: 'eth0' }] };
    expect(gc(world, ['aaa'], { conf }).status).toBe(0);
    expect([heldBy(world, 'aaa'), heldBy(world, 'bbb')].flat()).toHaveLength(6);
  });

  it('with null, as libcni sends an empty list, or [] makes all stale but what is young [CNI-112]', () => {
    for (const list of [null, []] as const) {
      const world = twoOld();
      attach(world, 'ccc');
      expect(gc(world, list).status).toBe(0);
      expect([...heldBy(world, 'aaa'), ...heldBy(world, 'bbb')]).toEqual([]);
      expect(heldBy(world, 'ccc')).toHaveLength(3);
      expect(listOf(gcCalls(world)[0])).toEqual(['ccc/eth0', 'ccc/net1']);
    }
  });

  it('without any list, as cnitool sends it, is refused with code 7, and nothing runs [CNI-112] [CNI-355]', () => {
    const world = twoOld();
    const end = gc(world, undefined);
    expect(end.error).toMatchObject({ code: 7, details: 'reason=InvalidConfig' });
    expect(end.error?.msg).toContain('"cni.dev/valid-attachments"');
    expect(end.delegates).toBe(0);
  });

  it.each([
    [{}, 6, '"cni.dev/valid-attachments" must be a list, not an object'],
    [['aaa'], 6, '"cni.dev/valid-attachments[0]" must be an object, not a string'],
    [[{ ifname: 'eth0' }], 6, '"cni.dev/valid-attachments[0].containerID" must be a string, not nothing'],
    [[{ containerID: 'aaa', ifname: 7 }], 6, '"cni.dev/valid-attachments[0].ifname" must be a string'],
    [[{ containerID: '', ifname: 'eth0' }], 7, '"cni.dev/valid-attachments[0].containerID" is empty'],
    [[{ containerID: 'a/b', ifname: 'eth0' }], 7, '"cni.dev/valid-attachments[0].containerID" "a/b" must be'],
    [
      [{ containerID: 'aaa', ifname: 'a b' }],
      7,
      '"cni.dev/valid-attachments[0].ifname" "a b" has white space',
    ],
  ])('whose list is %j is refused with code %i, naming the field', (list, code, message) => {
    const world = twoOld();
    const end = gc(world, undefined, { conf: { 'cni.dev/valid-attachments': list } });
    expect(end.error?.code).toBe(code);
    expect(end.error?.msg).toContain(message);
    expect(end.delegates).toBe(0);
  });
});

describe('a stale sandbox', () => {
  it('gets a real DEL in reverse order with the result of its ADD, then the delegates GC [CNI-117] [CNI-312]', () => {
    const world = twoOld();
    const before = world.log.length;
    expect(gc(world, ['aaa'])).toMatchObject({ status: 0, stdout: '' });
    expect(calls(world, before)).toEqual([
      'DEL macvlan bbb net1',
      'DEL portmap bbb eth0',
      'DEL bridge bbb eth0',
      'GC bridge',
      'GC portmap',
      'GC macvlan',
    ]);
    const [del] = world.log.slice(before);
    expect(JSON.parse(del?.stdin ?? '')).toHaveProperty('prevResult.interfaces');
    expect(del?.netns).toBe('/run/netns/bbb');
    expect(world.disk.files('/var/lib/weft').filter((path) => path.includes('bbb'))).toEqual([]);
    expect(world.disk.files('/run/weft').filter((path) => path.includes('bbb'))).toEqual([]);
  });

  it('gets its DELs in a version without GC too, and no delegate of it a GC [CNI-312]', () => {
    const old = [
      { ...defaultNetwork, cniVersion: '1.0.0' },
      { ...second, cniVersion: '0.3.1' },
    ];
    const world = gcNode(old);
    attach(world, 'bbb');
    world.pass(fiveMinutes);
    const before = world.log.length;
    expect(gc(world, []).status).toBe(0);
    expect(calls(world, before)).toEqual([
      'DEL macvlan bbb net1',
      'DEL portmap bbb eth0',
      'DEL bridge bbb eth0',
    ]);
  });

  it('may have lost its namespace [CNI-116]', () => {
    const world = twoOld();
    world.sandboxes.delete('/run/netns/bbb');
    expect(gc(world, ['aaa'])).toMatchObject({ status: 0, stdout: '' });
    expect(world.log.find(({ verb }) => verb === 'DEL')?.netns).toBe('');
    expect(heldBy(world, 'bbb')).toEqual([]);
  });

  it('of an earlier boot is collected as well', () => {
    const world = twoOld();
    world.powerLoss('all');
    expect(gc(world, []).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('whose ADD was killed is collected, with what still runs of it', () => {
    const world = gcNode();
    world.addSandbox('/run/netns/aaa');
    const { points } = call(gcNodeWith('aaa'), 'ADD', { sandbox: sandboxOf('aaa') }).sys;
    const killAt = points.indexOf('stage 2 of /opt/cni/bin/macvlan');
    call(world, 'ADD', { sandbox: sandboxOf('aaa'), killAt, orphans: true });
    expect(heldBy(world, 'aaa')).not.toEqual([]);
    world.pass(fiveMinutes);
    expect(gc(world, []).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('that was parked as a leftover is tried again, though it is not due', () => {
    const world = twoOld();
    world.moods = [{ type: 'macvlan', verb: 'DEL', how: 'fail' }];
    for (let tried = 0; tried < 4; tried += 1) call(world, 'DEL', { sandbox: sandboxOf('bbb') });
    expect(heldBy(world, 'bbb')).toEqual(['macvlan lan bbb net1']);
    expect(gc(world, ['aaa']).error?.msg).toContain('net1 stays as a leftover');
    world.moods = [];
    expect(gc(world, ['aaa']).status).toBe(0);
    expect(world.disk.files('/var/lib/weft').filter((path) => path.includes('bbb'))).toEqual([]);
  });

  it('of which nothing was attached is forgotten', () => {
    const world = gcNode();
    world.addSandbox('/run/netns/aaa');
    const { agent } = world;
    world.agent = undefined;
    expect(call(world, 'ADD', { sandbox: sandboxOf('aaa') }).status).toBe(1);
    expect(world.disk.files('/run/weft')).toContain('/run/weft/attachments/aaa:eth0.json');
    world.agent = agent;
    world.pass(fiveMinutes);
    expect(gc(world, []).status).toBe(0);
    expect(calls(world)).toEqual(['GC bridge', 'GC portmap']);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('younger than five minutes is left alone, and so is what delegates hold for it', () => {
    const world = gcNode();
    attach(world, 'aaa');
    world.pass(290_000);
    expect(gc(world, []).status).toBe(0);
    expect(calls(world).filter((line) => line.startsWith('DEL'))).toEqual([]);
    expect(heldBy(world, 'aaa')).toHaveLength(3);
    world.pass(11_000);
    expect(gc(world, []).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('of a clock that was set back counts as young', () => {
    const world = twoOld();
    world.wallBaseMs -= 3_600_000;
    expect(gc(world, []).status).toBe(0);
    expect(heldBy(world, 'aaa')).toHaveLength(3);
  });
});

function gcNodeWith(containerId: string): World {
  const world = gcNode();
  world.addSandbox(`/run/netns/${containerId}`);
  return world;
}

describe('a listed sandbox', () => {
  it('keeps all its attachments, also those of which the runtime knows nothing [CNI-113] [NPWG-334]', () => {
    const world = twoOld();
    expect(gc(world, ['aaa']).status).toBe(0);
    expect(heldBy(world, 'aaa')).toEqual([
      'bridge cluster aaa eth0',
      'macvlan lan aaa net1',
      'portmap cluster aaa eth0',
    ]);
    expect([...(world.sandboxes.get('/run/netns/aaa')?.links ?? [])]).toEqual(['lo', 'eth0', 'net1']);
  });

  it('is in the one superset that every delegate gets, under both keys [CNI-114] [CNI-352]', () => {
    const world = gcNode();
    attach(world, 'aaa', 'bbb');
    world.pass(fiveMinutes);
    attach(world, 'ccc');
    expect(gc(world, ['aaa']).status).toBe(0);
    const runs = gcCalls(world);
    expect(runs.map(({ type }) => type)).toEqual(['bridge', 'portmap', 'macvlan']);
    for (const run of runs) {
      expect(listOf(run)).toEqual(['aaa/eth0', 'aaa/net1', 'ccc/eth0', 'ccc/net1']);
      const conf = JSON.parse(run.stdin) as Record<string, unknown>;
      expect(conf['cni.dev/attachments']).toEqual(conf['cni.dev/valid-attachments']);
    }
  });

  it('without a record keeps GC from all networks but the default one', () => {
    const world = twoOld();
    world.allocations.add('macvlan lan older net1');
    expect(gc(world, ['aaa', 'older']).status).toBe(0);
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'portmap']);
    expect(listOf(gcCalls(world)[0])).toEqual(['aaa/eth0', 'aaa/net1', 'older/eth0']);
    expect(heldBy(world, 'older')).toEqual(['macvlan lan older net1']);
  });

  it('without a record keeps GC from the default network too where another one has its name', () => {
    const world = gcNode([
      defaultNetwork,
      { ...second, networkName: 'cluster', plugins: [{ type: 'bridge' }] },
    ]);
    attach(world, 'aaa');
    world.allocations.add('bridge cluster older net1');
    expect(gc(world, ['aaa', 'older']).status).toBe(0);
    expect(heldBy(world, 'older')).toEqual(['bridge cluster older net1']);
    expect(gcCalls(world)).toEqual([]);
    expect(gc(world, ['aaa']).status).toBe(0);
    expect(heldBy(world, 'older')).toEqual([]);
    expect(heldBy(world, 'aaa')).toHaveLength(3);
  });

  it('counts as known by its own interface only', () => {
    const world = twoOld();
    const conf = {
      'cni.dev/valid-attachments': [
        { containerID: 'aaa', ifname: 'eth0' },
        { containerID: 'aaa', ifname: 'eth5' },
      ],
    };
    expect(gc(world, undefined, { conf }).status).toBe(0);
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'portmap']);
  });

  it('whose ADD was refused holds nothing, and needs no second look', () => {
    const world = twoOld();
    world.addSandbox('/run/netns/ccc');
    world.agent = undefined;
    expect(call(world, 'ADD', { sandbox: sandboxOf('ccc') }).status).toBe(1);
    expect(gc(world, ['aaa', 'ccc']).status).toBe(0);
    expect(gcCalls(world)).toHaveLength(3);
  });
});

describe('what a delegate is told', () => {
  it('is no attachment: its variables are there and empty, whatever the runtime sent [CNI-315]', () => {
    const world = twoOld();
    // call() sends CNI_CONTAINERID, CNI_NETNS, CNI_IFNAME and CNI_ARGS with every verb.
    expect(gc(world, ['aaa']).status).toBe(0);
    for (const { containerId, ifname, netns, args } of gcCalls(world)) {
      expect({ containerId, ifname, netns, args }).toEqual({
        containerId: '',
        ifname: '',
        netns: '',
        args: '',
      });
    }
  });

  it('is its configuration, name, version and the list, and nothing of a pod [CNI-227]', () => {
    const asking = {
      type: 'macvlan',
      config: { mode: 'bridge', args: { cni: { from: 'the network' } } },
    };
    const own = JSON.stringify({ cniVersion: '1.1.0', name: 'lan', type: 'macvlan', ...asking.config });
    const pods = own
      .replace('the network', 'the pod')
      .replace('}}}', '}},"runtimeConfig":{"mac":"02:00:00:00:00:01"}}');
    const world = gcNode([defaultNetwork, { ...second, plugins: [pods] }]);
    // As resolve leaves it in the plan.
    const { agent } = world;
    if (agent === undefined) throw new Error('no agent');
    world.agent = {
      ...agent,
      script: (frame, reply) =>
        agent.script(frame, (answer, afterMs) => {
          const text = JSON.stringify(answer).replaceAll(
            `"config":${JSON.stringify(pods)}`,
            `"config":${JSON.stringify(pods)},"gcConfig":${JSON.stringify(own)}`,
          );
          reply(JSON.parse(text) as Record<string, unknown>, afterMs);
        }),
    };
    attach(world, 'aaa');
    expect(gc(world, ['aaa']).status).toBe(0);
    const sent = gcCalls(world).find(({ type }) => type === 'macvlan')?.stdin ?? '';
    const valid = [
      { containerID: 'aaa', ifname: 'eth0' },
      { containerID: 'aaa', ifname: 'net1' },
    ];
    expect(JSON.parse(sent)).toEqual({
      ...(JSON.parse(own) as object),
      'cni.dev/valid-attachments': valid,
      'cni.dev/attachments': valid,
    });
  });

  it('is never a runtimeConfig, also of a record that does not tell it apart [CNI-227]', () => {
    const plugin = { type: 'macvlan', runtimeConfig: { mac: '02:00:00:00:00:01' } };
    const world = gcNode([defaultNetwork, { ...second, plugins: [plugin] }]);
    attach(world, 'aaa');
    expect(gc(world, ['aaa']).status).toBe(0);
    const { stdin = '' } = gcCalls(world).find(({ type }) => type === 'macvlan') ?? {};
    expect(Object.keys(JSON.parse(stdin) as object).sort()).toEqual([
      'cni.dev/attachments',
      'cni.dev/valid-attachments',
      'cniVersion',
      'name',
      'type',
    ]);
  });
});

describe('networks that share', () => {
  it('a plugin, the default one and another, keep what listed sandboxes have of both', () => {
    const same = { ...second, plugins: [{ type: 'bridge' }] };
    const world = gcNode([defaultNetwork, same]);
    attach(world, 'aaa', 'bbb');
    world.pass(fiveMinutes);
    world.allocations.add('bridge cluster gone eth0');
    world.allocations.add('bridge lan gone net1');
    expect(gc(world, ['aaa']).status).toBe(0);
    expect([...world.allocations].sort()).toEqual(heldBy(world, 'aaa'));
    expect(heldBy(world, 'aaa')).toHaveLength(3);
    expect(
      gcCalls(world).map(({ type, stdin }) => `${type} ${(JSON.parse(stdin) as { name: string }).name}`),
    ).toEqual(['bridge cluster', 'portmap cluster', 'bridge lan']);
  });

  it('a CNI name, as two NADs may, are asked each, and lose nothing that is listed', () => {
    const one = { ...second, network: 'one/lan', plugins: [{ type: 'macvlan', mode: 'bridge' }] };
    const two = {
      ...second,
      network: 'two/lan',
      ifname: 'net2',
      plugins: [{ type: 'macvlan', mode: 'vepa' }],
    };
    const world = gcNode([defaultNetwork, one]);
    attach(world, 'aaa');
    serve(world, [defaultNetwork, two]);
    attach(world, 'bbb');
    expect(gc(world, ['aaa', 'bbb']).status).toBe(0);
    expect(heldBy(world, 'aaa')).toContain('macvlan lan aaa net1');
    expect(heldBy(world, 'bbb')).toContain('macvlan lan bbb net2');
    const modes = gcCalls(world).map(({ stdin }) => (JSON.parse(stdin) as { mode?: string }).mode);
    expect(modes.sort()).toEqual(['bridge', 'vepa', undefined, undefined]);
  });

  it('name and configuration are asked once', () => {
    const world = gcNode([defaultNetwork, second]);
    attach(world, 'aaa');
    serve(world, [defaultNetwork, { ...second, network: 'other/lan' }]);
    attach(world, 'bbb');
    expect(gc(world, ['aaa', 'bbb']).status).toBe(0);
    expect(gcCalls(world)).toHaveLength(3);
  });

  it('nothing but their past: a network whose chain changed is asked with both, one whose configuration did with the newest', () => {
    const world = gcNode([defaultNetwork, { ...second, plugins: [{ type: 'ptp', note: 'first' }] }]);
    attach(world, 'aaa');
    world.pass(1000);
    serve(world, [defaultNetwork, { ...second, plugins: [{ type: 'macvlan', note: 'second' }] }]);
    attach(world, 'bbb');
    world.pass(1000);
    serve(world, [defaultNetwork, { ...second, plugins: [{ type: 'macvlan', note: 'third' }] }]);
    attach(world, 'ccc');
    expect(gc(world, ['aaa', 'bbb', 'ccc']).status).toBe(0);
    const notes = gcCalls(world).map(
      ({ type, stdin }) => `${type} ${(JSON.parse(stdin) as { note?: string }).note}`,
    );
    expect(notes).toEqual(['bridge undefined', 'portmap undefined', 'macvlan third', 'ptp first']);
  });
});

describe('disableGC', () => {
  it('of every network leaves no delegate called [CNI-311]', () => {
    const world = gcNode([
      { ...defaultNetwork, disableGC: true },
      { ...second, disableGC: true },
    ]);
    attach(world, 'aaa');
    world.pass(fiveMinutes);
    const before = world.log.length;
    expect(gc(world, []).status).toBe(0);
    expect(calls(world, before)).toEqual([]);
    expect(heldBy(world, 'aaa')).toHaveLength(3);
    expect(call(world, 'DEL', { sandbox: sandboxOf('aaa') }).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('of one network spares its attachments alone, and the DEL that follows removes them [CNI-311]', () => {
    const world = gcNode([defaultNetwork, { ...second, disableGC: true }]);
    attach(world, 'aaa');
    world.pass(fiveMinutes);
    for (let round = 0; round < 2; round += 1) {
      expect(gc(world, []).status).toBe(0);
      expect(heldBy(world, 'aaa')).toEqual(['macvlan lan aaa net1']);
    }
    expect(calls(world).filter((line) => line.startsWith('DEL'))).toHaveLength(2);
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'portmap', 'bridge', 'portmap']);
    expect(listOf(gcCalls(world)[0])).toEqual(['aaa/net1']);
    expect(call(world, 'DEL', { sandbox: sandboxOf('aaa') }).status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('holds for every network of the same CNI name', () => {
    const world = gcNode([defaultNetwork, second]);
    attach(world, 'aaa');
    serve(world, [defaultNetwork, { ...second, network: 'other/lan', disableGC: true }]);
    attach(world, 'bbb');
    expect(gc(world, ['aaa', 'bbb']).status).toBe(0);
    expect(gcCalls(world).map(({ type }) => type)).toEqual(['bridge', 'portmap']);
  });
});
