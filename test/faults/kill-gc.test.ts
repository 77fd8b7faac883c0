import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rewriteRecord } from '../component/plugin/record-file.ts';
import { ScriptedBin } from '../fakes/scripted-delegate/scripted-delegate.ts';
import { type CallOptions, weftConflist } from '../harness/runtime.ts';
import type { Pod, TestNode } from '../harness/sandbox.ts';
import { FaultBench, type FaultScene } from './fault-bench.ts';
import { sweep } from './sweep.ts';

/** Two networks of chains that know GC and collect. */
function collecting(node: TestNode): FaultScene {
  new ScriptedBin(node.dirs.bin).install('alpha', 'beta', 'delta');
  const plugin = (type: string): Readonly<Record<string, string>> => ({ type, script: 'GC: collect' });
  return {
    attachments: [
      { ifname: 'eth0', cniVersion: '1.1.0', plugins: [plugin('alpha'), plugin('delta')] },
      { ifname: 'net1', cniVersion: '1.1.0', plugins: [plugin('beta')] },
    ],
  };
}

let benches: readonly FaultBench[] = [];
beforeAll(async () => {
  benches = await Promise.all([1, 2].map(() => FaultBench.create(false, collecting)));
});
afterAll(() => Promise.all(benches.map((bench) => bench.dispose())));

/** The sandbox of each bench that stays in use. */
const inUse = new Map<FaultBench, Pod>();

function recordPath(bench: FaultBench, which: 'state' | 'run', { containerId }: Pod): string {
  return join(bench.node.dirs[which], 'attachments', `${containerId}:eth0.json`);
}

/** Attaches the pod, ten minutes ago. */
async function attachLongAgo(bench: FaultBench, pod: Pod): Promise<void> {
  await bench.mustCall('ADD', pod);
  for (const which of ['state', 'run'] as const) {
    rewriteRecord(recordPath(bench, which, pod), (record) => ({
      ...record,
      createdAt: record.createdAt - 600_000,
    }));
  }
}

/** One that stays in use, attached once, and the pod, which no runtime knows any more. */
async function prepare(bench: FaultBench, pod: Pod): Promise<void> {
  const used = inUse.get(bench);
  if (used === undefined || !existsSync(recordPath(bench, 'state', used))) {
    const next = bench.sandbox();
    inUse.set(bench, next);
    await attachLongAgo(bench, next);
  }
  await attachLongAgo(bench, pod);
}

function listing(bench: FaultBench): CallOptions {
  const [plugin] = weftConflist(bench.node).plugins;
  const valid = [{ containerID: inUse.get(bench)?.containerId, ifname: 'eth0' }];
  const conf = { ...plugin, name: 'weft', cniVersion: '1.1.0', 'cni.dev/valid-attachments': valid };
  return { stdin: JSON.stringify(conf) };
}

describe('GC, killed', () => {
  it('has taken nothing from the sandbox in use, and the next GC and DEL leave nothing of the stale one', async () => {
    const { points, failures } = await sweep(benches, {
      title: 'GC of alpha + delta, beta',
      verb: 'GC',
      points: 'distinct',
      prepare,
      options: listing,
      recover: async (bench, pod) => {
        await bench.mustCall('GC', pod, { options: listing(bench), agentDead: true });
        await bench.mustCall('DEL', pod, { agentDead: true });
      },
    });
    expect(points.length).toBeGreaterThan(50);
    expect(failures).toEqual([]);
  });
});
