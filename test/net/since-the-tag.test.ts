import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { rewriteRecord } from '../component/plugin/record-file.ts';
import { ScriptedBin } from '../fakes/scripted-delegate/scripted-delegate.ts';
import { expectRefusal, expectSuccess } from '../harness/refusal.ts';
import { until } from '../harness/run.ts';
import type { CniCall } from '../harness/runtime.ts';
import type { Pod } from '../harness/sandbox.ts';
import { NetBench } from './fixture.ts';

let bench: NetBench;
let scripted: ScriptedBin;
beforeAll(async () => {
  bench = await NetBench.start((node) => {
    scripted = new ScriptedBin(node.dirs.bin);
    scripted.install('alpha', 'beta');
    mkdirSync(join(node.dirs.conf, 'pods'));
    writeFileSync(join(node.dirs.conf, 'pods', '50-beta.conf'), '{"type":"beta"}');
    return { '10-pods.conflist': defaultList() };
  });
});
afterAll(() => bench?.dispose());

function defaultList(more: Readonly<Record<string, unknown>> = {}): object {
  return { cniVersion: '1.1.0', name: 'pods', plugins: [{ type: 'alpha' }], ...more };
}

/** A call of version 1.1.0 with exactly these keys beside the plugin's own. */
function call(verb: string, keys: Readonly<Record<string, unknown>>, pod?: Pod): Promise<CniCall> {
  const stdin = JSON.stringify({
    ...bench.runtime.conflist.plugins[0],
    name: 'weft',
    cniVersion: '1.1.0',
    ...keys,
  });
  const sandbox = pod === undefined ? {} : { containerId: pod.containerId, netns: pod.netns };
  return bench.runtime.call(verb, { ...sandbox, stdin });
}

/** What has run since the last time. */
function taken(): readonly string[] {
  const trace = scripted.trace();
  scripted.clearLog();
  return trace;
}

it('what came after the tag 1.1.0 holds: plugins from a directory and loadOnlyInlinedPlugins, codes 50 and 51, disableGC, DEL without a result, safe names [CNI-353]', async () => {
  const first = bench.node.pod();
  expectSuccess(await bench.add(first, undefined));
  expect(taken()).toEqual(['ADD alpha eth0', 'ADD beta eth0']);

  await until('readiness', 10_000, () => readyFileIsThere());
  for (const code of [50, 51]) {
    scripted.scriptFor('beta', [`STATUS: error ${code} not now`]);
    expect((await call('STATUS', {})).error).toMatchObject({ code, msg: 'not now' });
  }
  scripted.unscript('beta');
  expectSuccess(await call('STATUS', {}));
  taken();

  bench.writeConf('10-pods.conflist', defaultList({ loadOnlyInlinedPlugins: true, disableGC: true }));
  const nodeFile = join(bench.node.dirs.state, 'node.json');
  await until('the new node.json', 10_000, () => readFileSync(nodeFile, 'utf8').includes('"disableGC":true'));
  const second = bench.node.pod();
  expectSuccess(await bench.add(second, undefined));
  expect(taken()).toEqual(['ADD alpha eth0']);
  age(second);
  const valid = [{ containerID: first.containerId, ifname: 'eth0' }];
  expectSuccess(await call('GC', { 'cni.dev/valid-attachments': valid }));
  expect(taken()).toEqual([]);

  expectSuccess(await call('DEL', {}, first));
  expectSuccess(await call('DEL', { prevResult: {} }, second));
  expect(taken()).toEqual(['DEL beta eth0', 'DEL alpha eth0', 'DEL alpha eth0']);

  for (const name of ['../pods', 'po/ds', '.pods']) {
    expectRefusal(await call('ADD', { name }, bench.node.pod()), { reason: 'InvalidConfig', code: 7 });
  }
  expect(taken()).toEqual([]);
});

function readyFileIsThere(): boolean {
  try {
    return readFileSync(join(bench.node.dirs.run, 'ready'), 'utf8') !== '';
  } catch {
    return false;
  }
}

/** As if it had been attached ten minutes ago. */
function age({ containerId }: Pod): void {
  for (const which of ['state', 'run'] as const) {
    const path = join(bench.node.dirs[which], 'attachments', `${containerId}:eth0.json`);
    rewriteRecord(path, (record) => ({ ...record, createdAt: record.createdAt - 600_000 }));
  }
}
