import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { wantedFiles } from '../../../src/agent/install/install-plan.ts';
import { defaultWeftConfig } from '../../../src/api/weft-config.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { takeSnapshot } from '../../harness/auditor.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { CniCall, CniRuntime, TimeBudgets } from '../../harness/runtime.ts';
import { PluginBench, three } from './fixture.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
afterAll(() => bench.dispose());
beforeEach(() => {
  bench.bin.clearLog();
  for (const name of ['alpha', 'beta']) bench.bin.unscript(name);
  defaultNetwork({});
  writeFileSync(join(bench.node.dirs.run, 'ready'), 'weft was ready\n');
});

/** The default network alpha, beta as the agent leaves it: its file, and node.json. */
function defaultNetwork(change: Readonly<Record<string, unknown>>): void {
  const { state, run, bin, conf } = bench.node.dirs;
  const plugins = [
    { type: 'alpha', big: 9007199254740993n, capabilities: { mac: true }, runtimeConfig: { mac: 'x' } },
    { type: 'beta', prevResult: { cniVersion: '1.1.0' }, args: { cni: { a: 'b' } } },
  ];
  const text = json({ cniVersion: '1.1.0', name: 'cluster', plugins, ...change });
  writeFileSync(join(conf, '10-cluster.conflist'), text);
  const files = wantedFiles(
    {
      paths: { socket: bench.node.socket, stateDir: state, runDir: run, binDir: bin, confDir: conf },
      version: '0.1.0',
      defaultNetwork: parseNetwork(text, 'the default network'),
      defaultDirectory: conf,
      timeBudgets: defaultWeftConfig().timeBudgets,
      newestVersion: '1.1.0',
      wasReady: true,
    },
    { ownConf: undefined, pluginIsCurrent: true },
  );
  mkdirSync(state, { recursive: true });
  writeFileSync(join(state, 'node.json'), files?.nodeFile ?? '');
}

/** JSON with integers that a number cannot hold. */
function json(value: unknown): string {
  const text = JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `big:${item}` : item));
  return text.replaceAll(/"big:(\d+)"/g, '$1');
}

function runtimeOf(cniVersion: string, budgets: TimeBudgets = {}): CniRuntime {
  const runtime = bench.runtimeWith(budgets);
  runtime.conflist = { ...runtime.conflist, cniVersion };
  return runtime;
}

/** As libcni asks: every variable of an attachment is there, and empty. */
function status(runtime: CniRuntime = runtimeOf('1.1.0'), path = bench.node.dirs.bin): Promise<CniCall> {
  const env = { CNI_CONTAINERID: '', CNI_NETNS: '', CNI_IFNAME: '', CNI_ARGS: '', CNI_PATH: path };
  return runtime.call('STATUS', { env });
}

describe('STATUS', () => {
  it('of a ready default network prints nothing and exits 0, with no agent there [CNI-101]', async () => {
    const call = await status();
    expectSuccess(call);
    expect(call.stdout).toBe('');
    expect(bench.bin.trace()).toEqual(['STATUS alpha ', 'STATUS beta ']);
  });

  it('hands the delegates empty variables of an attachment, and their configurations with only name and version put in [CNI-227] [CNI-315]', async () => {
    expectSuccess(await status());
    for (const { env } of bench.bin.calls()) {
      const cni = Object.entries(env).filter(([name]) => name.startsWith('CNI_'));
      expect(Object.fromEntries(cni)).toEqual({
        CNI_COMMAND: 'STATUS',
        CNI_CONTAINERID: '',
        CNI_NETNS: '',
        CNI_IFNAME: '',
        CNI_ARGS: '',
        CNI_PATH: bench.node.dirs.bin,
      });
    }
    const [alpha = '', beta = ''] = bench.bin.calls().map(({ stdin }) => stdin.toString());
    expect(JSON.parse(beta)).toEqual({
      cniVersion: '1.1.0',
      name: 'cluster',
      type: 'beta',
      args: { cni: { a: 'b' } },
    });
    // What is not to change is byte for byte as the author wrote it; what only a runtime may say is not the author's.
    expect(alpha).toContain('"big":9007199254740993');
    expect(alpha).not.toMatch(/runtimeConfig|prevResult|cni\.dev/);
  });

  it('finds the delegates in the directory of the installation where CNI_PATH is not given [CNI-005]', async () => {
    expectSuccess(await status(runtimeOf('1.1.0'), ''));
    expect(bench.bin.trace()).toHaveLength(2);
  });

  it.each([
    [50, 'the datastore is away'],
    [51, 'no route to the other nodes'],
    [11, 'try later'],
    [137, 'a code of its own'],
  ])(
    "returns a delegate's code %i and its words, and asks no further plugin [CNI-102] [CNI-103] [CNI-310]",
    async (code, msg) => {
      bench.bin.scriptFor('alpha', [`STATUS: error ${code} ${msg}`]);
      const call = await status();
      expect(call.status).toBe(1);
      expect(call.error).toMatchObject({ cniVersion: '1.1.0', code, msg });
      expect(call.error?.details).toContain('plugin alpha of network cluster');
      expect(bench.bin.trace()).toEqual(['STATUS alpha ']);
    },
  );

  it('answers 50 with a clear text where the default network is not configured [CNI-101] [CNI-102]', async () => {
    rmSync(join(bench.node.dirs.conf, '10-cluster.conflist'));
    expectRefusal(await status(), {
      reason: 'DefaultNetworkMissing',
      code: 50,
      names: ['cluster', 'STATUS', bench.node.dirs.conf],
    });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('answers 50 until weft was ready after the boot [CNI-102]', async () => {
    rmSync(join(bench.node.dirs.run, 'ready'));
    expectRefusal(await status(), { reason: 'NotReady', code: 50, names: ['STATUS', 'booted'] });
  });

  it('answers 50 where a delegate dies without a word of JSON', async () => {
    bench.bin.scriptFor('beta', ['STATUS: stderr cannot load', 'STATUS: silent', 'STATUS: exit 3']);
    const error = expectRefusal(await status(), {
      reason: 'DelegateFailed',
      code: 50,
      names: ['cluster', 'beta'],
    });
    expect(error.msg).toContain('cannot load');
  });

  it('kills a delegate that hangs at the end of its second, says so, and leaves no process', async () => {
    bench.bin.scriptFor('beta', ['STATUS: ignore-term', 'STATUS: fork-hold 60000', 'STATUS: hang']);
    const call = await status();
    expectRefusal(call, {
      reason: 'DelegateTimeout',
      code: 50,
      names: ['cluster', 'beta', 'STATUS in time'],
    });
    expect(call.ms).toBeGreaterThan(900);
    expect(call.ms).toBeLessThan(1900);
    const { lines } = takeSnapshot({
      netns: [],
      dirs: {},
      processMarkers: [`CNI_PATH=${bench.node.dirs.bin}`],
    });
    expect(lines.filter((line) => line.startsWith('process '))).toEqual([]);
  });

  it('asks no delegate of a default network below 1.1.0 and is ready [CNI-310]', async () => {
    for (const cniVersion of ['1.0.0', '0.3.1', '']) {
      defaultNetwork({ cniVersion });
      expectSuccess(await status());
    }
    expect(bench.bin.trace()).toEqual([]);
  });

  it.each(['1.0.0', '0.4.0', '0.1.0'])('is not known to version %s: code 1 [CNI-100]', async (version) => {
    expectRefusal(await status(runtimeOf(version)), {
      reason: 'IncompatibleVersion',
      names: [version, 'STATUS'],
    });
    expect(bench.bin.trace()).toEqual([]);
  });

  it('is not asked about networks of pods: one that is broken changes nothing [CNI-105]', async () => {
    await bench.serve(three({ beta: ['ADD: error 99 broken for good'] }));
    const runtime = runtimeOf('1.1.0');
    const pod = bench.freshPod();
    expect((await runtime.add(pod)).status).toBe(1);
    expectSuccess(await status(runtime));
    await runtime.del(pod);
    await bench.stopAgent();
  });

  it('changes no file and leaves ADD and DEL alone, which work while it fails [CNI-104]', async () => {
    const { state, run, conf } = bench.node.dirs;
    const look = () => takeSnapshot({ netns: [], dirs: { state, run, conf }, processMarkers: [] }).lines;
    bench.bin.scriptFor('alpha', ['STATUS: error 50 not now']);
    const before = look();
    expect((await status()).status).toBe(1);
    expect((await status()).status).toBe(1);
    expect(look()).toEqual(before);
    await bench.serve(three());
    const pod = bench.freshPod();
    const runtime = runtimeOf('1.1.0');
    const added = await runtime.add(pod);
    expectSuccess(added);
    expect(added.result?.cniVersion).toBe('1.1.0');
    expect((await status()).status).toBe(1);
    expectSuccess(await runtime.check(pod));
    expectSuccess(await runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
    await bench.stopAgent();
  });
});
