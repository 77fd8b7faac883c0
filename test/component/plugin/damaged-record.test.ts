import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeNodeFile } from '../../../src/attachment/node-file.ts';
import { delegatesOf } from '../../../src/attachment/plan.ts';
import { planFor } from '../../fakes/plan.ts';
import { expectRefusal, expectSuccess } from '../../harness/refusal.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { PluginBench, three } from './fixture.ts';
import { rewriteRecord } from './record-file.ts';

let bench: PluginBench;
beforeAll(() => {
  bench = new PluginBench();
});
beforeEach(() => bench.serve(three()));
afterAll(() => bench.dispose());

async function attached(): Promise<Pod> {
  const pod = bench.freshPod();
  expectSuccess(await bench.runtime.add(pod));
  bench.bin.clearLog();
  return pod;
}

/** node.json with alpha as the default network, as the agent writes it. */
function writeNodeFile(): void {
  const plan = planFor({ containerId: '', ifname: '', netns: '' }, three());
  const [defaultNetwork] = delegatesOf(plan.steps);
  if (defaultNetwork === undefined) throw new Error('no default network');
  const file = {
    format: 1,
    weft: '0.0.0',
    cniPath: [bench.node.dirs.bin],
    defaultNetwork: { ...defaultNetwork, ifname: '' },
  };
  writeFileSync(join(bench.node.dirs.state, 'node.json'), encodeNodeFile(file));
}

const damages: readonly [string, (path: string) => void][] = [
  ['empty', (path) => truncateSync(path, 0)],
  ['cut in half', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ['without its last byte', (path) => truncateSync(path, statSync(path).size - 1)],
  ['with one bit changed', (path) => flipBit(path)],
  ['full of zeros', (path) => writeFileSync(path, Buffer.alloc(statSync(path).size))],
  ['no text', (path) => writeFileSync(path, Uint8Array.of(0xff, 0xfe, 0x00))],
  ['another JSON', (path) => writeFileSync(path, '{"steps":[]}\n')],
];

function flipBit(path: string): void {
  const bytes = readFileSync(path);
  const at = Math.floor(bytes.length / 2);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);
}

describe('one damaged copy of the record', () => {
  it.each(damages)('does not matter where it is %s: the other one is used', async (_how, damage) => {
    for (const which of ['state', 'run'] as const) {
      const pod = await attached();
      damage(bench.recordPath(pod, which));
      expectSuccess(await bench.runtime.check(pod));
      bench.bin.clearLog();
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
      expect(bench.resourcesOf(pod)).toEqual([]);
      expect(bench.remainsOf(pod)).toEqual([]);
    }
  });

  it.each(['state', 'run'] as const)('may be missing altogether (%s)', async (which) => {
    const pod = await attached();
    rmSync(bench.recordPath(pod, which));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('may be of an older sequence: the newer one counts', async () => {
    const pod = await attached();
    rewriteRecord(bench.recordPath(pod, 'run'), (record) => ({ ...record, sequence: 0, steps: [] }));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toHaveLength(3);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('may be the journal', async () => {
    const pod = await attached();
    writeFileSync(bench.recordPath(pod, 'run', '.journal'), '{"base":1,"id":"delega');
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toHaveLength(3);
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});

describe('both copies damaged', () => {
  it.each(damages)(
    'are set aside where they are %s; DEL runs the default network from node.json, and a leftover stands for it',
    async (_how, damage) => {
      writeNodeFile();
      const pod = await attached();
      for (const which of ['state', 'run'] as const) damage(bench.recordPath(pod, which));
      const kept = readFileSync(bench.recordPath(pod, 'state'));
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.bin.trace()).toEqual(['DEL alpha eth0']);
      expect(bench.bin.calls()[0]?.netns).toBe(pod.netns);
      const files = bench.filesOf(pod);
      const aside = files.filter((name) => name.endsWith('.damaged'));
      expect(aside.length).toBeGreaterThanOrEqual(1);
      expect(files.filter((name) => !name.endsWith('.damaged'))).toEqual([
        `${pod.containerId}:eth0.leftover.json`,
      ]);
      const contents = aside.map((name) =>
        readFileSync(join(bench.node.dirs.state, 'attachments', name)).toString('hex'),
      );
      expect(contents).toContain(kept.toString('hex'));
      // A further DEL is as good as the first and loses nothing.
      expectSuccess(await bench.runtime.del(pod));
      expect(bench.filesOf(pod).filter((name) => name.endsWith('.damaged'))).toEqual(aside);
    },
  );

  it('keep the bytes of both when both have some', async () => {
    writeNodeFile();
    const pod = await attached();
    for (const which of ['state', 'run'] as const) flipBit(bench.recordPath(pod, which));
    writeFileSync(bench.recordPath(pod, 'run'), 'only the second copy knows');
    expectSuccess(await bench.runtime.del(pod));
    const all = bench.filesOf(pod).concat(bench.filesOf(pod, 'run'));
    const texts = ['state', 'run'].flatMap((which) =>
      readdirSync(join(bench.node.dirs[which as 'state' | 'run'], 'attachments'))
        .filter((name) => name.includes(pod.containerId))
        .map((name) =>
          readFileSync(join(bench.node.dirs[which as 'state' | 'run'], 'attachments', name), 'utf8'),
        ),
    );
    expect(all.some((name) => name.endsWith('.damaged'))).toBe(true);
    expect(texts.some((text) => text.includes('only the second copy knows'))).toBe(true);
  });

  it('do not let CHECK or ADD pretend', async () => {
    const pod = await attached();
    for (const which of ['state', 'run'] as const) flipBit(bench.recordPath(pod, which));
    const checked = await bench.runtime.check(pod);
    expect(checked.status).not.toBe(0);
    expect(bench.bin.trace()).toEqual([]);
  });
});

describe('no record at all', () => {
  it('runs the default network of node.json [CNI-071]', async () => {
    writeNodeFile();
    const pod = await attached();
    for (const which of ['state', 'run'] as const) rmSync(bench.recordPath(pod, which));
    rmSync(bench.recordPath(pod, 'run', '.journal'), { force: true });
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual(['DEL alpha eth0']);
    expect(bench.bin.calls()[0]?.env).toMatchObject({ CNI_IFNAME: 'eth0', CNI_CONTAINERID: pod.containerId });
  });

  it('is an error where node.json is damaged, and its repair is named', async () => {
    const path = join(bench.node.dirs.state, 'node.json');
    writeFileSync(path, '{"format":1');
    const pod = bench.freshPod();
    const call = await bench.runtime.del(pod);
    expect(call.status).not.toBe(0);
    expect(call.error?.msg).toContain('node.json');
    rmSync(path);
  });

  it('runs what the cache of libcni knows, and removes its file', async () => {
    writeNodeFile();
    const pod = bench.freshPod();
    const results = join(bench.node.dirs.cache, 'results');
    const { mkdirSync } = await import('node:fs');
    mkdirSync(results, { recursive: true });
    const config = JSON.stringify({
      cniVersion: '1.0.0',
      name: 'old',
      plugins: [{ type: 'beta' }, { type: 'gamma' }],
    });
    const entry = {
      kind: 'cniCacheV1',
      containerId: pod.containerId,
      config: Buffer.from(config).toString('base64'),
      ifName: 'eth0',
      networkName: 'old',
      netns: pod.netns,
      cniArgs: [['K8S_POD_NAME', 'pod-a']],
      capabilityArgs: {},
      result: { cniVersion: '1.0.0', interfaces: [{ name: 'eth0', sandbox: pod.netns }] },
    };
    const path = join(results, `old-${pod.containerId}-eth0`);
    writeFileSync(path, JSON.stringify(entry));
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual(['DEL gamma eth0', 'DEL beta eth0']);
    expect(bench.bin.calls().every((call) => call.stdin.includes('"name":"old"'))).toBe(true);
    expect(bench.bin.calls().every((call) => call.stdin.includes('prevResult'))).toBe(true);
    expect(existsSync(path)).toBe(false);
  });
});

describe('a record from a future format', () => {
  it('is torn down from its core fields', async () => {
    const pod = await attached();
    for (const which of ['state', 'run'] as const) {
      rewriteRecord(bench.recordPath(pod, which), (record) => ({
        ...record,
        format: 99,
        weft: { nested: true },
        novelty: [1],
        steps: [
          ...record.steps.map((step) => ({ ...step, colour: 'blue', error: 7 })),
          { step: { kind: 'ruleset', id: 'r', rules: [] }, state: 'attached' },
        ],
      }));
    }
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.bin.trace()).toEqual(['DEL gamma net2', 'DEL beta net1', 'DEL alpha eth0']);
    expect(bench.bin.calls().every((call) => call.stdin.includes('prevResult'))).toBe(true);
    expect(bench.remainsOf(pod)).toEqual([]);
  });

  it('is not added over', async () => {
    const pod = await attached();
    for (const which of ['state', 'run'] as const) {
      rewriteRecord(bench.recordPath(pod, which), (record) => ({ ...record, format: 99 }));
    }
    expectRefusal(await bench.runtime.add(pod), { reason: 'AttachmentExists' });
    expectSuccess(await bench.runtime.del(pod));
    expect(bench.remainsOf(pod)).toEqual([]);
  });
});
