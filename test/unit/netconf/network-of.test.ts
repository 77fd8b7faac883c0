import { describe, expect, it } from 'vitest';
import type { NetworkAttachmentDefinition } from '../../../src/api/network-attachment-definition.ts';
import type { ConfFile } from '../../../src/netconf/conf-file.ts';
import { type FoundNetwork, namedNetwork, networkOf } from '../../../src/netconf/network-of.ts';
import { expectThrown } from '../../harness/thrown.ts';

function nad(config?: string, name = 'net-a'): NetworkAttachmentDefinition {
  const metadata = { name, namespace: 'ns1' };
  return config === undefined ? { metadata } : { metadata, spec: { config } };
}

function inline(config: object | string): FoundNetwork {
  return networkOf(nad(typeof config === 'string' ? config : JSON.stringify(config)), [], '1.0.0');
}

function file(name: string, content: object | string): ConfFile {
  return { name, text: typeof content === 'string' ? content : JSON.stringify(content) };
}

function fromFiles(files: readonly ConfFile[], name = 'net-a'): FoundNetwork {
  return networkOf(nad(undefined, name), files, '1.0.0');
}

function types(found: FoundNetwork): readonly string[] {
  return found.network.plugins.map(({ type }) => type);
}

describe('a NAD with a configuration', () => {
  it('is a chain of one, or the list that it holds', () => {
    expect(types(inline({ cniVersion: '1.0.0', name: 'x', type: 'bridge' }))).toEqual(['bridge']);
    expect(types(inline({ name: 'x', plugins: [{ type: 'bridge' }, { type: 'tuning' }] }))).toEqual([
      'bridge',
      'tuning',
    ]);
  });

  it.each([{ type: 'x' }, { name: '', type: 'x' }])(
    "gets the object's name in %j [NPWG-025] [NPWG-026]",
    (config) => {
      expect(inline(config).network.name).toBe('net-a');
    },
  );

  it('keeps a name of its own', () => {
    expect(inline({ name: 'foo', type: 'x' }).network.name).toBe('foo');
  });

  it('inherits our version where it names none', () => {
    expect(inline({ type: 'x' }).network.cniVersion).toBe('1.0.0');
    expect(inline({ type: 'x', cniVersion: '0.3.1' }).network.cniVersion).toBe('0.3.1');
  });

  it('never takes plugins from a directory [CNI-211]', () => {
    const files: ConfFile[] = [
      { ...file('x.conflist', { name: 'x' }), subdirectory: [file('a.conf', { type: 'x' })] },
    ];
    const config = JSON.stringify({ name: 'x' });
    expectThrown(() => networkOf(nad(config), files, '1.0.0'), {
      reason: 'NetworkInvalid',
      code: 7,
      names: ['network ns1/net-a', 'it has no plugins'],
    });
  });

  it.each([
    [{ name: 'x' }, 'NetworkInvalid', 7, 'it has no plugins'],
    [{ plugins: [{}] }, 'NetworkInvalid', 7, 'plugins[0].type is missing'],
    [{ plugins: [] }, 'NetworkInvalid', 7, 'plugins'],
    [{ type: 'x', plugins: [{ type: 'x' }] }, 'NetworkInvalid', 7, 'both "type" and "plugins"'],
    [{ type: '../../bin/sh' }, 'NetworkInvalid', 7, 'type must be a file name'],
    [{ type: 'x', ipam: { type: 'a/b' } }, 'NetworkInvalid', 7, 'ipam.type'],
    [{ type: 'x', name: '../x' }, 'NetworkInvalid', 7, '"../x"'],
    [{ type: 'x', cniVersion: '9.9.9' }, 'IncompatibleVersion', 1, '"9.9.9"'],
    ['[', 'InvalidJson', 6, 'spec.config is not JSON'],
    ['[]', 'InvalidJson', 6, 'spec.config must be a JSON object'],
    [' ', 'InvalidJson', 6, 'spec.config'],
  ] as const)(
    'is refused with its name where it is %j [NPWG-029] [NPWG-030]',
    (config, reason, code, text) => {
      expectThrown(() => inline(config), { reason, code, names: ['network ns1/net-a', 'spec.config', text] });
    },
  );

  it.each(['weft', 'multus', 'multus-shim', 'genie'])(
    'is refused where its chain holds %s [CNI-453]',
    (type) => {
      expectThrown(() => inline({ plugins: [{ type: 'bridge' }, { type }] }), {
        reason: 'NetworkInvalid',
        code: 7,
        names: ['network ns1/net-a', `"${type}"`],
      });
    },
  );
});

describe('a network that is named without a NAD', () => {
  const files = [
    file('a.conf', { name: 'other', type: 'x' }),
    file('b.conf', { name: 'store', type: 'y' }),
    file('c.conf', '{'),
  ];

  it('is that of the file with its name, and speaks our version where that names none', () => {
    const found = namedNetwork('store', files, '0.4.0');
    expect([types(found), found.network.cniVersion]).toEqual([['y'], '0.4.0']);
    expect(found.warnings).toEqual([expect.stringContaining('c.conf')]);
    expect(namedNetwork('store', files, '1.0.0').network.cniVersion).toBe('1.0.0');
  });

  it('is refused by its name where there is none', () => {
    expectThrown(() => namedNetwork('gone', files, '1.0.0'), {
      reason: 'NetworkNotFound',
      code: 7,
      names: [
        'network gone',
        'no file of the network directory has this name',
        'c.conf',
        'as namespace/name',
      ],
    });
    expect(() => namedNetwork('gone', [], '1.0.0')).toThrow(/has this name; install/);
  });
});

describe('a NAD without a configuration', () => {
  const single = file('00-a.conf', { name: 'net-a', type: 'single' });
  const list = file('99-a.conflist', { name: 'net-a', plugins: [{ type: 'list' }] });

  it('may have an empty one, which is the same [NPWG-006]', () => {
    for (const files of [[single], [list, single]]) {
      expect(networkOf(nad(''), files, '1.0.0')).toEqual(fromFiles(files));
    }
    expectThrown(() => networkOf(nad(''), [], '1.0.0'), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['spec.config is empty'],
    });
  });

  it('is looked up by the JSON name, whatever the file is called [NPWG-020]', () => {
    expect(types(fromFiles([single]))).toEqual(['single']);
    expect(types(networkOf(nad(''), [single], '1.0.0'))).toEqual(['single']);
  });

  it('prefers a conflist to a single configuration [NPWG-021] [CNI-212]', () => {
    expect(types(fromFiles([single, list]))).toEqual(['list']);
  });

  it('takes the first conflist of that name in byte order, whatever comes before it [CNI-212]', () => {
    const named = (file: string, name: string, type: string): ConfFile => ({
      name: file,
      text: JSON.stringify({ name, plugins: [{ type }] }),
    });
    const files = [
      named('b.conflist', 'net-a', 'second'),
      named('Z.conflist', 'net-a', 'first'),
      named('net-a.conflist', 'other', 'by-its-file-name'),
      { name: '00.conflist', text: '{' },
    ];
    expect(types(fromFiles(files))).toEqual(['first']);
    expect(types(fromFiles(files.toReversed()))).toEqual(['first']);
  });

  it('takes .conf and .json alike, the first in byte order [NPWG-022] [CNI-212]', () => {
    const json = file('10-a.json', { name: 'net-a', type: 'json' });
    const later = file('20-a.conf', { name: 'net-a', type: 'later' });
    expect(types(fromFiles([later, json]))).toEqual(['json']);
    const upper = file('Z.conf', { name: 'net-a', type: 'upper' });
    expect(types(fromFiles([file('a.conf', { name: 'net-a', type: 'lower' }), upper]))).toEqual(['upper']);
  });

  it.each(['x.configlist', 'x.conflist.bak', 'x.conf~', 'conf'])('does not read %s [NPWG-314]', (name) => {
    expectThrown(() => fromFiles([file(name, { name: 'net-a', type: 'x' })]), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['network ns1/net-a', '"net-a"'],
    });
  });

  it('is read once for the same files, and anew for another version', () => {
    const files = [single];
    const one = fromFiles(files).network;
    expect(fromFiles(files).network).toBe(one);
    expect(networkOf(nad(), files, '0.4.0').network.cniVersion).toBe('0.4.0');
    const own = nad(single.text);
    const inlined = networkOf(own, [], '1.0.0').network;
    expect(networkOf(own, [], '1.0.0').network).toBe(inlined);
    expect(networkOf(own, [], '0.4.0').network.cniVersion).toBe('0.4.0');
  });

  it('has no warning of its own configuration, and one of a bounded length of files', () => {
    expect(inline({ type: 'x' }).warnings).toEqual([]);
    const long = file(`${'x'.repeat(240)}.conf`, { name: 'a', type: 'y'.repeat(300), plugins: [] });
    const [warning = ''] = fromFiles([long, single]).warnings;
    expect(warning.length).toBeLessThan(300);
  });

  it('warns of a malformed unrelated file and goes on [NPWG-023]', () => {
    const found = fromFiles([file('00.conflist', '{'), single]);
    expect(types(found)).toEqual(['single']);
    expect(found.warnings).toHaveLength(1);
    expect(found.warnings[0]).toContain('00.conflist');
  });

  it('names a malformed file where nothing is found, since it may be the one', () => {
    const error = expectThrown(() => fromFiles([file('00.conflist', '{')]), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['network ns1/net-a', '00.conflist'],
    });
    expect(error.retry).toBe('later');
  });

  it('never finds our own configuration, or that of another of our kind [NPWG-024]', () => {
    const own = file('00-weft.conflist', { name: 'net-a', plugins: [{ type: 'weft' }] });
    expectThrown(() => fromFiles([own]), { reason: 'NetworkNotFound', code: 7, names: ['ns1/net-a'] });
    expect(types(fromFiles([own, single]))).toEqual(['single']);
  });

  it('adds the plugins of the directory beside a conflist, in order, behind the inlined ones [CNI-210]', () => {
    const subdirectory = [
      file('b.conf', { type: 'b' }),
      file('a.conf', { type: 'a' }),
      file('c.conflist', { type: 'c' }),
    ];
    expect(types(fromFiles([{ ...list, subdirectory }]))).toEqual(['list', 'a', 'b']);
    expect(types(fromFiles([{ ...single, subdirectory }]))).toEqual(['single']);
    const closed = file('99-a.conflist', {
      name: 'net-a',
      plugins: [{ type: 'list' }],
      loadOnlyInlinedPlugins: true,
    });
    expect(types(fromFiles([{ ...closed, subdirectory }]))).toEqual(['list']);
    const broken = [file('a.conf', '{')];
    expectThrown(() => fromFiles([{ ...list, subdirectory: broken }]), {
      reason: 'NetworkNotFound',
      code: 7,
      names: ['net-a/a.conf'],
    });
  });
});
