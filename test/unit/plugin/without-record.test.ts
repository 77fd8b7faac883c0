import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { World } from '../../fakes/sys-memory/world.ts';
import { call, memoryNode, nodeFiles, sandbox } from './memory-node.ts';

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');

interface Entry {
  readonly containerId?: string;
  readonly ifName: string;
  readonly network: string;
  readonly type: string;
  readonly result?: object;
}

/** Puts a file of libcni's cache on the node, named as libcni does. */
function plantCache(world: World, entry: Entry): string {
  const { containerId = sandbox.containerId, ifName, network, type, result } = entry;
  const path = `/var/lib/cni/results/${network}-${containerId}-${ifName}`;
  const config = base64({ cniVersion: '1.0.0', name: network, type });
  const cniArgs = [['K8S_POD_NAME', 'old']];
  world.disk.plant(
    path,
    JSON.stringify({
      kind: 'cniCacheV1',
      containerId,
      config,
      ifName,
      networkName: network,
      cniArgs,
      result,
    }),
  );
  return path;
}

/** A node without record, agent and sandbox. */
function bare(): World {
  const world = memoryNode();
  world.agent = undefined;
  return world;
}

/** What DEL ran: type, network of the configuration and interface. */
function runOf(world: World): readonly string[] {
  return world.log.map(
    ({ type, stdin, ifname }) => `${type} ${(JSON.parse(stdin) as { name: string }).name} ${ifname}`,
  );
}

describe('DEL without a record', () => {
  it('runs the default network of node.json, in reverse order', () => {
    const world = bare();
    expect(call(world, 'DEL').status).toBe(0);
    expect(runOf(world)).toEqual(['portmap cluster eth0', 'bridge cluster eth0']);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('runs what libcni\u2019s cache has of this container, and removes the entries', () => {
    const world = bare();
    const result = { cniVersion: '1.0.0', ips: [{ address: '10.0.0.9/24' }] };
    plantCache(world, { ifName: 'eth0', network: 'old', type: 'bridge', result });
    plantCache(world, { ifName: 'net1', network: 'second', type: 'macvlan' });
    expect(call(world, 'DEL').status).toBe(0);
    expect(runOf(world)).toEqual(['macvlan second net1', 'bridge old eth0']);
    expect(JSON.parse(world.log[1]?.stdin ?? '')).toMatchObject({ prevResult: result });
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
  });

  it('leaves the cache of another container alone, also where its file name fits [CNI-286]', () => {
    const world = bare();
    const path = plantCache(world, {
      containerId: 'c0ffee-eth1',
      ifName: 'eth0',
      network: 'cluster',
      type: 'bridge',
    });
    call(world, 'DEL');
    expect(runOf(world)).toEqual(['portmap cluster eth0', 'bridge cluster eth0']);
    expect(world.disk.files('/var/lib/cni')).toEqual([path]);
  });

  it.each(['weft', 'multus', 'multus-shim', 'genie'])(
    'ignores the entry of %s and runs the default network',
    (type) => {
      const world = bare();
      plantCache(world, { ifName: 'eth0', network: 'meta', type });
      expect(call(world, 'DEL').status).toBe(0);
      expect(runOf(world)).toEqual(['portmap cluster eth0', 'bridge cluster eth0']);
    },
  );

  it('leaves the runtime\u2019s loopback alone', () => {
    const world = bare();
    const path = plantCache(world, { ifName: 'lo', network: 'cni-loopback', type: 'loopback' });
    call(world, 'DEL');
    expect(runOf(world)).not.toContain('loopback cni-loopback lo');
    expect(world.disk.files('/var/lib/cni')).toEqual([path]);
  });

  it('runs what Multus\u2019s scratch file has, and removes it', () => {
    const world = bare();
    const delegate = (name: string, type: string, ifnameRequest = ''): object => ({
      Bytes: base64({ cniVersion: '1.0.0', name, type }),
      Name: name,
      ifnameRequest,
    });
    const path = `/var/lib/cni/multus/${sandbox.containerId}`;
    world.disk.plant(
      path,
      JSON.stringify([
        delegate('cluster', 'bridge'),
        delegate('a', 'macvlan'),
        delegate('b', 'ptp', 'data0'),
      ]),
    );
    expect(call(world, 'DEL').status).toBe(0);
    expect(runOf(world)).toEqual(['ptp b data0', 'macvlan a net1', 'bridge cluster eth0']);
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
  });

  it('takes the cache before the scratch file about the same interface', () => {
    const world = bare();
    plantCache(world, { ifName: 'net1', network: 'a', type: 'ptp' });
    const scratch = [
      { Bytes: base64({ cniVersion: '1.0.0', name: 'cluster', type: 'bridge' }) },
      { Bytes: base64({ name: 'a', type: 'macvlan' }) },
    ];
    world.disk.plant(`/var/lib/cni/multus/${sandbox.containerId}`, JSON.stringify(scratch));
    call(world, 'DEL');
    expect(runOf(world)).toEqual(['ptp a net1', 'bridge cluster eth0']);
  });

  it('keeps the sources while it fails, and needs them no more once it has given up', () => {
    const world = bare();
    const path = plantCache(world, { ifName: 'eth0', network: 'old', type: 'bridge' });
    world.moods = [{ type: 'bridge', verb: 'DEL', how: 'fail' }];
    expect(call(world, 'DEL').status).toBe(1);
    expect(world.disk.files('/var/lib/cni')).toEqual([path]);
    for (let tried = 0; tried < 3; tried += 1) call(world, 'DEL');
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
    expect(world.remains(nodeFiles)).toContain('file /var/lib/weft/attachments/c0ffee:eth0.leftover.json');
    world.moods = [];
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('succeeds and runs nothing where nothing is known at all', () => {
    const world = bare();
    world.disk.unlink('/var/lib/weft/node.json');
    const del = call(world, 'DEL');
    expect([del.status, del.delegates]).toEqual([0, 0]);
  });

  it('fails where node.json is there and cannot be used, rather than forget the default network', () => {
    const world = bare();
    world.disk.plant('/var/lib/weft/node.json', '{"defaultNetwork":');
    expect(call(world, 'DEL').status).toBe(1);
  });

  it('gives each delegate the CNI_ARGS that its ADD had, and the runtime\u2019s where nobody kept them', () => {
    const world = bare();
    plantCache(world, { ifName: 'net1', network: 'old', type: 'macvlan' });
    call(world, 'DEL');
    expect(world.log.map(({ type, args }) => [type, args])).toEqual([
      ['macvlan', 'K8S_POD_NAME=old'],
      ['portmap', 'IgnoreUnknown=1;K8S_POD_NAME=pod-a'],
      ['bridge', 'IgnoreUnknown=1;K8S_POD_NAME=pod-a'],
    ]);
  });
});

describe('DEL after an ADD that was refused before its first delegate', () => {
  it.each([
    ['the agent is away', (world: World): void => world.strikeAgent()],
    ['a plugin is missing', (world: World): void => world.disk.unlink('/opt/cni/bin/ptp')],
    [
      'an interface is taken',
      (world: World): void => void world.sandboxes.get(sandbox.netns)?.links.add('net2'),
    ],
    ['the sandbox is not there', (world: World): void => world.sandboxes.clear()],
  ])('runs nothing where %s', (_, spoil) => {
    const world = memoryNode();
    spoil(world);
    const add = call(world, 'ADD');
    expect([add.status, add.delegates]).toEqual([1, 0]);
    const links = [...(world.sandboxes.get(sandbox.netns)?.links ?? [])];
    const del = call(world, 'DEL');
    expect([del.status, del.delegates]).toEqual([0, 0]);
    expect([...(world.sandboxes.get(sandbox.netns)?.links ?? [])]).toEqual(links);
    expect(world.remains(nodeFiles).filter((line) => line.startsWith('file'))).toEqual([]);
  });
});
