import { describe, expect, it } from 'vitest';
import { readCacheEntry } from '../../../src/attachment/libcni-cache.ts';
import { readScratchFile } from '../../../src/attachment/multus-scratch.ts';
import { networkStatusOf } from '../../../src/attachment/network-status.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { allRecordings, type Recording } from '../../net/multus/recording.ts';
import { intendedDifferences, judge, neverMet } from '../../net/multus/status-differences.ts';

/** Answers of Multus 4.3.0; docs/development.md says how they are written anew. */
const recordings = allRecordings();

/** The attachments as weft would remember them, had it made them with the results that Multus got. */
function recordOf(recording: Recording): AttachmentRecord {
  const { containerId, netns, args: cniArgs } = recording;
  const results = new Map(
    Object.values(recording.results).map((text) => {
      const entry = readCacheEntry(text, containerId);
      return [entry?.step.ifname, entry?.result];
    }),
  );
  const steps = readScratchFile(recording.scratch, { containerId, ifname: 'eth0', cniArgs }).map(
    ({ step }, index) => {
      const result = results.get(step.ifname);
      if (result === undefined) throw new Error(`no result of ${step.ifname}`);
      const info = recording.deviceInfo?.[step.ifname];
      const deviceInfo = info === undefined ? {} : { deviceInfo: info };
      return { step: { ...step, isDefault: index === 0 }, state: 'attached' as const, result, ...deviceInfo };
    },
  );
  const sandbox = { containerId, ifname: 'eth0', netns };
  const rest = { cniArgs, cniPath: '', cniVersion: '1.0.0', createdAt: 0 };
  return { format: 1, sequence: 1, weft: '0.1.0', bootId: '', sandbox, ...rest, steps };
}

describe('network-status from the results that Multus got', () => {
  it.each(recordings)('is what Multus wrote, but for what is meant to differ: %s', (_, pod, recording) => {
    const weft = networkStatusOf(recordOf(recording));
    expect(weft.length).toBeGreaterThanOrEqual(recording.status.length);
    expect(judge({ pod, multus: recording.status, weft }).unexplained).toEqual([]);
  });

  it('differs in each way that does not come from what weft does', () => {
    const met = recordings.flatMap(([, pod, recording]) => {
      const weft = networkStatusOf(recordOf(recording));
      return judge({ pod, multus: recording.status, weft }).met;
    });
    const replayed = intendedDifferences.filter(({ live }) => live !== true);
    const pods = recordings.map(([, pod]) => pod);
    expect(neverMet(met, pods, replayed)).toEqual([]);
  });
});
