import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../hack/vm/machine.ts';
import { expectSuccess } from '../harness/refusal.ts';
import { sleep, until } from '../harness/run.ts';
import { CutDisk } from './cut-disk.ts';
import { type DiskFiles, diskDirs, isSandboxEvent } from './cut-history.ts';
import { type Cut, describeCut, fewCuts, manyCuts, seededRandom } from './cuts.ts';
import type { GuestCases } from './guest.ts';
import {
  brokenPromises,
  emptyReservations,
  livingSandboxes,
  remainders,
  reservationsOf,
} from './promises.ts';
import { VmBench } from './vm-bench.ts';

const cuts = process.env['WEFT_LONG'] === '1' ? manyCuts : fewCuts;

let bench: VmBench;
let disk: CutDisk;
let machine: Machine<GuestCases>;
let hasFailed = false;
beforeAll(async () => {
  bench = await VmBench.create(true);
  disk = new CutDisk(bench.dir);
  machine = await bench.boot(disk.attach());
});
afterEach(({ task }) => {
  hasFailed ||= task.result?.state === 'fail';
});
afterAll(async () => {
  await machine?.cut();
  bench?.dispose(hasFailed);
});

describe('a node whose power goes', () => {
  it.each(cuts.map((cut, index) => [describeCut(cut), cut, index] as const))(
    'keeps what the record promises, and DEL without an agent leaves only what host-local lost: %s',
    async (what, cut, index) => {
      await machine.call('startNode', undefined, 120_000);
      await reach(cut);
      await machine.cut();
      const events = machine.said.filter(isSandboxEvent);
      const random = seededRandom(index);
      const writes = disk.cut(() => random() < 0.5);

      machine = await bench.boot(disk.attach());
      // Otherwise it was no power cut.
      const witnesses = await machine.call('takeWitnesses', undefined, 60_000);
      expect(witnesses).toEqual({ synced: true, unsynced: false });
      const found = await machine.call('lookAtDisk', undefined, 60_000);
      expect(brokenPromises(found, events)).toEqual([]);
      // Otherwise nothing was promised.
      if (cut.kind === 'traffic') expect(livingSandboxes(events).length).toBeGreaterThan(0);
      if (cut.kind === 'point' && cut.at === 'finish:reaped')
        expect(reservationsOf(found)).toMatchObject([{ containerId: 'stopped', ifname: 'eth0' }]);

      const sandboxes = [...new Set(events.map(({ containerId }) => containerId))];
      for (const call of await machine.call('deleteAll', sandboxes, 120_000)) expectSuccess(call);
      const left = await machine.call('lookAtDisk', undefined, 60_000);
      expect(remainders(left)).toEqual([]);
      expect(brokenPromises(left, [])).toEqual([]);
      process.stdout.write(
        `cut ${index + 1}, ${what}: writes ${JSON.stringify(writes ?? 'a gap, all kept')}, ` +
          `${sandboxes.length} sandboxes, ${reservationsOf(found).length} addresses given out, ` +
          `${emptyReservations(left).length} lost by host-local, ${installed(found)}\n`,
      );
    },
  );
});

function installed(files: DiskFiles): string {
  const has = (path: string): string => (files[path] === undefined ? 'no' : 'a');
  return `${has(`${diskDirs.state}/node.json`)} node.json, ${has(`${diskDirs.conf}/00-weft.conflist`)} configuration`;
}

/** Resolves at the moment at which the power shall go. */
async function reach(cut: Cut): Promise<void> {
  if (cut.kind === 'point') {
    const { verb, at, synced } = cut;
    await machine.call('stopAt', { verb, at, synced }, 120_000);
    return;
  }
  const call =
    cut.kind === 'traffic'
      ? machine.call('keepAttaching', undefined, 300_000)
      : machine.call('installAnew', undefined, 120_000);
  // It ends with the cut.
  let failure: Error | undefined;
  call.catch((error: unknown) => {
    failure = new Error('it ended by itself', { cause: error });
  });
  await until('the moment', 200_000, () => failure !== undefined || hasBegun(cut));
  if (failure !== undefined) throw failure;
  await sleep(cut.afterMs);
}

function hasBegun(cut: Exclude<Cut, { readonly kind: 'point' }>): boolean {
  if (cut.kind === 'install') return machine.said.includes('installing');
  return (
    machine.said.filter((said) => isSandboxEvent(said) && said.phase === 'answered').length >= cut.answers
  );
}
