import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Reason } from '../../../src/errors/reason.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { DelegateBench } from './delegate-bench.ts';

const cluster = '{"cniVersion":"1.0.0","name":"cluster","plugins":[{"type":"alpha"}]}';

let bench: DelegateBench;
beforeAll(async () => {
  bench = await DelegateBench.start(cluster);
});
afterAll(() => bench?.dispose());

/** A pod that the network `net` with this configuration was added to. */
async function added(config: object | string): Promise<Pod> {
  bench.writeNetwork('net', config);
  const pod = bench.freshPod();
  expectSuccess(await bench.add(pod, 'net'));
  return pod;
}

/** ADD is refused for the network, naming the place; nothing has run, and the DEL that follows runs nothing. */
async function refused(config: object | string, reason: Reason, names: readonly string[]): Promise<void> {
  bench.writeNetwork('net', config);
  const pod = bench.freshPod();
  expectRefusal(await bench.add(pod, 'net'), { reason, names: ['test/net', ...names] });
  expectSuccess(await bench.runtime.del(pod));
  expect(bench.bin.trace()).toEqual([]);
  bench.node.removePod(pod);
}

/** ADD and DEL of the network; the versions that its delegates were told. */
async function versionsTold(config: object): Promise<readonly unknown[]> {
  const pod = await added(config);
  expectSuccess(await bench.runtime.del(pod));
  return [...new Set(bench.stdinsOf('net1').map((stdin) => stdin['cniVersion']))];
}

const list = (more: object): object => ({ cniVersion: '1.0.0', plugins: [{ type: 'beta' }], ...more });

describe("a network's name", () => {
  it('that is no string is an error, and so is a version that is none [CNI-200]', async () => {
    await refused(list({ name: 1 }), 'NetworkInvalid', ['name must be a string']);
    await refused(list({ cniVersion: 1 }), 'NetworkInvalid', ['cniVersion must be a string']);
  });

  it.each(['a/b', '../x', '-a', 'a b', 'ä'])('%j fails ADD with code 7 [CNI-200]', async (name) => {
    await refused(list({ name }), 'NetworkInvalid', ['name', name]);
  });

  it('that is absent or empty is no error: the object has one [CNI-200]', async () => {
    for (const more of [{}, { name: '' }]) {
      const pod = await added(list(more));
      expect(bench.stdinsOf('net1').map((stdin) => stdin['name'])).toEqual(['net']);
      expectSuccess(await bench.runtime.del(pod));
    }
  });
});

describe('the version of a list', () => {
  it.each<[string, object, readonly string[]]>([
    ['the highest that weft knows too', { cniVersions: ['0.4.0', '1.1.0', '99.0.0'] }, ['1.1.0']],
    ['cniVersion where that is the highest', { cniVersions: ['0.3.1', '0.4.0'] }, ['1.0.0']],
    ['not a cniVersion newer than ours', { cniVersion: '2.0.0', cniVersions: ['0.3.1', '0.4.0'] }, ['0.4.0']],
    ['cniVersion alone', { cniVersion: '0.3.1' }, ['0.3.1']],
  ])('is %s [CNI-201] [CNI-202] [CNI-485]', async (_what, more, versions) => {
    expect(await versionsTold(list(more))).toEqual(versions);
  });

  it.each<[string, object, Reason, string]>([
    ['versions that are no array', { cniVersions: '1.0.0' }, 'NetworkInvalid', 'cniVersions'],
    ['null for versions', { cniVersions: null }, 'NetworkInvalid', 'cniVersions'],
    ['a version that is no string', { cniVersions: ['1.0.0', 1] }, 'NetworkInvalid', 'cniVersions[1]'],
    ['a version that is none', { cniVersions: ['1.0.0', 'abc'] }, 'NetworkInvalid', '"abc"'],
    ['four numbers', { cniVersions: ['1.0.0.0'] }, 'NetworkInvalid', '"1.0.0.0"'],
    ['a pre-release', { cniVersions: ['1.1.0-rc1'] }, 'NetworkInvalid', '"1.1.0-rc1"'],
    ['a cniVersion beside them that is none', { cniVersion: 'x', cniVersions: [] }, 'NetworkInvalid', '"x"'],
    [
      'nothing that weft knows',
      { cniVersion: '8.0.0', cniVersions: ['9.0.0'] },
      'IncompatibleVersion',
      '"8.0.0"',
    ],
    ['an unknown cniVersion alone', { cniVersion: '1.2.3' }, 'IncompatibleVersion', '"1.2.3"'],
  ])('is refused for %s [CNI-202] [CNI-203]', async (_what, more, reason, name) => {
    await refused(list(more), reason, [name]);
  });
});

describe('a switch of a list', () => {
  it.each([true, 'true', 'TRUE', 'True'])('is on for %j [CNI-205]', async (disableCheck) => {
    const pod = await added(list({ disableCheck }));
    expectSuccess(await bench.runtime.check(pod));
    expect(bench.bin.trace().slice(2)).toEqual(['CHECK alpha eth0']);
    expectSuccess(await bench.runtime.del(pod));
  });

  it.each([false, 'false', 'FALSE'])('is off for %j [CNI-205]', async (disableCheck) => {
    const pod = await added(list({ disableCheck }));
    expectSuccess(await bench.runtime.check(pod));
    expect(bench.bin.trace().slice(2)).toEqual(['CHECK alpha eth0', 'CHECK beta net1']);
    expectSuccess(await bench.runtime.del(pod));
  });

  it.each(['disableCheck', 'disableGC', 'loadOnlyInlinedPlugins'])(
    '%s may have no other value [CNI-205]',
    async (key) => {
      for (const value of ['yes', '', 1, 0, [], {}, null]) {
        await refused(list({ [key]: value }), 'NetworkInvalid', [`${key} must be true or false`]);
      }
    },
  );
});

describe('a network from a file', () => {
  const files = (): string => bench.node.dirs.networkConf;
  const write = (path: string, content: object): void => {
    writeFileSync(join(files(), path), JSON.stringify(content));
  };
  afterEach(() => {
    rmSync(files(), { recursive: true });
    mkdirSync(files(), { mode: 0o700 });
  });

  it('has the plugins of the directory that bears its name behind its own, in the order of their files [CNI-210]', async () => {
    write('50-any.conflist', list({ name: 'net' }));
    mkdirSync(join(files(), 'net/deeper'), { recursive: true });
    write('net/b.conf', { type: 'delta' });
    write('net/a.conf', { type: 'gamma' });
    for (const ignored of ['net/c.conflist', 'net/d.json', 'net/deeper/e.conf'])
      write(ignored, { type: 'no' });
    const pod = await added('');
    expectSuccess(await bench.runtime.del(pod));
    const ran = bench.callsOf('net1').map(({ verb, name }) => `${verb} ${name}`);
    expect(ran).toEqual(['ADD beta', 'ADD gamma', 'ADD delta', 'DEL delta', 'DEL gamma', 'DEL beta']);
  });

  it('fails as a whole where one of them is invalid, and names it [CNI-210]', async () => {
    write('50-any.conflist', list({ name: 'net' }));
    mkdirSync(join(files(), 'net'));
    write('net/a.conf', { name: 'typeless' });
    await refused('', 'NetworkNotFound', ['net/a.conf', 'type is missing']);
  });

  it('has its own plugins only with loadOnlyInlinedPlugins, and so has one of an object [CNI-482] [CNI-211]', async () => {
    mkdirSync(join(files(), 'net'));
    write('net/a.conf', { type: 'gamma' });
    write('50-any.conflist', list({ name: 'net', loadOnlyInlinedPlugins: true }));
    for (const config of ['', list({ name: 'net' })]) {
      const pod = await added(config);
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.callsOf('net1', 'ADD').map(({ name }) => name)).toEqual(['beta']);
    }
  });

  it('cannot lead out of the directory by its name [CNI-211]', async () => {
    mkdirSync(join(files(), '../outside'));
    write('../outside/a.conf', { type: 'gamma' });
    write('50-any.conflist', list({ name: '../outside' }));
    await refused('', 'NetworkNotFound', ['name "../outside"']);
  });
});

describe('the plugins of a network', () => {
  it.each<[string, object, string]>([
    ['a plugin that is no object', { plugins: ['beta'] }, 'plugins[0]'],
    ['one without type', { plugins: [{ type: 'beta' }, {}] }, 'plugins[1].type'],
    ['an empty type', { plugins: [{ type: '' }] }, 'plugins[0].type'],
    ['a type that is no string', { plugins: [{ type: 5 }] }, 'plugins[0].type'],
    [
      'a capability that is neither true nor false',
      { plugins: [{ type: 'beta', capabilities: { mac: 'yes' } }] },
      'capabilities.mac',
    ],
    ['capabilities in a list', { plugins: [{ type: 'beta', capabilities: ['mac'] }] }, 'capabilities'],
    ['IPAM that is no object', { plugins: [{ type: 'beta', ipam: 'host-local' }] }, 'ipam'],
    ['DNS that is no object', { plugins: [{ type: 'beta', dns: [] }] }, 'dns'],
    ['a prevResult that is no object', { plugins: [{ type: 'beta', prevResult: 'x' }] }, 'prevResult'],
  ])('are refused for %s [CNI-207]', async (_what, more, name) => {
    await refused(list(more), 'NetworkInvalid', [name]);
  });

  it.each<[string, object | string]>([
    ['a name alone', { name: 'x' }],
    ['an empty list', { name: 'x', plugins: [] }],
    ['none', { name: 'x', plugins: null }],
  ])('are missing in %s, which is refused [CNI-206] [CNI-208]', async (_what, config) => {
    await refused(config, 'NetworkInvalid', ['plugin']);
  });

  it('are no paths, neither the plugin nor its IPAM, and nothing is executed [CNI-209]', async () => {
    for (const type of ['../sh', '/bin/sh', 'sub/beta', './beta', '..']) {
      await refused({ type }, 'NetworkInvalid', ['type']);
      await refused({ type: 'beta', ipam: { type } }, 'NetworkInvalid', ['ipam.type']);
      await refused(list({ plugins: [{ type: 'beta' }, { type }] }), 'NetworkInvalid', ['plugins[1].type']);
    }
  });

  it.each(['1.1.0', '1.0.0', '0.4.0'])(
    'may be one, without a list, also in version %s [CNI-213]',
    async (cniVersion) => {
      const pod = await added({ cniVersion, type: 'beta', own: 1 });
      expectSuccess(await bench.runtime.check(pod));
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.callsOf('net1').map((call) => `${call.verb} ${call.name}`)).toEqual([
        'ADD beta',
        'CHECK beta',
        'DEL beta',
      ]);
      expect(bench.stdinsOf('net1')[0]).toEqual({ cniVersion, type: 'beta', own: 1, name: 'net' });
    },
  );
});
