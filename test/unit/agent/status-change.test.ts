import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NodePod } from '../../../src/agent/sources/kube/node-pod.ts';
import {
  failedVerdict,
  mustBeAttached,
  networksOf,
  notAttachedVerdict,
} from '../../../src/agent/status/networks-ready.ts';
import {
  attachedStatus,
  patchBody,
  type StatusInApi,
  statusChange,
  type WantedStatus,
} from '../../../src/agent/status/status-change.ts';

const now = Date.UTC(2026, 10, 21, 12, 0, 0, 999);
const own = JSON.stringify([{ name: 'cluster', interface: 'eth0', default: true }]);
const failed: WantedStatus = {
  own: undefined,
  verdict: failedVerdict({ reason: 'NetworkNotFound', message: 'network a: no' }),
};

/** What the API has after a change. */
function applied(
  found: StatusInApi | undefined,
  wanted: WantedStatus,
  at: number = now,
): StatusInApi | undefined {
  const change = statusChange(wanted, found, at);
  const condition = change?.condition && {
    lastTransitionTime: '',
    ...found?.condition,
    ...change.condition,
  };
  const hashes = change?.hashes === undefined ? found?.networkHashes : (change.hashes ?? undefined);
  return {
    networkStatus: change?.annotation ?? found?.networkStatus,
    ...(hashes !== undefined && { networkHashes: hashes }),
    condition: condition ?? found?.condition,
  };
}

describe('the change of a status', () => {
  it('is both annotation and condition for a pod that has neither', () => {
    expect(statusChange(attachedStatus(own), undefined, now)).toEqual({
      annotation: own,
      condition: {
        status: 'True',
        reason: 'Attached',
        message: 'attached: eth0',
        lastTransitionTime: '2026-11-21T12:00:00Z',
      },
    });
  });

  it('is the annotation alone, or the condition alone, where the other is right', () => {
    const right = applied(undefined, attachedStatus(own));
    expect(statusChange(attachedStatus(own), { ...right, networkStatus: '[]' } as StatusInApi, now)).toEqual({
      annotation: own,
    });
    const condition = { ...right?.condition, message: 'else' } as StatusInApi['condition'];
    expect(statusChange(attachedStatus(own), { networkStatus: own, condition }, now)).toEqual({
      condition: { status: 'True', reason: 'Attached', message: 'attached: eth0' },
    });
  });

  it('leaves the annotation of a pod whose ADD failed [NPWG-337]', () => {
    expect(statusChange(failed, { networkStatus: 'whatever', condition: undefined }, now)).toEqual({
      condition: { ...failed.verdict, lastTransitionTime: '2026-11-21T12:00:00Z' },
    });
  });

  it('has the hashes of the networks, and takes those of an earlier sandbox away', () => {
    const hashes = '{"ns1/net-a":"0123456789abcdef"}';
    const right = applied(undefined, attachedStatus(own, hashes));
    expect(right?.networkHashes).toBe(hashes);
    expect(statusChange(attachedStatus(own, '{}'), right, now)).toEqual({ hashes: '{}' });
    expect(statusChange(attachedStatus(own), right, now)).toEqual({ hashes: null });
    expect(patchBody('u', { annotation: '[]', hashes })).toEqual({
      metadata: {
        uid: 'u',
        annotations: { 'k8s.v1.cni.cncf.io/network-status': '[]', 'weft.dev/network-hashes': hashes },
      },
    });
    expect(statusChange(failed, right, now)).not.toHaveProperty('hashes');
  });

  it('moves the time of the condition only with its status', () => {
    const first = applied(undefined, attachedStatus(own));
    const later = applied(first, failed, now + 60_000);
    expect(later?.condition?.lastTransitionTime).toBe('2026-11-21T12:01:00Z');
    const other = failedVerdict({ reason: 'PluginMissing', message: 'no macvlan' });
    const last = applied(later, { own: undefined, verdict: other }, now + 120_000);
    expect(last?.condition).toEqual({ ...other, lastTransitionTime: '2026-11-21T12:01:00Z' });
  });

  it('is none for whatever was reached by a change', () => {
    const text = fc.oneof(fc.constantFrom('', '[]', own, 'True', 'False'), fc.string());
    const condition = fc.option(
      fc.record({ status: text, reason: text, message: text, lastTransitionTime: text }),
      { nil: undefined },
    );
    const found: fc.Arbitrary<StatusInApi> = fc.record(
      { networkStatus: fc.option(text, { nil: undefined }), condition, networkHashes: text },
      { requiredKeys: ['networkStatus', 'condition'] },
    );
    const some = fc.constantFrom(failed, attachedStatus(own), attachedStatus(own, '{"a/b":"0"}'));
    fc.assert(
      fc.property(found, some, (before, wanted) => {
        expect(statusChange(wanted, applied(before, wanted), now + 1)).toBeUndefined();
      }),
    );
  });

  it('as a patch names the uid and nothing but what changes', () => {
    expect(patchBody('u', { annotation: '[]' })).toEqual({
      metadata: { uid: 'u', annotations: { 'k8s.v1.cni.cncf.io/network-status': '[]' } },
    });
    expect(patchBody('u', { condition: failed.verdict })).toEqual({
      metadata: { uid: 'u' },
      status: { conditions: [{ type: 'weft.dev/NetworksReady', ...failed.verdict }] },
    });
  });
});

const pod: NodePod = {
  namespace: 'ns1',
  name: 'pod-a',
  uid: 'u',
  runtimeUid: 'u',
  annotations: { 'k8s.v1.cni.cncf.io/networks': 'net-a' },
  networkStatus: undefined,
  condition: undefined,
  hostNetwork: false,
  started: true,
  finished: false,
  deleting: false,
};

function asking(text: string): NodePod {
  return { ...pod, annotations: { 'k8s.v1.cni.cncf.io/networks': text } };
}

describe('the verdicts', () => {
  it('are under 300 characters and have a reason that the API takes, whatever the annotation or a plugin says', () => {
    const texts = fc.oneof(fc.string(), fc.string({ minLength: 300, maxLength: 600 }));
    fc.assert(
      fc.property(texts, texts, (left, right) => {
        const verdicts = [
          failedVerdict({ reason: left, message: right }),
          notAttachedVerdict(asking(left)),
          attachedStatus(JSON.stringify([{ name: left, interface: right }])).verdict,
        ];
        for (const { reason, message } of verdicts) {
          expect(message.length).toBeLessThan(300);
          expect(reason).toMatch(/^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/);
        }
      }),
    );
  });

  it('a pod must be attached where it runs and its annotation names a network, or breaks the grammar', () => {
    expect(mustBeAttached(pod)).toBe(true);
    expect(mustBeAttached(asking('a b c ///'))).toBe(true);
    for (const text of ['', '[]']) expect(mustBeAttached(asking(text))).toBe(false);
    expect(mustBeAttached({ ...pod, annotations: {} })).toBe(false);
    expect(mustBeAttached({ ...pod, annotations: { 'v1.multus-cni.io/default-network': 'fast' } })).toBe(
      true,
    );
    for (const less of [{ hostNetwork: true }, { started: false }, { finished: true }, { deleting: true }]) {
      expect(mustBeAttached({ ...pod, ...less })).toBe(false);
    }
  });

  it('networks are named with their namespace', () => {
    expect(networksOf(asking('net-a, b/c@x0'))).toBe('ns1/net-a, b/c');
    expect(networksOf(asking('///'))).toBeUndefined();
  });
});
