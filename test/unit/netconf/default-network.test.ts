import { describe, expect, it } from 'vitest';
import { capabilitiesOf } from '../../../src/netconf/capabilities.ts';
import type { ConfFile } from '../../../src/netconf/conf-file.ts';
import { chooseDefaultNetwork, networkInFile } from '../../../src/netconf/default-network.ts';
import { expectThrown } from '../../harness/thrown.ts';

function file(name: string, content: object | string): ConfFile {
  return { name, text: typeof content === 'string' ? content : JSON.stringify(content) };
}

const flannel = file('10-flannel.conflist', {
  name: 'cbr0',
  cniVersion: '1.0.0',
  plugins: [{ type: 'flannel' }],
});
const calico = file('20-calico.conflist', {
  name: 'calico',
  cniVersion: '1.0.0',
  plugins: [{ type: 'calico' }],
});
const loopback = file('99-loopback.conf', { name: 'lo', cniVersion: '1.0.0', type: 'loopback' });

function chosen(files: readonly ConfFile[], name?: string): string {
  return chooseDefaultNetwork(files, name).network.name;
}

describe('the choice of the default network', () => {
  it('is the only candidate beside loopback and meta-plugins', () => {
    const others = ['weft', 'multus', 'multus-shim', 'genie'].map((type) =>
      file(`00-${type}.conf`, { name: `${type}-network`, type, delegates: [] }),
    );
    expect(chosen([...others, loopback, flannel])).toBe('cbr0');
  });

  it('is the named one among several', () => {
    expect(chosen([flannel, calico, loopback], 'calico')).toBe('calico');
    const twin = file('05-cbr0.conf', { name: 'cbr0', type: 'other' });
    expect(chooseDefaultNetwork([twin, flannel], 'cbr0').network.plugins[0]?.type).toBe('flannel');
  });

  it('warns of a malformed unrelated file [CNI-212]', () => {
    const found = chooseDefaultNetwork([file('00-bad.conf', '{"name":'), flannel]);
    expect(found.network.name).toBe('cbr0');
    expect(found.warnings).toEqual([expect.stringContaining('00-bad.conf')]);
  });

  it('speaks 0.1.0 where the file says nothing, as under the runtime before [CNI-034]', () => {
    expect(chooseDefaultNetwork([file('a.conf', { name: 'a', type: 'x' })]).network.cniVersion).toBe('0.1.0');
  });

  it.each([
    [[], undefined, 'no usable configuration'],
    [[loopback], undefined, 'no usable configuration'],
    [[file('readme.txt', flannel.text)], undefined, 'no usable configuration'],
    [[file('10-x.conflist', { name: 'x', plugins: [{}] })], undefined, 'plugins[0].type is missing'],
    [[flannel], 'calico', 'network calico'],
    [[flannel], 'calico', 'no configuration in the CNI configuration directory has this name'],
    [[file('00-multus.conf', { name: 'm', type: 'multus' }), flannel], 'm', '"multus"'],
  ])('says what is missing with %j and name %s', (files, name, text) => {
    const error = expectThrown(() => chooseDefaultNetwork(files, name), {
      reason: 'DefaultNetworkMissing',
      code: 11,
      names: ['choose the default network', text, '--default-network'],
    });
    expect(error.retry).toBe('later');
  });

  it('may hold loopback beside other plugins', () => {
    const plugins = [{ type: 'loopback' }, { type: 'bridge' }];
    expect(chosen([file('10-x.conflist', { name: 'x', plugins })])).toBe('x');
  });

  it('lists up to six names, and no more than there are', () => {
    const several = Array.from({ length: 6 }, (_, index) =>
      file(`${index}.conf`, { name: `n${index}`, type: 'x' }),
    );
    expect(() => chooseDefaultNetwork(several)).toThrow(
      /choose the default network: several .*: n0 \(0\.conf\), n1 \(1\.conf\), .*n5 \(5\.conf\);/,
    );
  });

  it('lists the names where there are several', () => {
    expectThrown(() => chooseDefaultNetwork([flannel, calico]), {
      reason: 'DefaultNetworkAmbiguous',
      code: 7,
      names: ['cbr0 (10-flannel.conflist)', 'calico (20-calico.conflist)', '--default-network'],
    });
  });

  it('stays readable with a hundred of them', () => {
    const many = Array.from({ length: 100 }, (_, index) =>
      file(`${index}.conf`, { name: `n${index}`, type: 'x' }),
    );
    expectThrown(() => chooseDefaultNetwork(many), {
      reason: 'DefaultNetworkAmbiguous',
      code: 7,
      names: ['and 94 more'],
    });
  });
});

describe('the network of a file that was named itself', () => {
  it('is what the file holds', () => {
    expect(networkInFile(flannel).name).toBe('cbr0');
  });

  it.each([
    [file('a.conf', '{'), 'InvalidJson', 6, 'a.conf'],
    [file('a.conflist', { name: 'a', plugins: [{}] }), 'NetworkInvalid', 7, 'plugins[0].type is missing'],
    [file('m.conf', { name: 'm', type: 'multus' }), 'NetworkInvalid', 7, '"multus"'],
    [file('readme.txt', flannel.text), 'NetworkInvalid', 7, 'readme.txt'],
  ] as const)('is refused by its name: %j', (one, reason, code, text) => {
    expectThrown(() => networkInFile(one), { reason, code, names: [text] });
  });
});

describe('the capabilities of a chain', () => {
  it('are the union of what its plugins declare as true [CNI-238]', () => {
    const plugins = [
      { type: 'a', capabilities: { mac: true, ips: false } },
      { type: 'b', capabilities: { portMappings: true, mac: true } },
      { type: 'c' },
    ];
    const { network } = chooseDefaultNetwork([file('a.conflist', { name: 'a', plugins })]);
    expect(capabilitiesOf(network)).toEqual(['mac', 'portMappings']);
  });
});
