import { describe, expect, it } from 'vitest';
import type { Tenancy } from '../../../src/api/weft-config.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import type { Snapshot } from '../../../src/resolve/snapshot.ts';
import { expectThrown } from '../../harness/thrown.ts';
import { type SnapshotParts, snapshotOf } from './snapshots.ts';

const tenancy: Tenancy = {
  enabled: true,
  exemptNamespaces: ['kube-system'],
  pluginTypes: ['macvlan', 'tuning', 'host-local'],
  parentInterfaces: ['eth1'],
  ipamDirectories: ['/srv/tenants'],
};

const good = { type: 'macvlan', master: 'eth1' };
const bad = { plugins: [good, { type: 'host-device', device: 'eth0' }] };

function snapshot(parts: SnapshotParts, rest: Partial<Snapshot> = {}): Snapshot {
  return snapshotOf({ ...parts, config: { tenancy, ...parts.config } }, rest);
}

const restricted = { reason: 'NetworkRestricted', code: 7 } as const;

describe('a network of a restricted namespace', () => {
  it('is attached where it names only what is allowed', () => {
    expect(resolve(snapshot({ networks: 'lan', nads: { 'ns1/lan': good } })).steps).toHaveLength(2);
  });

  it('is refused with network, field and remedy, also to a pod of the system', () => {
    const parts = { networks: 'ns1/lan', nads: { 'ns1/lan': bad } };
    for (const namespace of ['ns1', 'kube-system']) {
      const pod = { namespace, name: 'p', uid: 'u' };
      expectThrown(() => resolve(snapshot(parts, { pod })), {
        ...restricted,
        names: ['network ns1/lan', 'spec.config.plugins[1].type', '"host-device"', 'administrator'],
      });
    }
  });

  it('is refused from the moment on that the rules say so, and no longer', () => {
    const nad = { metadata: { namespace: 'ns1', name: 'lan' }, spec: { config: JSON.stringify(good) } };
    const under = (rules: Partial<Tenancy>): Snapshot =>
      snapshot({ networks: 'lan', config: { tenancy: { ...tenancy, ...rules } } }, { networks: () => nad });
    expect(resolve(under({})).steps).toHaveLength(2);
    expectThrown(() => resolve(under({ parentInterfaces: [] })), {
      ...restricted,
      names: ['spec.config.master', '"eth1"'],
    });
    expect(resolve(under({})).steps).toHaveLength(2);
    expect(resolve(under({ pluginTypes: [], enabled: false })).steps).toHaveLength(2);
  });

  it('is judged by the file of the node that it stands for', () => {
    const file = (config: object): Partial<Snapshot> => ({
      files: [{ name: '10-lan.conf', text: JSON.stringify({ name: 'lan', cniVersion: '1.0.0', ...config }) }],
    });
    const parts = { networks: 'lan', nads: { 'ns1/lan': undefined } };
    expect(resolve(snapshot(parts, file(good))).steps).toHaveLength(2);
    expectThrown(() => resolve(snapshot(parts, file({ type: 'macvlan', master: 'eth0' }))), restricted);
    const system = { networks: 'kube-system/lan', nads: { 'kube-system/lan': undefined } };
    expect(resolve(snapshot(system, file({ type: 'macvlan', master: 'eth0' }))).steps).toHaveLength(2);
  });

  it('is refused, too, where it is the default network or WeftConfig gives it to every pod', () => {
    const nads = { 'ns1/lan': bad };
    expectThrown(() => resolve(snapshot({ nads, config: { defaultNetworks: ['ns1/lan'] } })), restricted);
    const defaultNetwork = parseNetwork(JSON.stringify({ name: 'lan', ...bad }), 'the test');
    const rest = (namespace: string): Partial<Snapshot> => ({
      defaultNetwork,
      defaultNad: { namespace, name: 'lan' },
    });
    expectThrown(() => resolve(snapshot({}, rest('ns1'))), restricted);
    expect(resolve(snapshot({}, rest('kube-system'))).steps).toHaveLength(1);
    expect(resolve(snapshot({}, { defaultNetwork })).steps).toHaveLength(1);
  });
});

describe('a pod of a restricted namespace', () => {
  const asking = (cniArgs: object, parts: SnapshotParts = {}): SnapshotParts => ({
    networks: [{ name: 'lan', namespace: 'kube-system', 'cni-args': cniArgs }],
    nads: { 'kube-system/lan': bad },
    ...parts,
  });

  it('may add to a network of the administrator what names nothing on the node', () => {
    expect(resolve(snapshot(asking({ mac: '02:00:00:00:00:01', type: 'x' }))).steps).toHaveLength(2);
    expect(resolve(snapshot(asking({ master: 'eth1' }))).steps).toHaveLength(2);
  });

  it.each([
    [{ master: 'eth0' }, '[0].cni-args.master'],
    [{ MASTER: 'eth1' }, '[0].cni-args.MASTER'],
    [{ dataDir: '/etc' }, '[0].cni-args.dataDir'],
    [{ x: ['../etc'] }, '[0].cni-args.x[0]'],
  ])('may not add %j', (cniArgs, path) => {
    expectThrown(() => resolve(snapshot(asking(cniArgs))), {
      ...restricted,
      names: ['network kube-system/lan', path],
    });
    const off = { config: { tenancy: { ...tenancy, enabled: false } } };
    expect(resolve(snapshotOf(asking(cniArgs, off))).steps).toHaveLength(2);
    const pod = { namespace: 'kube-system', name: 'p', uid: 'u' };
    expect(resolve(snapshot(asking(cniArgs), { pod })).steps).toHaveLength(2);
  });
});
