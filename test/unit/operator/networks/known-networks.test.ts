import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultWeftConfig } from '../../../../src/api/weft-config.ts';
import { KnownNetworks } from '../../../../src/operator/networks/known-networks.ts';
import { projectNetwork, type WatchedNetwork } from '../../../../src/operator/sources/watched-network.ts';

const { tenancy } = defaultWeftConfig();

function nad(key: string, config: object, status?: object): WatchedNetwork {
  const [namespace = '', name = ''] = key.split('/');
  return projectNetwork({
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace, uid: key, resourceVersion: '5', generation: 3 },
    spec: { config: JSON.stringify({ cniVersion: '1.0.0', ...config }) },
    ...(status && { status }),
  });
}

function macvlan(subnet: string, master = 'eth1'): object {
  return { type: 'macvlan', master, ipam: { type: 'host-local', subnet } };
}

function overlapsOf(networks: KnownNetworks, key: string): readonly string[] {
  const found = networks.get(key)?.findings.filter(({ code }) => code === 'OverlappingNetworks') ?? [];
  return found.map(({ path, message }) => `${path} ${message}`);
}

describe('KnownNetworks', () => {
  it('finds networks of one segment that give out the same addresses, and lets both look again', () => {
    const changed: string[] = [];
    const networks = new KnownNetworks(tenancy, (key) => changed.push(key));
    networks.put('b/two', nad('b/two', macvlan('10.1.0.0/16')));
    networks.put('c/far', nad('c/far', macvlan('10.1.0.0/16', 'eth2')));
    expect(overlapsOf(networks, 'b/two')).toEqual([]);
    networks.put('a/one', nad('a/one', macvlan('10.1.2.0/24')));
    expect(changed).toEqual(['b/two']);
    expect(overlapsOf(networks, 'a/one')[0]).toContain('spec.config.ipam.subnet pods of network b/two');
    expect(overlapsOf(networks, 'b/two')[0]).toContain('a/one');
    expect(overlapsOf(networks, 'c/far')).toEqual([]);

    networks.put('a/one', nad('a/one', macvlan('10.9.0.0/24')));
    expect(changed).toEqual(['b/two', 'b/two']);
    expect(overlapsOf(networks, 'b/two')).toEqual([]);
    networks.put('a/one', nad('a/one', macvlan('10.1.0.0/24')));
    networks.remove('a/one');
    expect(overlapsOf(networks, 'b/two')).toEqual([]);
    expect(networks.get('a/one')).toBeUndefined();
  });

  it('checks nothing anew where the status alone has changed', () => {
    const networks = new KnownNetworks(tenancy, () => {});
    networks.put('a/one', nad('a/one', macvlan('10.1.0.0/16')));
    const first = networks.get('a/one');
    networks.put('a/one', nad('a/one', macvlan('10.1.0.0/16'), { type: 'macvlan' }));
    const second = networks.get('a/one');
    expect(second?.check).toBe(first?.check);
    expect(second?.network.status).toEqual({ type: 'macvlan' });
  });

  it("says what a namespace may not name, as the administrator's choice changes", () => {
    const changed: string[] = [];
    const networks = new KnownNetworks(tenancy, (key) => changed.push(key));
    networks.put('a/one', nad('a/one', macvlan('10.1.0.0/16')));
    networks.configure({ ...tenancy });
    expect(changed).toEqual([]);
    networks.configure({ ...tenancy, enabled: true, pluginTypes: ['macvlan', 'host-local'] });
    expect(changed).toEqual(['a/one']);
    const errors = networks.get('a/one')?.findings.filter(({ severity }) => severity === 'error') ?? [];
    expect(errors.map(({ code }) => code)).toContain('ForbiddenParent');
    expect(errors.map(({ code }) => code)).not.toContain('ForbiddenPlugin');
  });

  it('comes to the same whatever happened before, and has told of every network of which it says something else', () => {
    const keys = ['a/1', 'b/2', 'c/3', 'd/4'];
    const config = fc.constantFrom(
      macvlan('10.1.0.0/16'),
      macvlan('10.1.2.0/24'),
      macvlan('10.2.0.0/16'),
      macvlan('10.1.2.0/24', 'eth2'),
      macvlan('10.0.0.0/8'),
      { ...macvlan('10.1.2.0/24'), name: 'shared' },
      { ...macvlan('10.1.0.0/20'), name: 'shared' },
      { type: 'macvlan', master: 'eth1', ipam: { type: 'whereabouts', range: '10.1.2.0/24' } },
      { type: 'macvlan', master: 'eth1', ipam: { type: 'whereabouts', range: '10.1.0.0/16' } },
      { type: 'bridge', bridge: 'br7', ipam: { type: 'dhcp' } },
    );
    const step = fc.record({ key: fc.constantFrom(...keys), config: fc.option(config) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const told = new Set<string>();
        const networks = new KnownNetworks(tenancy, (key) => told.add(key));
        const present = new Map<string, object>();
        for (const { key, config: wanted } of steps) {
          const before = new Map(keys.map((name) => [name, overlapsOf(networks, name)]));
          told.clear();
          if (wanted === null) {
            present.delete(key);
            networks.remove(key);
          } else {
            present.set(key, wanted);
            networks.put(key, nad(key, wanted));
          }
          for (const name of keys.filter((other) => other !== key && !told.has(other)))
            expect(overlapsOf(networks, name)).toEqual(before.get(name));
        }
        const fresh = new KnownNetworks(tenancy, () => {});
        for (const key of keys.toReversed()) {
          const wanted = present.get(key);
          if (wanted !== undefined) fresh.put(key, nad(key, wanted));
        }
        for (const key of keys) expect(overlapsOf(networks, key)).toEqual(overlapsOf(fresh, key));
      }),
    );
  });
});
