import { describe, expect, it } from 'vitest';
import { maxNodes, nodeAddresses } from '../../../../hack/cluster/addresses.ts';
import { checkedName, clusterId, macAddress, machineId } from '../../../../hack/cluster/identity.ts';
import { keptPaths } from '../../../../hack/cluster/kept-paths.ts';

describe('the name of a cluster', () => {
  it('may hold lower case letters, digits and dashes', () => {
    for (const name of ['a', 'dev', 'e2e-second', '1', 'a'.repeat(20)]) expect(checkedName(name)).toBe(name);
  });

  it('is refused if it could not be a path, a control group or part of a host name', () => {
    for (const name of ['', '-a', 'a-', 'A', 'a/b', '..', 'a b', 'a.b', 'ä', 'a'.repeat(21), 'a\n']) {
      expect(() => checkedName(name), name).toThrow(/use 1 to 20 lower case letters/);
    }
  });
});

describe('the id of a cluster', () => {
  it('differs between two checkouts', () => {
    expect(clusterId('dev', '/a/.cluster/dev')).not.toBe(clusterId('dev', '/b/.cluster/dev'));
  });

  it('stays the same and shows the name', () => {
    expect(clusterId('dev', '/a/.cluster/dev')).toMatch(/^dev-[0-9a-f]{8}$/);
    expect(clusterId('dev', '/a/.cluster/dev')).toBe(clusterId('dev', '/a/.cluster/dev'));
  });
});

describe('what a node is known by', () => {
  it('is a MAC address that is unicast and locally administered, another one for each NIC, node and cluster', () => {
    const all = ['x', 'y'].flatMap((id) =>
      ['node1', 'node2'].flatMap((node) => ['eth0', 'eth1'].map((link) => macAddress(id, node, link))),
    );
    expect(new Set(all).size).toBe(8);
    for (const mac of all) expect(mac).toMatch(/^02(:[0-9a-f]{2}){5}$/);
    expect(macAddress('x', 'node1', 'eth0')).toBe(all[0]);
  });

  it('is a machine id of 32 hex digits', () => {
    expect(machineId('x', 'node1')).toMatch(/^[0-9a-f]{32}$/);
    expect(machineId('x', 'node1')).not.toBe(machineId('x', 'node2'));
  });
});

describe('addresses of nodes', () => {
  it('collide for no two numbers', () => {
    const all = Array.from({ length: maxNodes }, (_, number) => nodeAddresses(number + 1));
    for (const key of ['name', 'address', 'podCidr'] as const) {
      expect(new Set(all.map((node) => node[key])).size).toBe(maxNodes);
    }
    const links = all.flatMap((node) => node.links);
    expect(new Set(links).size).toBe(3 * maxNodes);
    // IFNAMSIZ without the closing zero.
    for (const link of links) expect(link.length).toBeLessThanOrEqual(15);
  });

  it('exist for whole numbers from 1 on only', () => {
    for (const index of [0, -1, 1.5, maxNodes + 1, Number.NaN]) {
      expect(() => nodeAddresses(index), String(index)).toThrow(/nodes 1 to/);
    }
  });
});

describe('paths that a node must show again', () => {
  it('are those below a directory of which it has its own', () => {
    expect(
      keptPaths(['/srv/cache/weft/x', '/usr/bin', '/opt/tools', '/tmp/checkout', '/tmpfs', '/var/lib/ci/w']),
    ).toEqual(['/opt/tools', '/tmp/checkout', '/var/lib/ci/w']);
  });

  it('hold no path twice and none inside of another', () => {
    expect(keptPaths(['/tmp/a/.cluster/dev', '/tmp/a', '/tmp/a', '/tmp/ab'])).toEqual(['/tmp/a', '/tmp/ab']);
  });
});
