import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Machine } from '../../hack/vm/machine.ts';
import { type Recording, recordedDir } from '../net/multus/recording.ts';
import { judge } from '../net/multus/status-differences.ts';
import type { GuestCases } from './guest.ts';
import type { StockPods } from './guest-multus.ts';
import { workingNetworks } from './networks.ts';
import { VmBench } from './vm-bench.ts';

/** The pod with all kinds of links that the machines' own kernel lacks. */
const podCase = 'every kind of a stock kernel';
/** The unit tests replay it; WEFT_RECORD=1 writes it anew. */
const recorded = join(recordedDir, 'vm-thin.json');

let bench: VmBench;
let machine: Machine<GuestCases>;
let pods: StockPods;
let hasFailed = false;
beforeAll(async () => {
  bench = await VmBench.create(false, true);
  machine = await bench.boot();
  pods = await machine.call('compareWithMultus', undefined, 240_000);
});
afterEach(({ task }) => {
  hasFailed ||= task.result?.state === 'fail';
});
afterAll(async () => {
  await machine?.cut();
  bench?.dispose(hasFailed);
});

describe('a pod with ipvlan, vlan, vrf, dummy and a macvlan on a bond, under Multus 4.3.0 and under weft', () => {
  it('differs only where it is meant to: network-status, links, addresses, routes', () => {
    const { multus, weft, annotations } = pods;
    expect(multus.status.map(({ name }) => name)).toEqual([
      'pods',
      ...workingNetworks.map((name) => `test/${name}`),
    ]);
    const kernel = { multus: multus.kernel, weft: weft.kernel };
    const asked = JSON.stringify(annotations);
    const compared = { pod: podCase, multus: multus.status, weft: weft.status, asked, kernel };
    expect(judge(compared).unexplained).toEqual([]);
    if (process.env['WEFT_RECORD'] === '1')
      writeFileSync(recorded, `${JSON.stringify({ [podCase]: pods.recording }, null, 2)}\n`);
  });

  it('of Multus is deleted by weft', () => {
    expect(pods.left).toEqual([]);
  });

  it('is among what is replayed', () => {
    const recordings = JSON.parse(readFileSync(recorded, 'utf8')) as Record<string, Recording>;
    expect(recordings[podCase]?.annotations).toEqual(pods.annotations);
  });
});
