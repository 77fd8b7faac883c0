import { describe, expect, it } from 'vitest';
import type { DelegateStep } from '../../../src/attachment/plan.ts';
import {
  dropDeviceInfo,
  offerDeviceInfo,
  readBackDeviceInfo,
} from '../../../src/executor/device-info-files.ts';
import { MemorySys, type ProcessOptions } from '../../fakes/sys-memory/memory-sys.ts';
import { World } from '../../fakes/sys-memory/world.ts';
import { delegateOf, recordOf, stepIn } from '../attachment/records.ts';

const context = { containerId: 'c1', netns: '/n', cniArgs: '', cniPath: [], deviceInfoDir: '/dev/info' };
const plain = delegateOf({ ifname: 'net1', plugins: [{ type: 'a' }], network: 'ns/lan' });
const step: DelegateStep = { ...plain, device: { resource: 'acme.com/nic', id: '0000:01' } };
const informed = delegateOf({ ifname: 'net1', plugins: [{ type: 'a' }], network: 'ns/lan', informed: ['a'] });
const file = '/dev/info/cni/ns-lan-c1_net1';
const source = '/dev/info/dp/acme.com-nic-0000:01-device.json';
const text = '{"type":"pci","version":"1.1.0","pci":{"pci-address":"0000:01"}}';

function processWith(files: Readonly<Record<string, string>> = {}, options: ProcessOptions = {}): MemorySys {
  const world = new World();
  for (const [path, content] of Object.entries(files)) world.disk.plant(path, content);
  return new MemorySys(world, options);
}

function contentOf(sys: MemorySys, path = file): string | undefined {
  return sys.world.disk.find(path)?.bytes.toString();
}

/** The number of the call of this name on a node that works. */
function numberOf(name: string): number {
  const sys = processWith({ [source]: text });
  offerDeviceInfo(sys, context, step);
  return sys.calls.findIndex((call) => call.startsWith(name));
}

describe('the file of a device plugin', () => {
  it('is copied for the attachment, and nothing is left beside the copy', () => {
    const sys = processWith({ [source]: text });
    expect(offerDeviceInfo(sys, context, step)).toEqual([]);
    expect(contentOf(sys)).toBe(text);
    expect(sys.world.disk.files('/dev/info/cni')).toEqual([file]);
    expect(sys.calls).toContain(`close ${file}.tmp`);
    expect(readBackDeviceInfo(sys, context, step)).toEqual({ text, warnings: [] });
  });

  it('may be missing: there is a directory for the delegate, and no file', () => {
    const sys = processWith();
    expect(offerDeviceInfo(sys, context, step)).toEqual([]);
    expect(sys.stat('/dev/info/cni')?.kind).toBe('directory');
    expect(readBackDeviceInfo(sys, context, step)).toEqual({ warnings: [] });
  });

  it('does not take the place of a file that is there already', () => {
    const sys = processWith({ [source]: text, [file]: 'mine' });
    expect(offerDeviceInfo(sys, context, step)).toEqual([]);
    expect(contentOf(sys)).toBe('mine');
    expect(sys.world.disk.files('/dev/info/cni')).toEqual([file]);
  });

  it.each(['mkdir', 'readText', 'open', 'write', 'link'])('is a warning where %s fails', (call) => {
    const sys = processWith({ [source]: text }, { fail: { call: numberOf(call), errno: 'EIO' } });
    const [warning, ...others] = offerDeviceInfo(sys, context, step);
    expect(others).toEqual([]);
    expect(warning).toMatch(/^device information of ns\/lan on net1: \/dev\/info.*: EIO$/);
    expect(contentOf(sys)).toBeUndefined();
    if (call === 'write') expect(sys.calls).toContain(`close ${file}.tmp`);
    if (call === 'link') expect(sys.world.disk.files('/dev/info/cni')).toEqual([]);
  });

  it('finds its directory made by another ADD', () => {
    const sys = processWith({ [source]: text }, { fail: { call: numberOf('mkdir'), errno: 'EEXIST' } });
    sys.world.disk.plantDirectory('/dev/info/cni');
    const racing = new (class extends MemorySys {
      override stat(): undefined {
        return undefined;
      }
    })(sys.world);
    expect(offerDeviceInfo(racing, context, step)).toEqual([]);
    expect(contentOf(racing)).toBe(text);
  });
});

describe('the file of an attachment', () => {
  it.each([
    ['{}', 'cannot be used: type is missing, must be'],
    ['x'.repeat(16 * 1024 + 1), ': /dev/info/cni/ns-lan-c1_net1: more than 16384 bytes'],
  ])('that says %s is a warning', (content, words) => {
    const { text: found, warnings } = readBackDeviceInfo(processWith({ [file]: content }), context, informed);
    expect(found).toBeUndefined();
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain('device information of ns/lan on net1');
    expect(warnings[0]).toContain(words);
  });

  it.each([
    ['EILSEQ', 'not UTF-8'],
    ['EIO', 'EIO'],
  ])('that cannot be read for %s is a warning with the end of its path', (errno, words) => {
    const far = { ...context, deviceInfoDir: `/${'d'.repeat(150)}` };
    const { warnings } = readBackDeviceInfo(processWith({}, { fail: { call: 0, errno } }), far, informed);
    const path = `${'d'.repeat(120 - '/cni/ns-lan-c1_net1'.length)}/cni/ns-lan-c1_net1`;
    expect(warnings).toEqual([`device information of ns/lan on net1: ${path}: ${words}`]);
  });

  it('goes with the attachment, and what a killed ADD has left of it', () => {
    const sys = processWith({ [file]: text, [`${file}.tmp`]: 'half', [source]: text });
    const sandbox = { containerId: 'c1', ifname: 'eth0', netns: '/n' };
    for (const state of ['running', 'attached', 'deleting', 'leftover', 'pending'] as const) {
      expect(contentOf(sys)).toBe(text);
      dropDeviceInfo(sys, recordOf([stepIn(state, step)], { sandbox, deviceInfoDir: '/dev/info' }));
    }
    expect(sys.world.disk.files('/dev/info')).toEqual([source]);
  });

  it('that cannot be removed is no reason to fail', () => {
    const sys = processWith({ [file]: text }, { broken: { directory: '/dev', errno: 'EROFS' } });
    dropDeviceInfo(sys, recordOf([stepIn('pending', step)], { deviceInfoDir: '/dev/info' }));
    expect(sys.calls.filter((call) => call.startsWith('unlink'))).toHaveLength(2);
  });

  it('is looked for by nobody where no plugin may write it and there is no device', () => {
    const sys = processWith();
    expect(offerDeviceInfo(sys, context, plain)).toEqual([]);
    expect(readBackDeviceInfo(sys, context, plain)).toEqual({ warnings: [] });
    dropDeviceInfo(sys, recordOf([stepIn('pending', plain)]));
    expect(sys.calls).toEqual([]);
  });
});
