import { describe, expect, it } from 'vitest';
import { delegatesOf } from '../../../src/attachment/plan.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import { snapshotOf } from './snapshots.ts';

const flannel = (more: object = {}): object => ({ type: 'flannel', delegate: { bridge: 'b' }, ...more });

/** Interface and configuration of each flannel of a pod: the node's default network, and then what it asks for. */
function configurations(first: object, ...asked: readonly (object | string)[]): readonly [string, string][] {
  const text = JSON.stringify({ cniVersion: '0.4.0', name: 'cbr0', ...first });
  const nads = Object.fromEntries(asked.map((config, index) => [`ns1/n${index}`, config]));
  const networks = asked.map((_, index) => `n${index}`).join(',');
  const snapshot = snapshotOf({ networks, nads }, { defaultNetwork: parseNetwork(text, 'default') });
  return delegatesOf(resolve(snapshot).steps).flatMap(({ ifname, plugins }) =>
    plugins.flatMap((call): [string, string][] => (call.type === 'flannel' ? [[ifname, call.config]] : [])),
  );
}

function directories(first: object, ...asked: readonly (object | string)[]): readonly unknown[] {
  return configurations(first, ...asked).map(([ifname, config]) => {
    const { dataDir } = JSON.parse(config) as { readonly dataDir?: string };
    return [ifname, dataDir];
  });
}

describe('networks of flannel in one pod', () => {
  it('have a directory each, the first the one that it has alone', () => {
    expect(directories(flannel(), flannel(), { type: 'macvlan' }, flannel())).toEqual([
      ['eth0', undefined],
      ['net1', '/var/lib/cni/flannel/net1'],
      ['net3', '/var/lib/cni/flannel/net3'],
    ]);
    const own = { dataDir: '/run/flannel-files/' };
    expect(directories(flannel(own), flannel(own))).toEqual([
      ['eth0', '/run/flannel-files/'],
      ['net1', '/run/flannel-files/net1'],
    ]);
  });

  it('keep theirs where it is another already', () => {
    expect(directories(flannel(), flannel({ dataDir: '/a' }), flannel({ dataDir: '/b' }))).toEqual([
      ['eth0', undefined],
      ['net1', '/a'],
      ['net2', '/b'],
    ]);
  });

  it('are told apart from the default directory when it is spelled out, and in any case as Go reads it', () => {
    const [, [, config] = ['', '']] = configurations(
      flannel({ dataDir: '/var/lib/cni/flannel' }),
      '{"cniVersion":"0.4.0","type":"flannel","DataDir":"/x","datadir":"/var/lib/cni/flannel/"}',
    );
    expect(config).toContain('"dataDir":"/var/lib/cni/flannel/net1"');
    expect(config).not.toMatch(/DataDir|datadir/);
  });

  it('have the default directory where theirs is empty, and one slash before the interface', () => {
    expect(
      directories(flannel(), flannel({ dataDir: '' }), flannel({ dataDir: '/var/lib/cni/flannel//' })),
    ).toEqual([
      ['eth0', undefined],
      ['net1', '/var/lib/cni/flannel/net1'],
      ['net2', '/var/lib/cni/flannel/net2'],
    ]);
  });

  it('leave other plugins alone, whatever these call a dataDir', () => {
    const other = { type: 'other', dataDir: '/var/lib/cni/flannel' };
    const nads = { 'ns1/a': other, 'ns1/b': other, 'ns1/c': flannel() };
    const first = parseNetwork(
      JSON.stringify({ cniVersion: '0.4.0', name: 'cbr0', ...flannel() }),
      'default',
    );
    for (const networks of ['a,b', 'a,b,c']) {
      const { steps } = resolve(snapshotOf({ networks, nads }, { defaultNetwork: first }));
      const configs = delegatesOf(steps).flatMap(({ plugins }) => plugins.map(({ config }) => config));
      expect(configs.filter((config) => config.includes('"dataDir":"/var/lib/cni/flannel"'))).toHaveLength(2);
    }
  });

  it('are passed on byte for byte otherwise', () => {
    const text =
      '{"cniVersion": "0.4.0",  "name":"again", "type":"flannel", "dataDir": "/d", "big": 9007199254740993 }';
    const [, [, config] = ['', '']] = configurations(flannel({ dataDir: '/d' }), text);
    expect(config).toBe(text.replace('"/d"', '"/d/net1"'));
    const [[, first] = ['', '']] = configurations(flannel({ dataDir: '/d' }), text);
    expect(first).toBe(configurations(flannel({ dataDir: '/d' }))[0]?.[1]);
  });

  it('are changed in what GC gets as well, where a pod asked for something', () => {
    const text = { ...flannel({ dataDir: '/d' }), cniVersion: '1.1.0', capabilities: { mac: true } };
    const networks = [{ name: 'a', mac: '02:00:00:00:00:01' }];
    const first = JSON.stringify({ cniVersion: '1.1.0', name: 'cbr0', ...flannel({ dataDir: '/d' }) });
    const snapshot = snapshotOf(
      { networks, nads: { 'ns1/a': text } },
      { defaultNetwork: parseNetwork(first, 'default') },
    );
    const [, call] = delegatesOf(resolve(snapshot).steps).flatMap(({ plugins }) => plugins);
    expect(call?.config).toContain('02:00:00:00:00:01');
    expect(call?.gcConfig).toContain('"dataDir":"/d/net1"');
    expect(call?.gcConfig).not.toContain('02:00');
  });
});
