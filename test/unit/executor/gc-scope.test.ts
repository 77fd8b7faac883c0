import { describe, expect, it } from 'vitest';
import type { AttachmentRecord, StepRecord, StepState } from '../../../src/attachment/record.ts';
import { gcScope, isSpared } from '../../../src/executor/gc-scope.ts';
import type { KnownRecord, Survey } from '../../../src/executor/gc-survey.ts';
import { delegateOf, recordOf, stepIn } from '../attachment/records.ts';

const nowMs = 1_700_000_400_000;
const old = nowMs - 300_000;

function known(
  containerId: string,
  steps: readonly StepRecord[],
  more: Partial<AttachmentRecord> = {},
): KnownRecord {
  const sandbox = { containerId, ifname: 'eth0', netns: '/n' };
  return { key: `${containerId}:eth0`, record: recordOf(steps, { sandbox, createdAt: old, ...more }) };
}

function stepOf(ifname: string, state: StepState = 'attached', disableGC = false): StepRecord {
  return stepIn(state, delegateOf({ ifname, plugins: [{ type: 'a' }], disableGC }));
}

const route: StepRecord = {
  step: { kind: 'default-route', id: 'r', ifname: 'net1', gateways: [], deadlineMs: 1000 },
  state: 'attached',
};

function scope(records: readonly KnownRecord[], more: Partial<Survey> = {}, ...listed: readonly string[]) {
  const survey = { known: records, unreadable: [], hasNameless: false, errors: [], ...more };
  const { stale, valid, networks } = gcScope(listed.map(named), survey, nowMs);
  const names = valid.map(({ containerID, ifname }) => `${containerID}/${ifname}`);
  return { stale: stale.map(({ record }) => record.sandbox.containerId), valid: names, networks };
}

function named(text: string): { readonly containerID: string; readonly ifname: string } {
  const [containerID = '', ifname = ''] = text.split('/');
  return { containerID, ifname };
}

describe('what a GC collects', () => {
  it('is what is in nobody’s list, five minutes after its ADD, and never from the future', () => {
    const ages = [old, old + 1, nowMs + 1000, Number.NaN];
    const records = ages.map((createdAt, index) => known(`c${index}`, [stepOf('eth0')], { createdAt }));
    expect(scope(records).stale).toEqual(['c0']);
    expect(scope(records).valid).toEqual(['c1/eth0', 'c2/eth0', 'c3/eth0']);
    expect(scope(records, {}, 'c0/eth0').stale).toEqual([]);
  });

  it('is the oldest first, and leftovers last', () => {
    const teardown = { calls: 3, firstAt: 1, retries: 0, nextAt: 30_001 };
    const records = [
      known('parked', [stepOf('eth0', 'leftover')], { createdAt: old - 9, teardown }),
      known('young', [stepOf('eth0')], { createdAt: old - 1 }),
      known('older', [stepOf('eth0')], { createdAt: old - 5 }),
      known('oldest', [stepOf('eth0')], { createdAt: old - 7 }),
    ];
    expect(scope(records).stale).toEqual(['oldest', 'older', 'young', 'parked']);
    expect(scope([...records].reverse()).stale).toEqual(['oldest', 'older', 'young', 'parked']);
  });

  it.each([
    [
      'all of it is undone, and it stands for damaged bytes',
      [stepOf('eth0', 'pending')],
      { damaged: 'x' },
      false,
    ],
    ['something of damaged bytes is left', [stepOf('eth0')], { damaged: 'x' }, true],
    ['all of it is undone', [stepOf('eth0', 'pending')], {}, true],
    ['nothing but a spared attachment is left', [stepOf('net1', 'attached', true), route], {}, false],
    ['a spared one is undone', [stepOf('net1', 'pending', true)], {}, true],
    ['more than a spared one is left', [stepOf('eth0'), stepOf('net1', 'attached', true)], {}, true],
    ['the rest is undone', [stepOf('eth0', 'pending'), stepOf('net1', 'attached', true)], {}, false],
  ])('where %s', (_what, steps, more, isStale) => {
    expect(scope([known('c', steps, more)]).stale).toEqual(isStale ? ['c'] : []);
  });

  it('is no leftover of which a spared attachment is left', () => {
    const teardown = { calls: 3, firstAt: 1, retries: 0, nextAt: 30_001 };
    const steps = [stepOf('eth0', 'leftover'), stepOf('net1', 'leftover', true)];
    expect(scope([known('c', steps, { teardown })]).stale).toEqual([]);
  });
});

describe('what the delegates are told to leave alone', () => {
  it('is the list, everything of listed and young sandboxes, and what is spared of others', () => {
    const records = [
      known('a', [stepOf('eth0'), stepOf('net1'), route]),
      known('b', [stepOf('eth0'), stepOf('net2', 'attached', true)]),
    ];
    const { valid } = scope(records, { unreadable: [named('d/eth0')] }, 'a/eth0', 'x/eth0');
    expect(valid).toEqual(['a/eth0', 'x/eth0', 'a/net1', 'b/net2', 'd/eth0']);
  });

  it.each([
    ['all', {}, ['c/eth0']],
    ['default', {}, ['c/eth0', 'x/eth0']],
    ['default', {}, ['c/net1']],
    ['default', { unreadable: [named('d/eth0')] }, ['c/eth0']],
    ['none', { hasNameless: true }, ['c/eth0']],
  ])('and %s networks are asked, with %j and the list %j', (networks, more, listed) => {
    expect(scope([known('c', [stepOf('eth0')])], more, ...listed).networks).toBe(networks);
  });

  it('spares only delegates that say so', () => {
    expect([stepOf('a', 'attached', true), stepOf('a'), route].map(isSpared)).toEqual([true, false, false]);
  });
});
