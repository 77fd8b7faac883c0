import { createHash } from 'node:crypto';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countAttachments } from '../../../../src/agent/node/attachment-counts.ts';
import { currentHash } from '../../../../src/agent/node/current-hash.ts';
import { hostLinks, linkNames } from '../../../../src/agent/node/host-links.ts';
import { Leftovers } from '../../../../src/agent/node/leftovers.ts';
import { nodeUidIn } from '../../../../src/agent/node/node-owner.ts';
import { pluginTypes } from '../../../../src/agent/node/plugin-types.ts';
import { encodeRecord } from '../../../../src/attachment/record-codec.ts';
import { WeftError } from '../../../../src/errors/weft-error.ts';
import { recordOf } from '../../attachment/records.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-node-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

function file(name: string, text = 'x', mode = 0o644): void {
  writeFileSync(join(dir, name), text);
  chmodSync(join(dir, name), mode);
}

describe('the plugin types of a node', () => {
  it('are the programs in its directories, links too, each once, without weft itself', () => {
    for (const name of ['macvlan', 'bridge', 'weft', '.bridge.1234.tmp']) file(name, 'x', 0o755);
    file('README.md');
    mkdirSync(join(dir, 'more'));
    symlinkSync('../bridge', join(dir, 'more/linked'));
    symlinkSync('../nowhere', join(dir, 'more/broken'));
    writeFileSync(join(dir, 'more/bridge'), 'x', { mode: 0o755 });
    expect(pluginTypes([dir, join(dir, 'more')])).toEqual({
      count: 3,
      types: ['bridge', 'linked', 'macvlan'],
    });
  });

  it('tell which directory the agent cannot see', () => {
    expect(pluginTypes([dir, `${dir}/none`])).toEqual({ count: 0, types: [], unseen: [`${dir}/none`] });
  });
});

describe('the links of a node', () => {
  const table = 'Inter-|   Receive\n face |bytes\n    lo: 1 2\n  eth0: 3 4\nveth0011aabb:5 6\n';

  it('are read from the table of the kernel', () => {
    expect(linkNames(table)).toEqual(['lo', 'eth0', 'veth0011aabb']);
    expect(linkNames('')).toEqual([]);
  });

  it('of this machine have no loopback and each name once', () => {
    const names = hostLinks().map(({ name }) => name);
    expect(names).not.toContain('lo');
    expect(names).toEqual([...new Set(names)].sort());
  });

  /** A directory as /sys/class/net has one for each link. */
  function link(name: string, index: string, peer: string, below: readonly string[] = []): void {
    mkdirSync(join(dir, name));
    file(`${name}/ifindex`, `${index}\n`);
    file(`${name}/iflink`, `${peer}\n`);
    for (const entry of below) mkdirSync(join(dir, name, entry));
  }

  it('leave out the ends of pods, but nothing that only looks like one', () => {
    link('veth0011aabb', '7', '2');
    link('cali0123456789a', '8', '3');
    link('br-8f3a2b1c9d0e', '9', '9');
    link('enx00e04c680001', '10', '10');
    link('vlan100200', '11', '2', ['lower_eth0']);
    const names = [
      'lo',
      'eth0',
      'veth0011aabb',
      'cali0123456789a',
      'br-8f3a2b1c9d0e',
      'enx00e04c680001',
      'vlan100200',
    ];
    // No entry: a link that came just now, or /sys of another namespace.
    names.push('veth99887766');
    const rows = names.map((name) => `${name}: 0 0`);
    file('table', ['head', 'head', ...rows].join('\n'));
    expect(hostLinks(dir, join(dir, 'table')).map(({ name }) => name)).toEqual([
      'br-8f3a2b1c9d0e',
      'enx00e04c680001',
      'eth0',
      'vlan100200',
    ]);
  });
});

describe('the counts of attachments', () => {
  const uses = fc.array(
    fc.record({ network: fc.constantFrom('cluster', 'a/b', 'a/c'), hash: fc.constantFrom('', 'old', 'new') }),
  );

  it('add up, and only a hash that is another one today is outdated', () => {
    fc.assert(
      fc.property(uses, (list) => {
        const today = (network: string): string | undefined => (network === 'a/b' ? 'new' : undefined);
        const { count, outdated, networks = [] } = countAttachments(list, today);
        expect(count).toBe(list.length);
        expect(outdated).toBe(list.filter(({ network, hash }) => network === 'a/b' && hash === 'old').length);
        expect(networks.reduce((sum, one) => sum + one.count, 0)).toBe(count);
        expect(networks.map(({ network }) => network)).toEqual(
          [...new Set(list.map(({ network }) => network))].sort(),
        );
      }),
    );
  });

  it('list the networks with the most attachments where there are too many', () => {
    const list = Array.from({ length: 1_500 }, (_, index) => ({ network: `a/${index}`, hash: '' }));
    const { count, networks = [] } = countAttachments(
      [...list, { network: 'z/z', hash: '' }, { network: 'z/z', hash: '' }],
      () => undefined,
    );
    expect([count, networks.length, networks.at(-1)]).toEqual([
      1_502,
      1_000,
      { network: 'z/z', count: 2, outdated: 0 },
    ]);
  });
});

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

describe('the hash of a network today', () => {
  const config = '{"cniVersion":"1.0.0","type":"macvlan"}';
  const nads = new Map([
    ['ns/inline', { metadata: { namespace: 'ns', name: 'inline' }, spec: { config } }],
    ['ns/in-file', { metadata: { namespace: 'ns', name: 'in-file' } }],
  ]);
  const fileText = '{"cniVersion":"1.0.0","name":"in-file","plugins":[{"type":"bridge"}]}';
  const files = [
    { name: '10-a.conflist', text: fileText },
    { name: '20-b.conflist', text: fileText.replace('bridge', 'ptp') },
  ];
  const lookup = (namespace: string, name: string): ReturnType<typeof nads.get> =>
    nads.get(`${namespace}/${name}`);

  it('is that of its own text, or of the file that an ADD would take', () => {
    expect(currentHash('ns/inline', lookup, files)).toBe(sha256(config));
    expect(currentHash('ns/in-file', lookup, files)).toBe(sha256(fileText));
    expect(currentHash('ns/in-file', lookup, [])).toBeUndefined();
  });

  it('is not known for a network that is gone, or of which nothing can be said', () => {
    expect(currentHash('ns/gone', lookup, files)).toBeUndefined();
    const failing = (): never => {
      throw new WeftError('ApiUnreachable', { cause: 'away' });
    };
    expect(currentHash('ns/inline', failing, files)).toBeUndefined();
  });
});

describe('the leftovers of a node', () => {
  const first = Date.parse('2026-01-02T03:04:05Z');

  function leftover(name: string, firstAt: number): void {
    const record = recordOf([], { teardown: { calls: 3, firstAt, retries: 0, nextAt: 0 } });
    file(
      `${name}.leftover.json`,
      encodeRecord(record, (body) => crc32(body)),
    );
  }

  it('are counted, and the oldest is known by its first failure, whenever it was tried last', () => {
    const leftovers = new Leftovers(dir);
    expect(leftovers.survey()).toEqual({ count: 0 });
    leftover('a', first + 5_000);
    leftover('b', first);
    file('c.json');
    expect(leftovers.survey()).toEqual({ count: 2, oldest: '2026-01-02T03:04:05Z' });
    rmSync(join(dir, 'b.leftover.json'));
    expect(leftovers.survey()).toEqual({ count: 1, oldest: '2026-01-02T03:04:10Z' });
  });

  it.each([-1, 1e300])('that cannot be read have the time of their file (%d)', (firstAt) => {
    leftover('a', firstAt);
    file('b.leftover.json', 'no record');
    for (const name of ['a', 'b']) utimesSync(join(dir, `${name}.leftover.json`), first / 1000, first / 1000);
    expect(new Leftovers(dir).survey()).toEqual({ count: 2, oldest: '2026-01-02T03:04:05Z' });
  });

  it('are none where there is no directory', () => {
    expect(new Leftovers(`${dir}/none`).survey()).toEqual({ count: 0 });
  });
});

describe('the Node that owns a WeftNode', () => {
  const token = (claims: unknown): { text: string } => ({
    text: `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln\n`,
  });

  it('is the one in the token of the pod', () => {
    const claims = { 'kubernetes.io': { node: { name: 'node-a', uid: 'u-1' } } };
    expect(nodeUidIn(token(claims), 'node-a')).toBe('u-1');
    expect(nodeUidIn(token(claims), 'node-b')).toBeUndefined();
  });

  it.each([
    undefined,
    { text: '' },
    { text: 'opaque' },
    { file: '/nowhere/token' },
    token(null),
    token({ 'kubernetes.io': { node: { name: 'node-a', uid: 7 } } }),
    token({ 'kubernetes.io': { pod: { name: 'node-a', uid: 'u' } } }),
  ])('is not known by %j', (material) => {
    expect(nodeUidIn(material, 'node-a')).toBeUndefined();
  });
});
