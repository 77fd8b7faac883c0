import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { sleep } from '../../harness/run.ts';
import { chance, seed } from '../chance.ts';
import { long, marksOf, names, removeCluster } from '../clusters.ts';
import { leftovers, machineSnapshot } from '../machine-audit.ts';
import { startCluster } from '../start-cluster.ts';

const rounds = { kills: long ? 10 : 1, cycles: long ? 20 : 1, atOnce: long ? 3 : 2 };
/** Of one `up`, `down` and look at the machine, on a machine that is busy. */
const roundMs = 180_000;

const mine = [names.killed, names.third];

beforeAll(() => console.log(`moments of the kills: WEFT_SEED=${seed}`));
afterAll(async () => {
  for (const name of mine) await removeCluster(name, () => {});
});

const moments = chance();

/** Starts `up` as a contributor does and kills it, and only it, after `ms`. */
async function upFor(ms: number): Promise<{ readonly killed: boolean; readonly said: string }> {
  const main = join(import.meta.dirname, '../../../hack/cluster/main.ts');
  const child = spawn(process.execPath, [main, 'up', '--name', names.killed, '--nodes', '2'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Uint8Array) => {
      said += new TextDecoder().decode(chunk);
    });
  }
  // Not `close`: what it started may keep the pipes open.
  const end = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await Promise.race([end, sleep(ms)]);
  child.kill('SIGKILL');
  await end;
  child.stdout.destroy();
  child.stderr.destroy();
  return { killed: child.signalCode === 'SIGKILL', said };
}

/** An `up` that was killed at the next random moment before its end; resolves with a sentence about it for failures. */
async function killedUp(): Promise<string> {
  for (;;) {
    const ms = Math.round(moments.next().value * inject('upMs'));
    const { killed, said } = await upFor(ms);
    if (killed) return `killed after ${ms} ms of WEFT_SEED=${seed}; it had said:\n${said}`;
    // It was quicker than the shared one.
    expect(said).toContain('is up');
    await removeCluster(names.killed, () => {});
  }
}

describe('an `up` that is killed', () => {
  it(`leaves what \`down\` removes, at ${rounds.kills} random moments`, {
    timeout: rounds.kills * roundMs,
  }, async () => {
    for (let round = 0; round < rounds.kills; round += 1) {
      const before = machineSnapshot(mine);
      const why = await killedUp();
      await removeCluster(names.killed, () => {});
      expect(await leftovers(before, mine), why).toEqual([]);
      expect(existsSync(marksOf(names.killed).stateDir)).toBe(false);
    }
  });

  it(`is no obstacle to ${rounds.cycles} cycles, first with ${rounds.atOnce} clusters at once`, {
    timeout: rounds.cycles * roundMs,
  }, async () => {
    for (let round = 0; round < rounds.cycles; round += 1) {
      const before = machineSnapshot(mine);
      const why = `round ${round}, ${await killedUp()}`;
      // The shared one stands as well.
      const wanted = round === 0 ? mine.slice(0, rounds.atOnce - 1) : [names.killed];
      const clusters = await Promise.all(wanted.map((name) => startCluster(name, 1)));
      for (const cluster of clusters) {
        expect(await cluster.kubectl(['get', 'nodes', '--output=name']), why).toBe('node/node1\n');
      }
      await Promise.all(clusters.map((cluster) => cluster.down()));
      expect(await leftovers(before, mine), why).toEqual([]);
    }
  });
});
