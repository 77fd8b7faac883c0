import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MultusKind } from '../../net/multus/multus-bench.ts';
import { type Recording, recordedDir } from '../../net/multus/recording.ts';
import { judge, type Meeting, neverMet } from '../../net/multus/status-differences.ts';
import { long, names, removeCluster } from '../clusters.ts';
import { reported, reportFailures } from '../failure-report.ts';
import { type AttachedCase, ComparedCluster, clusterCases, deviceCase } from './compared-cluster.ts';

/**
 * `make test` replays what was recorded (test/unit/attachment, test/unit/plugin). This is what it was recorded from.
 */
const kinds: readonly MultusKind[] = ['thin', 'thick'];
const compared: readonly (readonly [MultusKind, string])[] = long
  ? kinds.flatMap((kind) => Object.keys(clusterCases()).map((pod) => [kind, pod] as const))
  : [];
const isRecording = process.env['WEFT_RECORD'] === '1';

let cluster: ComparedCluster | undefined;
const seen: Partial<Record<MultusKind | 'weft', ReadonlyMap<string, AttachedCase>>> = {};
const meetings: Meeting[] = [];

reportFailures(() => cluster?.cluster);
beforeAll(async () => {
  if (!long) return;
  await reported(
    () => cluster?.cluster,
    async () => {
      cluster = await ComparedCluster.start(names.compare);
      for (const kind of kinds) seen[kind] = await cluster.underMultus(kind);
      seen.weft = await cluster.underWeft();
    },
  );
  if (isRecording) for (const kind of kinds) record(kind);
}, 1_800_000);
afterAll(async () => {
  await cluster?.close();
  await removeCluster(names.compare, () => {});
});

function fileOf(kind: MultusKind): string {
  return join(recordedDir, `cluster-${kind}.json`);
}

/** Only what the network namespace of test/net cannot do. */
function record(kind: MultusKind): void {
  const recording = seen[kind]?.get(deviceCase)?.recording;
  writeFileSync(fileOf(kind), `${JSON.stringify({ [deviceCase]: recording }, null, 2)}\n`);
}

function attached(by: MultusKind | 'weft', pod: string): AttachedCase {
  const found = seen[by]?.get(pod);
  if (found === undefined) throw new Error(`${by} was not given '${pod}'`);
  return found;
}

describe('a pod on a cluster under Multus 4.3.0 and under weft', () => {
  it.each(compared)('differs only where it is meant to: %s, %s', (kind, pod) => {
    const [theirs, ours] = [attached(kind, pod), attached('weft', pod)];
    const asked = JSON.stringify(clusterCases()[pod]?.annotations);
    const kernel = { multus: theirs.kernel, weft: ours.kernel };
    const multus = theirs.status;
    if (typeof multus === 'string') throw new Error(`Multus refuses it: ${multus}`);
    const { unexplained, met } = judge({ pod, multus, weft: ours.status, asked, kernel });
    expect(unexplained).toEqual([]);
    expect(ours.devices).toEqual(theirs.devices);
    meetings.push(...met);
  });

  it.each(long ? ['all pods'] : [])('differs in each way that it is meant to: %s', () => {
    expect(neverMet(meetings, Object.keys(clusterCases()))).toEqual([]);
  });

  it.each(kinds)('with devices is among what is replayed: %s', (kind) => {
    const recordings = JSON.parse(readFileSync(fileOf(kind), 'utf8')) as Record<string, Recording>;
    expect(Object.keys(recordings)).toEqual([deviceCase]);
    expect(Object.keys(recordings[deviceCase]?.deviceInfo ?? {})).toEqual(['net1', 'net2']);
  });
});
