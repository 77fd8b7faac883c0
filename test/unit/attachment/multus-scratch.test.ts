import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CachedAttachment } from '../../../src/attachment/libcni-cache.ts';
import { readScratchFile } from '../../../src/attachment/multus-scratch.ts';

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

  it('never throws, whatever the file holds', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), (any) => void read(any)));
    expect(read('')).toEqual([]);
  });
});
