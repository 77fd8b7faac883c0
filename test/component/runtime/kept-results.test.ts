import { Buffer } from 'node:buffer';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import { podArgs } from '../../harness/runtime.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, three } from '../plugin/fixture.ts';

const chain = ['alpha', 'beta', 'gamma'];

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
beforeEach(() => bench.serve([{ ifname: 'eth0', plugins: chain.map((type) => ({ type })) }]));
afterEach(() => {
  for (const type of chain) bench.bin.unscript(type);
});
afterAll(() => bench.dispose());

type Config = Readonly<Record<string, unknown>>;

/** Puts an attachment of the pod into libcni's cache as libcni would; `result` is raw text. */
function plantCache(pod: Pod, config: Config, result: string): string {
  const dir = join(bench.node.dirs.cache, 'results');
  mkdirSync(dir, { recursive: true });
  const path = join(dir, `${String(config['name'])}-${pod.containerId}-eth0`);
  const entry = {
    kind: 'cniCacheV1',
    containerId: pod.containerId,
    config: Buffer.from(JSON.stringify(config)).toString('base64'),
    ifName: 'eth0',
    networkName: config['name'],
    netns: pod.netns,
    cniArgs: podArgs.split(';').map((pair) => pair.split('=')),
  };
  writeFileSync(path, `${JSON.stringify(entry).slice(0, -1)},"result":${result}}`);
  return path;
}

/** `VERB name` and whether there was a prevResult, of each run. */
function told(): readonly string[] {
  return bench.bin.calls().map((call) => {
    const stdin = JSON.parse(call.stdin.toString()) as Config;
    return `${call.verb} ${call.name} ${'prevResult' in stdin ? 'with' : 'without'}`;
  });
}

const list = { cniVersion: '1.0.0', name: 'old', plugins: [{ type: 'alpha' }, { type: 'beta' }] };
const single = { cniVersion: '1.0.0', name: 'old', type: 'gamma' };

describe('DEL from a result in the cache of libcni', () => {
  it('hands it to the whole chain, in the version of the configuration [CNI-290] [CNI-285]', async () => {
    const pod = bench.freshPod();
    const interfaces = [{ name: 'eth0', sandbox: pod.netns }];
    const older = { cniVersion: '0.4.0', interfaces, ips: [{ version: '4', address: '10.1.0.5/16' }] };
    const path = plantCache(pod, list, JSON.stringify(older));
    expectSuccess(await bench.runtime.del(pod));
    expect(told()).toEqual(['DEL beta with', 'DEL alpha with']);
    for (const call of bench.bin.calls()) {
      const { prevResult } = JSON.parse(call.stdin.toString()) as { prevResult: unknown };
      expect(prevResult).toEqual({ cniVersion: '1.0.0', interfaces, ips: [{ address: '10.1.0.5/16' }] });
    }
    expect(existsSync(path)).toBe(false);
  });

  const corrupt: readonly [string, string][] = [
    ['text', '"garbage"'],
    ['a list', '[]'],
    ['of an unknown version', '{"cniVersion":"9.9.9","ips":[]}'],
    ['an address without address', '{"cniVersion":"1.0.0","ips":[{}]}'],
    ['interfaces of another kind', '{"cniVersion":"1.0.0","interfaces":5}'],
    ['a result without address under 0.2.0', '{"cniVersion":"1.0.0"}'],
  ];

  it.each(corrupt)('does without it where it is %s [CNI-289]', async (_what, result) => {
    const pod = bench.freshPod();
    const conf = result === '{"cniVersion":"1.0.0"}' ? { ...list, cniVersion: '0.2.0' } : list;
    const path = plantCache(pod, conf, result);
    expectSuccess(await bench.runtime.del(pod));
    expect(told()).toEqual(['DEL beta without', 'DEL alpha without']);
    expect(existsSync(path)).toBe(false);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it.each(corrupt.slice(0, -1))(
    'of a single plugin does without it too where it is %s [CNI-354]',
    async (_what, result) => {
      const pod = bench.freshPod();
      const path = plantCache(pod, single, result);
      expectSuccess(await bench.runtime.del(pod));
      expect(told()).toEqual(['DEL gamma without']);
      expect(existsSync(path)).toBe(false);
    },
  );

  it('is a success where the whole file is garbage or no result was kept [CNI-289] [CNI-354]', async () => {
    const pod = bench.freshPod();
    writeFileSync(plantCache(pod, single, 'null'), '{"kind":"cniCacheV1",');
    expectSuccess(await bench.runtime.del(pod));
    expect(told()).toEqual([]);
    plantCache(pod, single, 'null');
    expectSuccess(await bench.runtime.del(pod));
    expect(told()).toEqual(['DEL gamma without']);
  });
});

describe('the results of a chain', () => {
  it('go from plugin to plugin on ADD; CHECK and DEL get the last one, all of them [CNI-221] [CNI-280]', async () => {
    const pod = bench.freshPod();
    const results = chain.map((_type, index) => ({
      cniVersion: '1.0.0',
      interfaces: [{ name: 'eth0', sandbox: pod.netns }],
      ips: [{ address: `10.1.0.${index + 1}/16`, interface: 0 }],
    }));
    const plugins = chain.map((type, index) => ({
      type,
      script: `ADD: print ${JSON.stringify(results[index])}`,
    }));
    await bench.serve([{ ifname: 'eth0', plugins }]);
    const added = await bench.runtime.add(pod);
    expect(added.result).toEqual(results[2]);
    expectSuccess(await bench.runtime.check(pod));
    expectSuccess(await bench.runtime.del(pod));
    const seen = bench.bin.calls().map(({ verb, name, stdin }) => {
      const { prevResult } = JSON.parse(stdin.toString()) as Config;
      const index = results.findIndex((result) => JSON.stringify(result) === JSON.stringify(prevResult));
      return `${verb} ${name} ${prevResult === undefined ? 'nothing' : `the result of ${chain[index]}`}`;
    });
    expect(seen).toEqual([
      'ADD alpha nothing',
      'ADD beta the result of alpha',
      'ADD gamma the result of beta',
      ...chain.map((type) => `CHECK ${type} the result of gamma`),
      ...chain.toReversed().map((type) => `DEL ${type} the result of gamma`),
    ]);
  });

  it('end with the plugin that fails: ADD goes no further [CNI-280] [CNI-282]', async () => {
    const pod = bench.freshPod();
    bench.bin.scriptFor('beta', ['ADD: error 100 no']);
    expectRefusal(await bench.runtime.add(pod), { reason: 'DelegateFailed', code: 100, names: ['no'] });
    expect(told()).toEqual([
      ...['ADD alpha without', 'ADD beta with'],
      ...['DEL gamma without', 'DEL beta without', 'DEL alpha without'],
    ]);
  });

  it('are given up where a DEL fails, while other attachments are still deleted [CNI-486] [CNI-283]', async () => {
    const attachments = ['eth0', 'net1', 'net2'].map((ifname) => ({
      ifname,
      plugins: chain.map((type) => ({ type })),
    }));
    await bench.serve(attachments);
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    bench.bin.clearLog();
    bench.bin.scriptFor('beta', ['DEL: error 100 no']);
    expectRefusal(await bench.runtime.del(pod), { reason: 'TeardownFailed', code: 100 });
    const reached = ['net2', 'net1', 'eth0'].flatMap((name) => [`DEL gamma ${name}`, `DEL beta ${name}`]);
    expect(bench.bin.trace()).toEqual(reached);
    bench.bin.unscript('beta');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('what ADD kept', () => {
  it('stays until every plugin of the chain was deleted, and serves the next try [CNI-291] [CNI-284]', async () => {
    const pod = bench.freshPod();
    expectSuccess(await bench.runtime.add(pod));
    const files = bench.filesOf(pod);
    expect(files).toEqual([`${pod.containerId}:eth0.json`]);
    const { result } = bench.record(pod).steps[0] ?? {};
    for (const failing of ['gamma', 'alpha']) {
      bench.bin.clearLog();
      bench.bin.scriptFor(failing, ['DEL: error 100 busy']);
      expectRefusal(await bench.runtime.del(pod), { reason: 'TeardownFailed', code: 100, names: ['busy'] });
      bench.bin.unscript(failing);
      const tried = failing === 'gamma' ? ['gamma'] : ['gamma', 'beta', 'alpha'];
      expect(told()).toEqual(tried.map((type) => `DEL ${type} with`));
      expect(bench.filesOf(pod)).toEqual(files);
      expect(bench.record(pod).steps[0]?.result).toBe(result);
    }
    bench.bin.clearLog();
    expectSuccess(await bench.runtime.del(pod));
    expect(told()).toEqual(['DEL gamma with', 'DEL beta with', 'DEL alpha with']);
    expect(bench.filesOf(pod)).toEqual([]);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it.each(['state', 'run'] as const)(
    'cannot be written where a file is in the place of its directory (%s): ADD fails and nothing stays [CNI-287]',
    async (which) => {
      const pod = bench.freshPod();
      bench.forgetRecords();
      const place = join(bench.node.dirs[which], 'attachments');
      writeFileSync(place, '');
      const call = await bench.runtime.add(pod);
      rmSync(place);
      expectRefusal(call, { reason: 'StateUnreadable', names: [place, 'ENOTDIR'] });
      expect(bench.resourcesOf(pod)).toEqual([]);
      bench.bin.clearLog();
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.bin.trace()).toEqual([]);
    },
  );

  it('cannot be written at the end: ADD fails and what was made is rolled back [CNI-287]', async () => {
    const place = join(bench.node.dirs.state, 'attachments');
    const gate = join(bench.node.dirs.root, 'go-on');
    await bench.serve(three({ gamma: [`ADD: await ${gate}`] }));
    const pod = bench.freshPod();
    const adding = bench.runtime.add(pod);
    await expect.poll(() => bench.bin.trace(), { timeout: 5000 }).toContain('ADD gamma net2');
    rmSync(place, { recursive: true });
    writeFileSync(place, '');
    writeFileSync(gate, '');
    const call = await adding;
    rmSync(place);
    expectRefusal(call, { reason: 'StateUnwritable' });
    expect(bench.bin.trace().slice(3)).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.resourcesOf(pod)).toEqual([]);
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('the message of a plugin that fails without an error document', () => {
  it.each([
    ['ADD', 'DelegateFailed'],
    ['DEL', 'TeardownFailed'],
  ] as const)(
    'names exit status and the end of stderr on %s, and all of stderr is forwarded [CNI-354] [CNI-257] [CNI-258]',
    async (verb, reason) => {
      const script = [`${verb}: stderr first`, `${verb}: stderr no such bridge`, `${verb}: exit 42`];
      const pod = bench.freshPod();
      if (verb === 'DEL') expectSuccess(await bench.runtime.add(pod));
      bench.bin.scriptFor('beta', script);
      const call = await (verb === 'ADD' ? bench.runtime.add(pod) : bench.runtime.del(pod));
      expect(call.stderr).toContain('first\nno such bridge\n');
      expectRefusal(call, { reason, code: 100, names: ['beta', 'exit status 42', 'no such bridge'] });
      bench.bin.unscript('beta');
      expectSuccess(await bench.runtime.del(pod));
    },
  );
});
