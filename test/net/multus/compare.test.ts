import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectSuccess } from '../../harness/refusal.ts';
import type { Pod } from '../../harness/sandbox.ts';
import { kernelLinks, kernelRoutes, type NetworkStatus } from '../fixture.ts';
import { defaultNetwork, type PodCase, plugins, podCases } from './cases.ts';
import type { PodKernel } from './kernel-differences.ts';
import { type ApiPod, ipamOf, MultusBench, type MultusKind } from './multus-bench.ts';
import { type Recording, recordedDir, recordingOf } from './recording.ts';
import { judge, type Meeting, neverMet } from './status-differences.ts';
import { defaultConfName, WeftBeside } from './weft-beside.ts';

const kinds: readonly MultusKind[] = ['thin', 'thick'];
const isRecording = process.env['WEFT_RECORD'] === '1';
const long = process.env['WEFT_LONG'] === '1' || isRecording;
/** `make test` replays what was recorded (test/unit/attachment); two pods show that it still holds. */
const cases: readonly (readonly [MultusKind, string, PodCase])[] = kinds.flatMap((kind) =>
  Object.entries(podCases())
    .filter(([name]) => long || name.startsWith('two') || name === 'the default route elsewhere')
    .map(([name, one]) => [kind, name, one] as const),
);

let bench: MultusBench;
let weft: WeftBeside;
const recorded: Record<MultusKind, Record<string, Recording>> = { thin: {}, thick: {} };
const meetings: Meeting[] = [];

beforeAll(async () => {
  bench = await MultusBench.start(plugins, (node) => ({ delegates: [defaultNetwork(ipamOf(node))] }));
  await bench.furnish();
  weft = await WeftBeside.start(bench, defaultNetwork(ipamOf(bench.node)));
  await bench.startThick(defaultConfName);
}, 300_000);
afterAll(async () => {
  await weft?.killAgent();
  await bench?.dispose();
  if (!isRecording) return;
  // `make test` replays them.
  for (const kind of kinds)
    writeFileSync(join(recordedDir, `${kind}.json`), `${JSON.stringify(recorded[kind], null, 2)}\n`);
});

/** Its status and what the kernel has, or the reason for which it is refused. */
async function attachedByWeft(
  pod: ApiPod,
  { annotations }: PodCase,
  more: Readonly<Record<string, unknown>>,
): Promise<{ readonly status: readonly NetworkStatus[] | string; readonly kernel: PodKernel }> {
  const added = await weft.add(pod, annotations, more);
  const refused = /^reason=(\w+)/.exec(added.error?.details ?? '')?.[1];
  if (refused !== undefined) return { status: refused, kernel: kernelOf(pod) };
  expectSuccess(added);
  return { status: await weft.status(pod), kernel: kernelOf(pod) };
}

function kernelOf(pod: Pod): PodKernel {
  return { links: kernelLinks(pod), routes: kernelRoutes(pod) };
}

describe('a pod under Multus 4.3.0 and under weft', () => {
  it.each(cases)('differs only where it is meant to: %s, %s', async (kind, name, one) => {
    const more = one.portMappings === undefined ? {} : { portMappings: one.portMappings };
    const theirs = await bench.pod(one.annotations);
    expectSuccess(await bench.multus('ADD', theirs, { capabilityArgs: more }, kind));
    const multus = await bench.status(theirs);
    const multusKernel = kernelOf(theirs);
    recorded[kind][name] = recordingOf(one, theirs, bench.files(theirs), multus);
    expectSuccess(await weft.del(theirs));

    const ours = await bench.pod(one.annotations);
    const weftSees = await attachedByWeft(ours, one, more);
    expectSuccess(await weft.del(ours));
    const asked = JSON.stringify(one.annotations);
    const kernel = { multus: multusKernel, weft: weftSees.kernel };
    const { unexplained, met } = judge({ pod: name, multus, weft: weftSees.status, asked, kernel });
    expect(unexplained).toEqual([]);
    meetings.push(...met);
  });

  it('differs in each way that it is meant to', () => {
    const lookedAt = cases.map(([, name]) => name);
    for (const kind of kinds) {
      const names = Object.keys(recorded[kind]);
      expect(names).toEqual(lookedAt.slice(0, lookedAt.length / kinds.length));
    }
    expect(neverMet(meetings, lookedAt)).toEqual([]);
  });
});
