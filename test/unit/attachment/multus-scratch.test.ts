import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CachedAttachment } from '../../../src/attachment/libcni-cache.ts';
import { countDelegates, readScratchFile } from '../../../src/attachment/multus-scratch.ts';

const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64');

const read = (value: unknown): readonly CachedAttachment[] =>
  readScratchFile(typeof value === 'string' ? value : JSON.stringify(value), {
    containerId: 'c0ffee',
    ifname: 'eth0',
    cniArgs: 'K8S_POD_NAME=a',
  });

const capabilities = { ips: true, mac: true, infinibandGUID: true, deviceID: true, CNIDeviceInfoFile: true };

const delegate = (name: string, more: object = {}): object => ({
  Conf: { name },
  Bytes: base64({ cniVersion: '0.3.1', name, type: 'macvlan', capabilities }),
  Name: `default/${name}`,
  ...more,
});

const runtimeConfigOf = (attachment: CachedAttachment | undefined): unknown =>
  (JSON.parse(attachment?.step.plugins[0]?.config ?? '{}') as { runtimeConfig?: unknown }).runtimeConfig;

describe('a scratch file of Multus', () => {
  it('gives the delegates in order with their interfaces', () => {
    const found = read([delegate('cluster'), delegate('a'), delegate('b', { ifnameRequest: 'data0' })]);
    expect(found.map(({ step }) => [step.network, step.networkName, step.ifname])).toEqual([
      ['default/cluster', 'cluster', 'eth0'],
      ['default/a', 'a', 'net1'],
      ['default/b', 'b', 'data0'],
    ]);
  });

  it('of which one delegate cannot be read gives the others, with their own interfaces', () => {
    const found = read([delegate('cluster'), { Bytes: 'x' }, null, delegate('c')]);
    expect(found.map(({ step }) => step.ifname)).toEqual(['eth0', 'net3']);
  });

  it('gives what the pod asked for as ADD had it, by capability and in CNI_ARGS', () => {
    const asked = { macRequest: '02:00:00:00:00:05', ipRequest: ['10.1.0.5/24', 'fd00::5/64'] };
    const [, found] = read([delegate('cluster'), delegate('a', { ...asked, infinibandGUIDRequest: 'c2' })]);
    expect(runtimeConfigOf(found)).toEqual({
      ips: asked.ipRequest,
      mac: asked.macRequest,
      infinibandGUID: 'c2',
    });
    expect(found?.cniArgs).toBe('K8S_POD_NAME=a;MAC=02:00:00:00:00:05;IP=10.1.0.5/24,fd00::5/64');
  });

  it('gives the default network no capability that the pod asked for, as Multus does not', () => {
    const [found] = read([
      delegate('cluster', { macRequest: '02:00:00:00:00:05', deviceID: '0000:03:02.3' }),
    ]);
    expect(runtimeConfigOf(found)).toBeUndefined();
    expect(found?.deviceInfoFile).toBeUndefined();
  });

  it('names the device information file that ends with the attachment', () => {
    const [, found] = read([delegate('cluster'), delegate('a', { deviceID: '0000:03:02.3' })]);
    const path = '/var/run/k8s.cni.cncf.io/devinfo/cni/default-a-c0ffee_net1';
    expect(found?.deviceInfoFile).toBe(path);
    expect(runtimeConfigOf(found)).toEqual({ deviceID: '0000:03:02.3', CNIDeviceInfoFile: path });
  });

  it('takes the plugins that are whole where Multus kept a list without their own keys', () => {
    const whole = {
      type: 'bridge',
      bridge: 'cni0',
      ipam: { type: 'host-local', ranges: [[{ subnet: '10.1.0.0/24' }]] },
    };
    const [found] = read([
      {
        Name: 'pods',
        // As LoadDelegateNetConfFromConfList of 4.3.0 leaves it.
        Bytes: base64({
          cniVersion: '1.0.0',
          name: 'pods',
          plugins: [{ type: 'bridge', ipam: { type: 'host-local' } }],
        }),
        CNINetworkConfigList: {
          Name: 'pods',
          CNIVersion: '1.0.0',
          DisableCheck: true,
          Plugins: [{ Network: { type: 'bridge' }, Bytes: base64(whole) }],
        },
      },
    ]);
    expect(found?.step).toMatchObject({ networkName: 'pods', cniVersion: '1.0.0', disableCheck: true });
    expect(JSON.parse(found?.step.plugins[0]?.config ?? '')).toMatchObject(whole);
  });

  it.each([
    ['without plugins', { Plugins: [] }],
    ['whose plugins are none', { Plugins: 'x' }],
    ['with a plugin without its text', { Plugins: [{ Bytes: base64({ type: 'x' }) }, { Network: {} }] }],
    ['with a plugin that is nothing', { Plugins: [{ Bytes: base64({ type: 'x' }) }, null] }],
  ])('takes the bytes of the delegate where its list is one %s', (_, list) => {
    const whole = { Name: 'pods', CNIVersion: '1.0.0', ...list };
    const [found] = read([delegate('cluster', { CNINetworkConfigList: whole })]);
    expect(found?.step.plugins.map(({ type }) => type)).toEqual(['macvlan']);
  });

  it('keeps the plugins of a whole list in their order, under its name', () => {
    const list = {
      Name: 'pods',
      CNIVersion: '1.0.0',
      Plugins: ['bridge', 'portmap'].map((type) => ({ Bytes: base64({ type }) })),
    };
    const [found] = read([{ CNINetworkConfigList: list }]);
    expect(found?.step.networkName).toBe('pods');
    expect(found?.step.plugins.map(({ type }) => type)).toEqual(['bridge', 'portmap']);
  });

  it('names a network as the object does, or as the configuration where there is none', () => {
    const nameless = base64({ cniVersion: '0.3.1', type: 'macvlan' });
    const [, whole, bare, plain] = read([
      delegate('cluster'),
      { Bytes: nameless, Name: 'ns1/sub/net' },
      delegate('own', { Name: '' }),
      delegate('own', { Name: 5 }),
    ]);
    expect([whole?.step.network, whole?.step.networkName]).toEqual(['ns1/sub/net', 'net']);
    expect([bare?.step.network, plain?.step.network]).toEqual(['own', 'own']);
  });

  it('gives no address, name or device that is not there', () => {
    const nothing = { macRequest: '', ipRequest: [], deviceID: '', ifnameRequest: '' };
    const [, found] = read([delegate('cluster'), delegate('a', nothing)]);
    expect(found).toMatchObject({ cniArgs: 'K8S_POD_NAME=a', step: { ifname: 'net1' } });
    expect(found).not.toHaveProperty('deviceInfoFile');
    const withoutArgs = { containerId: 'c0ffee', ifname: 'eth0', cniArgs: '' };
    const text = JSON.stringify([delegate('a', { macRequest: '02:00:00:00:00:05' })]);
    expect(readScratchFile(text, withoutArgs)[0]?.cniArgs).toBe('MAC=02:00:00:00:00:05');
  });

  it('says how many delegates it has, also of those that cannot be read', () => {
    expect(countDelegates(JSON.stringify([delegate('a'), null]))).toBe(2);
    expect(countDelegates('[]')).toBe(0);
    expect(countDelegates('[')).toBeUndefined();
    expect(read([{ Name: 'a' }, { Bytes: 5 }])).toEqual([]);
  });

  it('never throws, whatever the file holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (any) => void read(any)));
    expect(read('')).toEqual([]);
  });
});
