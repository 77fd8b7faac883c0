import { describe, expect, it } from 'vitest';
import { delegatesOf } from '../../../src/attachment/plan.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import { expectThrown } from '../../harness/thrown.ts';
import { snapshotOf } from './snapshots.ts';

const paths = ['../sh', '/bin/sh', 'sub/beta', './beta', '..', '.'];

/** Asks for the one network whose configuration this is. */
function asking(config: string | object | undefined, files: readonly { name: string; text: string }[] = []) {
  return () => resolve(snapshotOf({ networks: 'net', nads: { 'ns1/net': config } }, { files }));
}

describe('a network object', () => {
  it('reaches no program and no file outside of the configured directories [NPWG-233]', () => {
    for (const type of paths) {
      for (const config of [
        { type },
        { plugins: [{ type: 'a' }, { type }] },
        { type: 'a', ipam: { type } },
      ]) {
        expectThrown(asking(config), { reason: 'NetworkInvalid', code: 7, names: ['ns1/net', 'type'] });
      }
    }
    // The name becomes part of paths: of a directory of plugins, of caches, of records.
    for (const name of ['../outside', '/etc', 'a/b', '..']) {
      expectThrown(asking({ name, type: 'a' }), { reason: 'NetworkInvalid', code: 7, names: ['name'] });
    }
  });

  it('gets no plugins from a directory beside the files, which a file of the same name does [CNI-211]', () => {
    const text = '{"cniVersion":"1.0.0","name":"net","plugins":[{"type":"a"}]}';
    const files = [
      { name: '10-net.conflist', text, subdirectory: [{ name: 'b.conf', text: '{"type":"b"}' }] },
    ];
    const typesOf = (config: string | undefined): readonly string[] =>
      delegatesOf(asking(config, files)().steps)[1]?.plugins.map(({ type }) => type) ?? [];
    expect(typesOf(undefined)).toEqual(['a', 'b']);
    expect(typesOf(text)).toEqual(['a']);
  });

  it('finds no file by a name that is a path', () => {
    const files = [{ name: '10-x.conf', text: '{"cniVersion":"1.0.0","name":"../x","type":"a"}' }];
    expectThrown(asking(undefined, files), { reason: 'NetworkNotFound', code: 7, names: ['ns1/net'] });
  });
});
