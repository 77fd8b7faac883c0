import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess } from '../../harness/refusal.ts';
import { mustRun } from '../../harness/run.ts';
import { defaultNetwork, networks, type PodCase, plugins, podCases } from './cases.ts';
import { MultusBench } from './multus-bench.ts';
import { type Recording, recordingOf } from './recording.ts';
import { type IntendedDifference, intendedDifferences, judge } from './status-differences.ts';
import { WeftBeside } from './weft-beside.ts';

/** Recorded answers of Multus, which `make test` replays. WEFT_RECORD=1 writes them anew. */
const recordings = join(import.meta.dirname, '../../fixtures/multus/pods.json');

const long = process.env['WEFT_LONG'] === '1' || process.env['WEFT_RECORD'] === '1';
/** `make test` replays what was recorded (test/unit/attachment); two pods show that it still holds. */
const cases: readonly (readonly [string, PodCase])[] = Object.entries(podCases).filter(
  ([name]) => long || name.startsWith('two') || name === 'the default route elsewhere',
);

let bench: MultusBench;
let weft: WeftBeside;
const recorded: Record<string, Recording> = {};
const seen = new Set<IntendedDifference>();

beforeAll(async () => {
  bench = await MultusBench.start(plugins, (node) => ({ delegates: [defaultNetwork(node)] }));
  mustRun([...bench.node.enter, 'ip', 'link', 'add', 'spare0', 'type', 'veth', 'peer', 'name', 'spare1']);
  for (const [name, conf] of Object.entries(networks(bench.node))) await bench.api.network(name, conf);
  weft = await WeftBeside.start(bench, defaultNetwork(bench.node));
}, 300_000);
afterAll(async () => {
  await weft?.killAgent();
  await bench?.dispose();
  if (process.env['WEFT_RECORD'] === '1') writeFileSync(recordings, `${JSON.stringify(recorded, null, 2)}\n`);
});

describe('network-status under Multus 4.3.0 and under weft', () => {
  it.each(cases)('differs only where it is meant to: %s', async (name, one) => {
    const more = one.portMappings === undefined ? {} : { portMappings: one.portMappings };
    const theirs = await bench.pod(one.annotations);
    expectSuccess(await bench.multus('ADD', theirs, { capabilityArgs: more }));
    const multus = await bench.status(theirs);
    recorded[name] = recordingOf(bench.node, one, theirs, bench.files(theirs), multus);
    expectSuccess(await weft.del(theirs));

    const ours = await bench.pod(one.annotations);
    expectSuccess(await weft.add(ours, one.annotations, more));
    const status = await weft.status(ours);
    expectSuccess(await weft.del(ours));
    const asked = JSON.stringify(one.annotations);
    const { unexplained, met } = judge({ pod: name, multus, weft: status, asked });
    expect(unexplained).toEqual([]);
    for (const difference of met) seen.add(difference);
  });

  it('differs in each way that it is meant to, once all pods were looked at', () => {
    const all = intendedDifferences.filter(({ pods }) => pods?.every((pod) => pod in recorded) ?? true);
    expect(all.filter((difference) => !seen.has(difference))).toEqual([]);
  });
});
