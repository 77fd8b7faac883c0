import { describe, expect, it } from 'vitest';
import { allocatedDevices } from '../../../../src/agent/devices/allocated-devices.ts';
import { decodeListResponse } from '../../../../src/agent/devices/pod-resources.ts';
import type { Devices } from '../../../../src/resolve/devices.ts';
import { type FakeContainer, message, podResourcesFields } from '../../../fakes/protobuf-message.ts';

function devicesOf(...containers: readonly FakeContainer[]): Record<string, readonly string[]> {
  const [pod] = decodeListResponse(message([[1, podResourcesFields('ns1', 'pod-a', containers)]]));
  const devices: Devices = pod === undefined ? new Map() : allocatedDevices(pod);
  return Object.fromEntries(devices);
}

describe('devices of device plugins', () => {
  it('are gathered over all containers, and sorted as text', () => {
    const found = devicesOf(
      { devices: { 'intel.com/sriov': ['0000:18:02.5', '0000:18:02.10'], 'weft.test/nic': ['b'] } },
      {},
      { devices: { 'intel.com/sriov': ['0000:18:02.1'] } },
    );
    expect(found).toEqual({
      'intel.com/sriov': ['0000:18:02.1', '0000:18:02.10', '0000:18:02.5'],
      'weft.test/nic': ['b'],
    });
  });

  it('are not there where the pod has none', () => {
    expect(devicesOf()).toEqual({});
    expect(devicesOf({}, { devices: {} })).toEqual({});
  });
});

describe('devices of ResourceClaims', () => {
  const vf = { cdi: ['dra.test/vf=0000:18:02.1'], driver: 'dra.test', pool: 'node1', device: '0000-18-02-1' };

  it('are under the claim and under the CDI kind, by their CDI name', () => {
    expect(devicesOf({ claims: { 'pod-a-vf-x7k2p': [vf] } })).toEqual({
      'pod-a-vf-x7k2p': ['0000:18:02.1'],
      'dra.test/vf': ['0000:18:02.1'],
    });
  });

  it('count once where containers share the claim', () => {
    const shared = { claims: { shared: [vf] } };
    expect(devicesOf(shared, shared)['dra.test/vf']).toEqual(['0000:18:02.1']);
  });

  it('without a CDI name are under their driver, by their own', () => {
    const plain = { driver: 'dra.test', pool: 'node1', device: 'nic-3' };
    const broken = { ...plain, cdi: ['no-kind', '=x', 'a/b=c=d'], device: 'nic-4' };
    expect(devicesOf({ claims: { one: [plain, broken] } })).toEqual({
      one: ['nic-3', 'nic-4'],
      'dra.test': ['nic-3', 'nic-4'],
    });
  });

  it('are one each, however many CDI names they have, if the kubelet tells them apart', () => {
    const cdi = ['dra.test/vf=a', 'dra.test/vf=b'];
    expect(devicesOf({ claims: { one: [{ cdi, device: 'nic-1' }] } })['dra.test/vf']).toEqual(['a']);
    expect(devicesOf({ claims: { one: [{ cdi }] } })['dra.test/vf']).toEqual(['a', 'b']);
  });

  it('join those of a device plugin of the same name', () => {
    const found = devicesOf({ devices: { 'dra.test/vf': ['z'] }, claims: { one: [vf] } });
    expect(found['dra.test/vf']).toEqual(['0000:18:02.1', 'z']);
  });
});
