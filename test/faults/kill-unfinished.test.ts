import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ScriptedBin, type ScriptLine } from '../fakes/scripted-delegate/scripted-delegate.ts';
import type { CniCall } from '../harness/runtime.ts';
import type { Pod } from '../harness/sandbox.ts';
import { ending, FaultBench } from './fault-bench.ts';
import { scriptedScene } from './scenes.ts';
import { type Sweep, sweep } from './sweep.ts';

// Scripted delegates with a resource each: what a record is worth after a kill does not depend on what they make.
let benches: readonly FaultBench[] = [];
beforeAll(async () => {
  benches = await Promise.all([1, 2, 3].map(() => FaultBench.create(false, () => scriptedScene())));
  for (const { node } of benches) new ScriptedBin(node.dirs.bin).install('alpha', 'beta', 'gamma', 'delta');
});
afterAll(() => Promise.all(benches.map((bench) => bench.dispose())));

/** Sweeps with gamma, the last attachment, following this script; expects nothing to be wrong. */
async function expectClean(plan: Sweep, gamma: readonly ScriptLine[] = []): Promise<void> {
  for (const bench of benches) bench.serve(scriptedScene(gamma));
  const { points, failures } = await sweep(benches, plan);
  expect(points.length).toBeGreaterThan(25);
  expect(failures).toEqual([]);
}

const del = (bench: FaultBench, pod: Pod): Promise<CniCall> =>
  bench.mustCall('DEL', pod, { agentDead: true });

function expectCode(code: number): (call: CniCall) => void {
  return (call) => {
    if (call.error?.code !== code) throw new Error(`expected code ${code}: ${ending(call)}`);
  };
}

/** As a runtime does: again until it succeeds, within the three calls after which weft gives up. */
async function delUntilDone(bench: FaultBench, pod: Pod): Promise<void> {
  for (let call = 1; ; call += 1) {
    const end = await bench.call('DEL', pod, { agentDead: true });
    if (end.status === 0) return;
    if (call === 3) throw new Error(`DEL for the third time: ${ending(end)}`);
  }
}

function recordFiles(bench: FaultBench, which: 'state' | 'run', pod: Pod): readonly string[] {
  const dir = join(bench.node.dirs[which], 'attachments');
  const names = existsSync(dir) ? readdirSync(dir) : [];
  return names.filter((name) => name.startsWith(`${pod.containerId}:`)).map((name) => join(dir, name));
}

function resourcesOf(bench: FaultBench, pod: Pod): number {
  const names = new ScriptedBin(bench.node.dirs.bin).resources();
  return names.filter((name) => name.includes(`,${pod.containerId},`)).length;
}

describe('the first ADD after a boot, killed', () => {
  it('leaves nothing after DEL, and the next ADD works', async () => {
    await expectClean({
      title: 'first ADD: no directories, no boot ID',
      verb: 'ADD',
      points: 'distinct',
      prepare: async (bench) => bench.forgetState(),
      recover: async (bench, pod) => {
        await del(bench, pod);
        const next = bench.sandbox();
        await bench.mustCall('ADD', next);
        await del(bench, next);
        fixBootId(bench);
      },
    });
  });
});

/** Gives the boot the ID that every round compares with; fails if there is none. */
function fixBootId(bench: FaultBench): void {
  const path = join(bench.node.dirs.run, 'boot-id');
  const id = readFileSync(path, 'utf8');
  if (!/^[0-9a-f-]{36}\n$/.test(id)) throw new Error(`boot-id holds "${id}"`);
  writeFileSync(path, `${'0'.repeat(36)}\n`);
}

describe('ADD over what a killed ADD left', () => {
  it('finishes its DEL and attaches, or finds it complete; DEL frees all', async () => {
    await expectClean({
      title: 'ADD, then ADD again',
      verb: 'ADD',
      points: 'distinct',
      recover: async (bench, pod) => {
        const again = await bench.call('ADD', pod);
        const complete = again.error?.details?.startsWith('reason=AttachmentExists') === true;
        if (again.status !== 0 && !complete) throw new Error(`ADD over it: ${ending(again)}`);
        const made = resourcesOf(bench, pod);
        if (made !== 4) throw new Error(`${made} of 4 resources after ADD over it`);
        await del(bench, pod);
      },
    });
  });

  it('leaves nothing after DEL where it is killed as well', async () => {
    const [bench] = benches;
    if (bench === undefined) throw new Error('no bench');
    bench.serve(scriptedScene());
    const pod = bench.sandbox();
    await bench.mustCall('ADD', pod, { log: true });
    const half = bench.passed().findLast((point) => point.name === 'finish:reaped');
    await del(bench, pod);
    await expectClean({
      title: 'ADD over a half-made one',
      verb: 'ADD',
      points: 'distinct',
      prepare: async (lane, sandbox) => {
        const end = await lane.call('ADD', sandbox, { at: half?.number ?? 0 });
        if (end.signal !== 'SIGKILL' || resourcesOf(lane, sandbox) !== 4) throw new Error(ending(end));
      },
      recover: del,
    });
  });
});

describe('an ADD that fails', () => {
  it('leaves nothing after DEL where it is killed, also in the middle of its rollback', async () => {
    await expectClean(
      { title: 'ADD that fails', verb: 'ADD', points: 'distinct', cleanEnd: expectCode(107), recover: del },
      ['ADD: error 107 no'],
    );
  });

  it('leaves nothing when the DEL that follows is killed', async () => {
    await expectClean(
      {
        title: 'DEL of a failed ADD',
        verb: 'DEL',
        points: 'distinct',
        prepare: async (bench, pod) => expectCode(107)(await bench.call('ADD', pod)),
        recover: del,
      },
      ['ADD: error 107 no'],
    );
  });

  it('leaves nothing when its rollback failed and the DEL that follows is killed', async () => {
    await expectClean(
      {
        title: 'DEL of a failed ADD with a leftover',
        verb: 'DEL',
        points: 'distinct',
        prepare: async (bench, pod) => {
          expectCode(107)(await bench.call('ADD', pod));
          const files = recordFiles(bench, 'state', pod);
          if (!files.some((path) => path.endsWith('.leftover.json'))) throw new Error('no leftover');
        },
        recover: delUntilDone,
      },
      ['ADD: take', 'ADD: error 107 no', 'DEL: fail-times 1 100 stuck'],
    );
  });
});

describe('a DEL that fails', () => {
  it('leaves nothing after more DELs where it is killed', async () => {
    await expectClean(
      {
        title: 'DEL that fails',
        verb: 'DEL',
        points: 'distinct',
        prepare: (bench, pod) => bench.mustCall('ADD', pod),
        cleanEnd: expectCode(100),
        recover: delUntilDone,
      },
      ['DEL: fail-times 1 100 stuck'],
    );
  });

  it('leaves nothing after more DELs where it is killed while it gives up', async () => {
    await expectClean(
      {
        title: 'DEL that gives up after three that failed',
        verb: 'DEL',
        points: 'distinct',
        prepare: async (bench, pod) => {
          await bench.mustCall('ADD', pod);
          for (const _ of [1, 2, 3]) expectCode(100)(await bench.call('DEL', pod));
        },
        recover: async (bench, pod) => {
          await del(bench, pod);
          await del(bench, pod);
        },
      },
      ['DEL: fail-times 4 100 stuck'],
    );
  });
});

describe('a DEL without a usable record, killed', () => {
  const onlyDefault = (): void => {
    for (const bench of benches) bench.serve({ attachments: scriptedScene().attachments.slice(0, 1) });
  };

  it('leaves nothing of the default network after another DEL where records were lost', async () => {
    onlyDefault();
    const { failures } = await sweep(benches, {
      title: 'DEL without a record',
      verb: 'DEL',
      points: 'distinct',
      prepare: async (bench, pod) => {
        await bench.mustCall('ADD', pod);
        for (const which of ['state', 'run'] as const) {
          for (const path of recordFiles(bench, which, pod)) rmSync(path);
        }
      },
      recover: del,
    });
    expect(failures).toEqual([]);
  });

  it('keeps the bytes and a leftover, and nothing else, where both copies were damaged', async () => {
    onlyDefault();
    const { failures } = await sweep(benches, {
      title: 'DEL with both copies damaged',
      verb: 'DEL',
      points: 'distinct',
      prepare: async (bench, pod) => {
        await bench.mustCall('ADD', pod);
        for (const which of ['state', 'run'] as const) {
          for (const path of recordFiles(bench, which, pod)) writeFileSync(path, 'damaged bytes');
        }
      },
      recover: async (bench, pod) => {
        await del(bench, pod);
        const kept = [...recordFiles(bench, 'state', pod), ...recordFiles(bench, 'run', pod)];
        const damaged = kept.filter((path) => path.endsWith('.damaged'));
        const bytes = damaged.map((path) => readFileSync(path, 'utf8'));
        const leftovers = kept.filter((path) => path.endsWith('.leftover.json'));
        if (!bytes.includes('damaged bytes') || leftovers.length !== 1)
          throw new Error(`kept ${kept.join(', ')}`);
        for (const path of [...damaged, ...leftovers]) rmSync(path);
      },
    });
    expect(failures).toEqual([]);
  });
});
