import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metaPluginOf, readCacheEntry } from '../../../src/attachment/libcni-cache.ts';

const base64 = (value: object | string): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64');

const conflist = {
  cniVersion: '1.0.0',
  name: 'cluster',
  plugins: [
    { type: 'bridge', capabilities: { mac: true } },
    { type: 'portmap', capabilities: { portMappings: true } },
  ],
};

/** As libcni 1.3 writes it. */
const entry = {
  kind: 'cniCacheV1',
  containerId: 'c0ffee',
  config: base64(conflist),
  ifName: 'eth0',
  networkName: 'cluster',
  netns: '/run/netns/a',
  cniArgs: [
    ['IgnoreUnknown', '1'],
    ['K8S_POD_NAME', 'a'],
  ],
  capabilityArgs: { portMappings: [{ hostPort: 9007199254740992 }] },
  result: { cniVersion: '1.0.0', ips: [{ address: '10.1.0.5/24' }] },
};

const text = JSON.stringify(entry).replace('9007199254740992', '9007199254740993');

describe('an entry of libcni\u2019s cache', () => {
  it('gives the attachment with ADD\u2019s result, arguments and capabilities [CNI-285]', () => {
    const cached = readCacheEntry(text, 'c0ffee');
    expect(cached).toMatchObject({
      cniArgs: 'IgnoreUnknown=1;K8S_POD_NAME=a',
      result: '{"cniVersion":"1.0.0","ips":[{"address":"10.1.0.5/24"}]}',
      step: { network: 'cluster', ifname: 'eth0', cniVersion: '1.0.0', isDefault: false },
    });
    expect(cached?.step.plugins.map(({ type }) => type)).toEqual(['bridge', 'portmap']);
  });

  it('gives capabilities only to the plugin that declares them, numbers above 2^53 as they are', () => {
    const [bridge, portmap] = readCacheEntry(text, 'c0ffee')?.step.plugins ?? [];
    expect(bridge?.config).not.toContain('runtimeConfig');
    expect(portmap?.config).toContain('"runtimeConfig":{"portMappings":[{"hostPort":9007199254740993}]}');
  });

  it('of a single configuration is a chain of one', () => {
    const single = { ...entry, config: base64({ cniVersion: '0.3.1', name: 'x', type: 'macvlan' }) };
    expect(readCacheEntry(JSON.stringify(single), 'c0ffee')?.step.plugins.map(({ type }) => type)).toEqual([
      'macvlan',
    ]);
  });

  it.each([
    ['of another container [CNI-286]', { ...entry, containerId: 'c0ffee2' }],
    ['of another kind', { ...entry, kind: 'cniCacheV2' }],
    ['that is a bare result, as libcni wrote them before it had kinds [CNI-286]', entry.result],
    ['without interface', { ...entry, ifName: undefined }],
    ['whose configuration is no base64', { ...entry, config: '!!!' }],
    ['whose configuration is no JSON', { ...entry, config: base64('nope') }],
    ['whose configuration has no plugin', { ...entry, config: base64({ name: 'a', plugins: [] }) }],
    ['whose configuration is no text', { ...entry, config: 5 }],
    [
      'of a chain with a meta-plugin in it',
      { ...entry, config: base64({ ...conflist, plugins: [{ type: 'x' }, { type: 'multus' }] }) },
    ],
    ['of weft itself', { ...entry, config: base64({ ...conflist, plugins: [{ type: 'weft' }] }) }],
    ['of multus', { ...entry, config: base64({ cniVersion: '0.3.1', name: 'm', type: 'multus' }) }],
    ['of multus-shim', { ...entry, config: base64({ ...conflist, plugins: [{ type: 'multus-shim' }] }) }],
    ['of genie', { ...entry, config: base64({ ...conflist, plugins: [{ type: 'genie' }] }) }],
  ])('%s is no knowledge', (_, value) => {
    expect(readCacheEntry(JSON.stringify(value), 'c0ffee')).toBeUndefined();
  });

  it.each([
    ['of an interface of the container', '/var/run/k8s.cni.cncf.io/devinfo/cni/a-c0ffee_net1', true],
    ['of the same below /run', '/run/k8s.cni.cncf.io/devinfo/cni/a', true],
    ['further down', '/var/run/k8s.cni.cncf.io/devinfo/cni/a/b', false],
    ['of a device plugin', '/var/run/k8s.cni.cncf.io/devinfo/dp/a', false],
    ['anywhere else', '/etc/passwd', false],
    ['that only ends like one', '/x/run/k8s.cni.cncf.io/devinfo/cni/a', false],
    ['without a name', '/run/k8s.cni.cncf.io/devinfo/cni/', false],
    ['that is no text', ['/run/k8s.cni.cncf.io/devinfo/cni/a'], false],
  ])('gives a device information file %s, or does not: it is removed later', (_, path, given) => {
    const informed = { ...entry, capabilityArgs: { CNIDeviceInfoFile: path } };
    const cached = readCacheEntry(JSON.stringify(informed), 'c0ffee');
    expect(cached?.step.ifname).toBe('eth0');
    expect(cached?.deviceInfoFile).toBe(given ? path : undefined);
  });

  it('has no arguments where they are not kept, and leaves out what is no pair', () => {
    const argsOf = (cniArgs: unknown): string | undefined =>
      readCacheEntry(JSON.stringify({ ...entry, cniArgs }), 'c0ffee')?.cniArgs;
    expect([argsOf(undefined), argsOf('A=b'), argsOf(null)]).toEqual(['', '', '']);
    expect(argsOf([['A', 'b'], 'C=d', ['E', 'f']])).toBe('A=b;E=f');
  });

  it('says which interface it is, and that its list wants no GC', () => {
    const quiet = { ...entry, config: base64({ ...conflist, cniVersion: '1.1.0', disableGC: true }) };
    const [plain, silent] = [entry, quiet].map((one) => readCacheEntry(JSON.stringify(one), 'c0ffee'));
    expect(plain?.step).not.toHaveProperty('disableGC');
    expect(silent?.step).toMatchObject({ id: 'cached-eth0', disableGC: true });
  });

  it('of a configuration without a name has that of the entry', () => {
    const { name: _name, ...nameless } = conflist;
    const cached = readCacheEntry(JSON.stringify({ ...entry, config: base64(nameless) }), 'c0ffee');
    expect(cached?.step.networkName).toBe('cluster');
  });

  it.each([{}, { result: null }])('without a result is an attachment without one: %j', (change) => {
    const { result: _result, ...without } = entry;
    const cached = readCacheEntry(JSON.stringify({ ...without, ...change }), 'c0ffee');
    expect(cached?.step.ifname).toBe('eth0');
    expect(cached?.result).toBeUndefined();
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (any) => void readCacheEntry(any, 'c0ffee')));
    for (let length = 0; length < text.length; length += 1) {
      expect(readCacheEntry(text.slice(0, length), 'c0ffee')).toBeUndefined();
    }
  });
});

describe('an entry of the runtime\u2019s cache for a meta-plugin', () => {
  it.each(['weft', 'multus', 'multus-shim', 'genie'])('is known as one of %s', (type) => {
    const meta = { ...entry, config: base64({ cniVersion: '1.0.0', name: 'meta', plugins: [{ type }] }) };
    expect(metaPluginOf(JSON.stringify(meta), 'c0ffee')).toBe(type);
    expect(metaPluginOf(JSON.stringify(meta), 'c0ffee2')).toBeUndefined();
    expect(metaPluginOf(JSON.stringify({ ...meta, kind: 'cniCacheV2' }), 'c0ffee')).toBeUndefined();
    const nameless = {
      ...entry,
      config: base64({ cniVersion: '1.0.0', plugins: [{ type: 'x' }, { type }] }),
    };
    expect(metaPluginOf(JSON.stringify(nameless), 'c0ffee')).toBe(type);
  });

  it('is none of any other plugin, and reading never throws', () => {
    expect(metaPluginOf(text, 'c0ffee')).toBeUndefined();
    expect(metaPluginOf(JSON.stringify({ ...entry, config: 5 }), 'c0ffee')).toBeUndefined();
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (any) => void metaPluginOf(any, 'c0ffee')));
  });
});
