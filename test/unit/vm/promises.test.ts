import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { AttachmentRecord, StepState } from '../../../src/attachment/record.ts';
import { encodeRecord } from '../../../src/attachment/record-codec.ts';
import { planFor } from '../../fakes/plan.ts';
import { type DiskFiles, diskDirs, type SandboxEvent } from '../../vm/cut-history.ts';
import { brokenPromises, emptyReservations, remainders } from '../../vm/promises.ts';

const recordPath = `${diskDirs.state}/attachments/one:eth0.json`;
const addressPath = `${diskDirs.ipam}/pods/10.61.0.2`;
const confPath = `${diskDirs.conf}/00-weft.conflist`;

function recordText(state: StepState): string {
  const sandbox = { containerId: 'one', ifname: 'eth0', netns: '/run/netns/one' };
  const { steps } = planFor(sandbox, [{ ifname: 'eth0', plugins: [{ type: 'bridge' }] }]);
  const record: AttachmentRecord = {
    ...{ format: 1, sequence: 1, weft: '0.0.0-test', bootId: 'boot', sandbox, cniArgs: '', cniPath: '/bin' },
    ...{ cniVersion: '1.0.0', createdAt: 0, steps: steps.map((step) => ({ step, state })) },
  };
  return encodeRecord(record, crc32);
}

const added: readonly SandboxEvent[] = [
  { verb: 'ADD', containerId: 'one', phase: 'begun' },
  { verb: 'ADD', containerId: 'one', phase: 'answered' },
];
const deleting: readonly SandboxEvent[] = [...added, { verb: 'DEL', containerId: 'one', phase: 'begun' }];
const address = { [addressPath]: 'one\r\neth0' };

describe('the judge of a disk after a power cut', () => {
  it.each<[string, DiskFiles, readonly SandboxEvent[]]>([
    ['a sandbox and its record', { [recordPath]: recordText('attached'), ...address }, added],
    ['an ADD that was under way', { [recordPath]: recordText('pending'), ...address }, added.slice(0, 1)],
    ['a DEL that was under way and forgot', {}, deleting],
    ['an address without content', { [addressPath]: '' }, []],
    [
      "host-local's own files",
      { [`${diskDirs.ipam}/pods/lock`]: '', [`${diskDirs.ipam}/pods/last_reserved_ip.0`]: '' },
      [],
    ],
  ])('is content with %s', (_what, files, events) => {
    expect(brokenPromises(files, events)).toEqual([]);
  });

  it.each<[string, DiskFiles, readonly SandboxEvent[], RegExp]>([
    ['a sandbox without a record', {}, added, /one was attached and has no record/],
    [
      'a sandbox of which half is recorded',
      { [recordPath]: recordText('running') },
      added,
      /delegate-0 is running/,
    ],
    ['a record that is cut off', { [recordPath]: recordText('attached').slice(0, 100) }, [], /cut off/],
    ['an address that no record names', address, [], /no record names 10\.61\.0\.2, given to one/],
    [
      'an address of another interface',
      { [recordPath]: recordText('pending'), [addressPath]: 'one\r\nnet7' },
      [],
      /no record/,
    ],
    ['a configuration before node.json', { [confPath]: '{}' }, [], /node\.json is not/],
    ['half a node.json', { [`${diskDirs.state}/node.json`]: '{"format":1' }, [], /node\.json: /],
    ['half a configuration', { [confPath]: '{"name"' }, [], /00-weft\.conflist: /],
  ])('complains of %s', (_what, files, events, complaint) => {
    expect(brokenPromises(files, events).join('\n')).toMatch(complaint);
  });

  it('calls what a DEL left by name, and counts addresses that lost their content apart', () => {
    expect(remainders({ [recordPath]: recordText('deleting'), ...address })).toHaveLength(2);
    expect(remainders({ [`${recordPath}.tmp`]: '' })).toHaveLength(1);
    expect(remainders({ [addressPath]: '' })).toEqual([]);
    expect(emptyReservations({ [addressPath]: '', [`${diskDirs.ipam}/pods/lock`]: '' })).toEqual([
      '10.61.0.2',
    ]);
  });
});
