import { chmodSync, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { takeSnapshot } from '../harness/auditor.ts';
import { sleep, until } from '../harness/run.ts';
import type { Pod } from '../harness/sandbox.ts';
import { ending, FaultBench } from './fault-bench.ts';
import { realScene } from './scenes.ts';

// Each of them with everything that it would still do once it wakes up: allocate, make links, write rules.
const delegates = ['bridge', 'host-local', 'portmap', 'tuning', 'macvlan', 'static', 'ptp'];
/** After waking up, a delegate that still lives has done its work by then; on an idle machine it needs a tenth. */
const workMs = 400;

let benches: readonly FaultBench[] = [];
beforeAll(async () => {
  benches = await Promise.all([1, 2, 3].map(() => FaultBench.create(true, realScene)));
  for (const bench of benches) await startAnew(bench);
});
afterAll(() => Promise.all(benches.map((bench) => bench.dispose())));

/** With what is made once and stays: bridges, chains, lock files. */
async function startAnew(bench: FaultBench): Promise<void> {
  bench.renew();
  const pod = bench.sandbox();
  await bench.mustCall('ADD', pod);
  await bench.mustCall('DEL', pod);
}

/**
 * Puts a wrapper in the plugin's place: for `verb` a child of it sleeps until `wakeUp` and then becomes the real plugin.
 * The kernel kills the wrapper with weft, and not that child, as with a Go plugin that has called its IPAM plugin.
 */
class Sleeper {
  readonly #path: string;
  readonly #real: string;
  readonly #mark: string;
  readonly #bell: string;

  constructor(bench: FaultBench, type: string, verb: 'ADD' | 'DEL') {
    const { bin, root } = bench.node.dirs;
    const hidden = join(root, 'real');
    mkdirSync(hidden, { recursive: true });
    this.#path = join(bin, type);
    this.#real = join(hidden, type);
    this.#mark = join(root, 'asleep');
    this.#bell = join(root, 'wake-up');
    // A copy that stays: what sleeps still wants to run it after the wrapper is gone.
    copyFileSync(this.#path, this.#real);
    const script = [
      '#!/bin/sh',
      `[ "$CNI_COMMAND" = ${verb} ] || exec ${this.#real}`,
      'exec 3<&0',
      `{ : >${this.#mark}; until [ -e ${this.#bell} ]; do sleep 0.05; done; exec ${this.#real}; } <&3 3<&- &`,
      'wait $!',
    ];
    const wrapper = join(root, 'wrapper');
    writeFileSync(wrapper, `${script.join('\n')}\n`);
    chmodSync(wrapper, 0o755);
    renameSync(wrapper, this.#path);
  }

  isAsleep(): boolean {
    return existsSync(this.#mark);
  }

  /** Puts the plugin back; who sleeps sleeps on. */
  unwrap(): void {
    rmSync(this.#path);
    copyFileSync(this.#real, this.#path);
  }

  wakeUp(): void {
    writeFileSync(this.#bell, '');
  }

  forget(): void {
    rmSync(this.#mark, { force: true });
    rmSync(this.#bell, { force: true });
  }
}

/** Calls the plugin and kills it (not at a numbered point: at whatever it does) while the delegate sleeps. */
async function killAsleep(bench: FaultBench, pod: Pod, type: string, verb: 'ADD' | 'DEL'): Promise<Sleeper> {
  const sleeper = new Sleeper(bench, type, verb);
  try {
    let pid = 0;
    const call = bench.call(verb, pod, { options: { run: { onSpawn: (spawned) => (pid = spawned) } } });
    let ended = false;
    void call.finally(() => (ended = true)).catch(() => {});
    await until(`${type} asleep`, 20_000, () => ended || sleeper.isAsleep());
    if (!ended) process.kill(pid, 'SIGKILL');
    const end = await call;
    if (end.signal !== 'SIGKILL') throw new Error(`${verb} ended before it slept: ${ending(end)}`);
    return sleeper;
  } finally {
    sleeper.unwrap();
  }
}

/** Everything that still runs of the node's. */
function livingProcesses(bench: FaultBench): readonly string[] {
  return takeSnapshot({ netns: [], dirs: {}, processMarkers: [bench.node.dirs.root] }).lines;
}

/** What was left after DEL, at once and after the delegate would have woken up and done its work. */
async function roundFor(bench: FaultBench, type: string, verb: 'ADD' | 'DEL'): Promise<readonly string[]> {
  const before = bench.snapshot();
  const pod = bench.sandbox();
  if (verb === 'DEL') await bench.mustCall('ADD', pod);
  const sleeper = await killAsleep(bench, pod, type, verb);
  const asleep = livingProcesses(bench);
  await bench.mustCall('DEL', pod, { agentDead: true });
  const atOnce = bench.differences(before).map((line) => `at once: ${line}`);
  sleeper.wakeUp();
  await sleep(workMs);
  const later = bench.differences(before).map((line) => `later: ${line}`);
  sleeper.forget();
  return [...(asleep.length === 0 ? ['nothing of it was running when DEL came'] : []), ...atOnce, ...later];
}

/** Spreads the delegates over the benches. */
async function eachDelegate(verb: 'ADD' | 'DEL'): Promise<readonly string[]> {
  const waiting = delegates.values();
  const results = await Promise.all(
    benches.map(async (bench) => {
      const wrong: string[] = [];
      for (const type of waiting) {
        const found = await roundFor(bench, type, verb).catch((error: unknown) => [String(error)]);
        wrong.push(...found.map((text) => `${type}: ${text}`));
        if (found.length > 0) await startAnew(bench);
      }
      return wrong;
    }),
  );
  return results.flat();
}

describe('weft killed while a delegate sleeps before it works', () => {
  it('during ADD: DEL ends the delegate, and nothing is allocated afterwards', async () => {
    expect(await eachDelegate('ADD')).toEqual([]);
  });

  it('during DEL: another DEL ends the delegate and frees everything', async () => {
    expect(await eachDelegate('DEL')).toEqual([]);
  });

  it('would allocate if nobody ended it', async () => {
    const [bench] = benches;
    if (bench === undefined) throw new Error('no bench');
    const before = bench.snapshot();
    const pod = bench.sandbox();
    const sleeper = await killAsleep(bench, pod, 'host-local', 'ADD');
    const allocated = (): number =>
      bench.snapshot().lines.filter((line) => line.startsWith('ipam/net-eth0/10.')).length;
    expect(allocated()).toBe(0);
    sleeper.wakeUp();
    await until('the end of host-local', 20_000, () => livingProcesses(bench).length === 0);
    expect(allocated()).toBe(1);
    sleeper.forget();
    await bench.mustCall('DEL', pod, { agentDead: true });
    expect(bench.differences(before)).toEqual([]);
  });
});
