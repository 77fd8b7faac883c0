import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDeviceInfo } from '../../../src/attachment/device-info.ts';
import { networkStatusOf } from '../../../src/attachment/network-status.ts';
import { golden } from './device-info/golden.ts';
import { attachedWith, recordOf } from './records.ts';

const netA = { ifname: 'net1', network: 'ns1/net-a', plugins: [{ type: 'sriov' }] };
const result = { cniVersion: '1.0.0', interfaces: [{ name: 'net1', sandbox: '/n' }] };

/** The entry of an attachment whose file has this text. */
function entryOf(deviceInfo: string): object | undefined {
  return networkStatusOf(recordOf([{ ...attachedWith(netA, result), deviceInfo }]))[0];
}

function faultOf(value: unknown): string {
  const read = readDeviceInfo(JSON.stringify(value));
  return read.ok ? '' : read.fault;
}

/** A golden file with one key of it, or of its device, put to something else; undefined removes it. */
function changed(name: string, path: readonly string[], value: unknown): unknown {
  const copy = JSON.parse(JSON.stringify(golden[name])) as Record<string, unknown>;
  const [first = '', second] = path;
  if (second === undefined) copy[first] = value;
  else copy[first] = { ...(copy[first] as object), [second]: value };
  return copy;
}

describe('device information in the status', () => {
  const of = (words: string): readonly [string, object][] =>
    Object.entries(golden).filter(([name]) => name.startsWith(words));

  it('is under device-info, of version 1.0.0 and 1.1.0 and of every type [NPWG-150] [NPWG-180]', () => {
    const seen = new Set<string>();
    for (const [name, info] of Object.entries(golden)) {
      expect(entryOf(JSON.stringify(info)), name).toEqual({
        name: 'ns1/net-a',
        interface: 'net1',
        default: false,
        dns: {},
        'device-info': info,
      });
      const { type, version } = info as { type: string; version: string };
      seen.add(type).add(version);
    }
    expect([...seen].sort()).toEqual(['1.0.0', '1.1.0', 'memif', 'pci', 'vdpa', 'vhost-user']);
  });

  it.each(of('pci'))('is all of a PCI device: %s [NPWG-181]', (_name, info) => {
    expect(entryOf(JSON.stringify(info))).toMatchObject({ 'device-info': info });
  });

  it.each(of('vdpa'))('is all of a vDPA device: %s [NPWG-182]', (_name, info) => {
    expect(entryOf(JSON.stringify(info))).toMatchObject({ 'device-info': info });
  });

  it.each(of('vhost-user'))('is all of a vhost-user socket: %s [NPWG-183]', (_name, info) => {
    expect(entryOf(JSON.stringify(info))).toMatchObject({ 'device-info': info });
  });

  it.each(of('memif'))('is all of a memif socket: %s [NPWG-184]', (_name, info) => {
    expect(entryOf(JSON.stringify(info))).toMatchObject({ 'device-info': info });
  });

  it('is on the main interface of the attachment alone', () => {
    const two = { ...result, interfaces: [{ name: 'x', sandbox: '/n' }, ...result.interfaces] };
    const step = { ...attachedWith(netA, two), deviceInfo: JSON.stringify(golden['vhost-user as client']) };
    expect(networkStatusOf(recordOf([step])).map((entry) => 'device-info' in entry)).toEqual([false, true]);
  });

  it('is absent where a record has what this version cannot read', () => {
    expect(entryOf('{')).not.toHaveProperty('device-info');
    expect(entryOf('{"type":"pci"}')).not.toHaveProperty('device-info');
  });
});

describe('what is required of device information', () => {
  const pci = 'pci with all keys, 1.1.0';
  it.each<[string, readonly string[], unknown, string]>([
    [pci, ['type'], undefined, 'type is missing, must be one of pci, vdpa, vhost-user, memif'],
    [pci, ['type'], 'gpu', 'type is "gpu"'],
    [pci, ['type'], 'toString', 'type is "toString"'],
    [pci, ['version'], undefined, 'version is missing, must be MAJOR.MINOR.PATCH'],
    [pci, ['version'], '1.1', 'version is "1.1"'],
    [pci, ['version'], 1.1, 'version is 1.1'],
    [pci, ['version'], ['1.1.0'], 'version is ["1.1.0"]'],
    [pci, ['version'], 'v1.1.0', 'version is "v1.1.0"'],
    [pci, ['version'], '1.1.0-rc1', 'version is "1.1.0-rc1"'],
    [pci, ['version'], '10.0.0', 'version is "10.0.0", and weft knows 1.x.y'],
    [pci, ['type'], ['pci'], 'type is ["pci"]'],
    [pci, ['type'], 'x'.repeat(99), `type is "${'x'.repeat(39)}, must be`],
    [pci, ['version'], '2.0.0', 'version is "2.0.0", and weft knows 1.x.y'],
    [pci, ['pci'], undefined, 'pci is missing, must be an object'],
    [pci, ['pci'], ['x'], 'pci is ["x"]'],
    [pci, ['pci', 'pci-address'], undefined, 'pci.pci-address is missing, must be a text'],
    [pci, ['pci', 'pci-address'], '', 'pci.pci-address is ""'],
    ['vdpa, 1.1.0', ['vdpa', 'parent-device'], undefined, 'vdpa.parent-device is missing'],
    ['vdpa, 1.1.0', ['vdpa', 'driver'], 'other', 'vdpa.driver is "other", must be vhost or virtio'],
    ['vdpa, 1.1.0', ['vdpa', 'path'], 7, 'vdpa.path is 7'],
    ['vhost-user as client', ['vhost-user', 'mode'], 'x', 'vhost-user.mode is "x", must be client or server'],
    ['vhost-user as client', ['vhost-user', 'path'], undefined, 'vhost-user.path is missing'],
    ['memif as slave, ip', ['memif', 'role'], 'x', 'memif.role is "x", must be master or slave'],
    ['memif as slave, ip', ['memif', 'mode'], undefined, 'memif.mode is missing'],
    ['memif as slave, ip', ['memif', 'path'], undefined, 'memif.path is missing'],
  ])('%s with %j as %j is refused: %s', (name, path, value, fault) => {
    expect(faultOf(changed(name, path, value))).toContain(fault);
  });

  it('is nothing of optional keys, of keys that nobody knows, and of later 1.x versions', () => {
    for (const version of ['1.7.0', '1.10.0', '1.0.10'])
      expect(faultOf(changed(pci, ['version'], version))).toBe('');
    expect(faultOf(changed(pci, ['pci', 'novelty'], { a: [1] }))).toBe('');
    expect(faultOf(changed(pci, ['pci', 'rdma-device'], undefined))).toBe('');
    expect(faultOf(changed(pci, ['memif'], 7))).toBe('');
  });

  it.each(['', '{', '[]', 'null', '"pci"'])('of %j is a JSON object', (text) => {
    expect(readDeviceInfo(text)).toEqual({ ok: false, fault: 'it is no JSON object' });
  });

  it('is told in a short sentence for any text and any JSON at all', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        const read = readDeviceInfo(text);
        if (!read.ok) expect(read.fault.length).toBeLessThan(160);
      }),
    );
  });
});
