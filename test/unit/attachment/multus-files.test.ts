import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { readCacheEntry } from '../../../src/attachment/libcni-cache.ts';
import { multusFilesOf } from '../../../src/attachment/multus-files.ts';
import { readScratchFile } from '../../../src/attachment/multus-scratch.ts';
import { attachedWith, delegateOf, recordOf, stepIn } from './records.ts';

const result = { cniVersion: '1.0.0', ips: [{ address: '10.1.0.5/24' }] };
const eth0 = attachedWith(
  { ifname: 'eth0', networkName: 'cluster', plugins: [{ type: 'bridge' }, { type: 'portmap' }] },
  result,
  true,
);
const device = { resource: 'intel.com/sriov', id: '0000:18:02.5' };
const net1 = delegateOf({
  ifname: 'net1',
  networkName: 'fast',
  network: 'ns1/fast',
  plugins: [{ type: 'sriov' }],
  device,
});
const informed = delegateOf({ ifname: 'net2', networkName: 'x', plugins: [{ type: 'x' }], informed: ['x'] });
const record = recordOf([eth0, stepIn('running', net1, { cniArgs: 'MAC=02:00:00:00:00:05' })], {
  cniArgs: 'K8S_POD_NAME=pod-a;odd;=x;A=b=c',
});

function delegatesIn(text: string): Readonly<Record<string, unknown>>[] {
  return JSON.parse(text) as Readonly<Record<string, unknown>>[];
}

const listIn = (bytes: unknown): unknown => JSON.parse(Buffer.from(String(bytes), 'base64').toString());

describe('what is left to Multus of an attached pod', () => {
  it('is one scratch file, named by the container, with the delegates in order of ADD', () => {
    const { scratch } = multusFilesOf(record);
    const delegates = delegatesIn(scratch.text);
    expect(scratch.name).toBe('c0ffee');
    const list = { cniVersion: '1.0.0', name: 'cluster' };
    expect(delegates[0]).toEqual({
      Conf: { ...list, ipam: {} },
      ConfList: {
        ...list,
        plugins: [
          { type: 'bridge', ipam: {} },
          { type: 'portmap', ipam: {} },
        ],
      },
      Name: 'test/cluster',
      ifnameRequest: 'eth0',
      IsFilterV4Gateway: false,
      IsFilterV6Gateway: false,
      Bytes: expect.any(String),
    });
    expect(delegates[1]).toMatchObject({ Name: 'ns1/fast', ifnameRequest: 'net1', deviceID: device.id });
  });

  it('has every plugin as ADD had it, in a list', () => {
    const [first] = delegatesIn(multusFilesOf(record).scratch.text);
    expect(listIn(first?.['Bytes'])).toEqual({
      cniVersion: '1.0.0',
      name: 'cluster',
      plugins: eth0.step.kind === 'delegate' ? eth0.step.plugins.map(({ config }) => JSON.parse(config)) : [],
    });
  });

  it('is what weft reads again', () => {
    const request = { containerId: 'c0ffee', ifname: 'eth0', cniArgs: '' };
    const read = readScratchFile(multusFilesOf(record).scratch.text, request);
    expect(read.map(({ step }) => [step.network, step.networkName, step.ifname])).toEqual([
      ['test/cluster', 'cluster', 'eth0'],
      ['ns1/fast', 'fast', 'net1'],
    ]);
  });

  it('names the device information file to the plugin that is told of it, and has Multus remove it', () => {
    const files = multusFilesOf(recordOf([stepIn('attached', informed)]));
    const [delegate] = delegatesIn(files.scratch.text);
    expect(delegate?.['deviceID']).toBe('none');
    expect(listIn(delegate?.['Bytes'])).toMatchObject({
      plugins: [
        { runtimeConfig: { CNIDeviceInfoFile: expect.stringMatching(/devinfo\/cni\/test-x-c0ffee_net2$/) } },
      ],
    });
  });

  it('has a cache entry as libcni writes it where the result is known, and none where it is not', () => {
    const { results } = multusFilesOf(record);
    expect(results.map(({ name }) => name)).toEqual(['cluster-c0ffee-eth0']);
    const [{ text } = { text: '' }] = results;
    expect(JSON.parse(text)).toMatchObject({
      kind: 'cniCacheV1',
      containerId: 'c0ffee',
      ifName: 'eth0',
      networkName: 'cluster',
      netns: '/run/netns/a',
      cniArgs: [
        ['K8S_POD_NAME', 'pod-a'],
        ['A', 'b=c'],
      ],
      result,
    });
    expect(readCacheEntry(text, 'c0ffee')).toMatchObject({ cniArgs: 'K8S_POD_NAME=pod-a;A=b=c' });
  });

  it('has the arguments of the attachment where they are its own, and its result without blanks around it', () => {
    const own = { ...eth0, cniArgs: 'MAC=02:00:00:00:00:05', result: ` ${JSON.stringify(result)}\n` };
    const [{ text } = { text: '' }] = multusFilesOf(recordOf([own])).results;
    expect(readCacheEntry(text, 'c0ffee')).toMatchObject({
      cniArgs: 'MAC=02:00:00:00:00:05',
      result: JSON.stringify(result),
    });
    expect(text.endsWith('"}]}}')).toBe(true);
  });
});
