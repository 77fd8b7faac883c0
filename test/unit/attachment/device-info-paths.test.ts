import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attachmentInfoFile, devicePluginFile } from '../../../src/attachment/device-info-paths.ts';

const directory = '/var/run/k8s.cni.cncf.io/devinfo';
const anyName = fc.string({ minLength: 1, maxLength: 300, unit: 'binary' });

describe('the file of an attachment', () => {
  it('is named by network, container and interface, as Multus names it [NPWG-186]', () => {
    const files = ['net1', 'net2'].map((ifname) =>
      attachmentInfoFile(undefined, 'c0ffee', { network: 'ns1/net-a', ifname }),
    );
    expect(files).toEqual([
      `${directory}/cni/ns1-net-a-c0ffee_net1`,
      `${directory}/cni/ns1-net-a-c0ffee_net2`,
    ]);
  });

  it('is hashed where the name is longer than 200 characters or has one that is not plain', () => {
    const file = (network: string): string => attachmentInfoFile('/d', 'c', { network, ifname: 'net1' });
    expect(file('n'.repeat(193))).toBe(`/d/cni/${'n'.repeat(193)}-c_net1`);
    expect(file('n'.repeat(194))).toMatch(/^\/d\/cni\/weft-[0-9a-f]{64}$/);
    for (const odd of ['a b', 'a\n', ' a', 'a\u00e9']) expect(file(odd)).toMatch(/^\/d\/cni\/weft-/);
  });

  it('is another for each interface, never outside of its directory, and no longer than a name may be', () => {
    fc.assert(
      fc.property(anyName, anyName, anyName, fc.constantFrom('net1', 'eth-9_x'), (network, id, one, two) => {
        const files = [one, two].map((ifname) => attachmentInfoFile('/d', id, { network, ifname }));
        for (const file of files) {
          expect(file.startsWith('/d/cni/')).toBe(true);
          const name = file.slice('/d/cni/'.length);
          expect(name).toMatch(/^[A-Za-z0-9._:@=-]{2,200}$/);
          expect(['.', '..']).not.toContain(name);
        }
        // A slash becomes a dash, which no interface name has.
        if (one.replaceAll('/', '-') !== two) expect(files[0]).not.toBe(files[1]);
      }),
    );
  });
});

describe('the file of a device plugin', () => {
  it('is named by resource and device, both without slashes [NPWG-185]', () => {
    const device = { resource: 'intel.com/sriov', id: '0000:18:02.5' };
    expect(devicePluginFile(undefined, device)).toBe(
      `${directory}/dp/intel.com-sriov-0000:18:02.5-device.json`,
    );
    expect(devicePluginFile('/d', { resource: 'a/b', id: 'x/../y' })).toBe('/d/dp/a-b-x-..-y-device.json');
  });

  it('is never outside of its directory', () => {
    fc.assert(
      fc.property(anyName, anyName, (resource, id) => {
        expect(devicePluginFile('/d', { resource, id }).split('/')).toHaveLength(4);
      }),
    );
  });
});
