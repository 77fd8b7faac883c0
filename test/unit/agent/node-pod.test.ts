import { describe, expect, it } from 'vitest';
import { projectPod } from '../../../src/agent/sources/kube/node-pod.ts';
import type { RawObject } from '../../../src/kube/raw-object.ts';

const networks = 'k8s.v1.cni.cncf.io/networks';
const instead = 'v1.multus-cni.io/default-network';
const status = 'k8s.v1.cni.cncf.io/network-status';

function pod(metadata: object = {}, rest: object = {}): RawObject {
  return {
    metadata: { name: 'web', namespace: 'shop', uid: 'u-1', resourceVersion: '7', ...metadata },
    ...rest,
  };
}

describe('what is kept of a pod', () => {
  it('is its identity and the annotations that decide', () => {
    const annotations = { [networks]: 'a,b', [instead]: 'c', [status]: '[]', other: 'x'.repeat(10_000) };
    expect(projectPod(pod({ annotations }))).toEqual({
      namespace: 'shop',
      name: 'web',
      uid: 'u-1',
      runtimeUid: 'u-1',
      annotations: { [networks]: 'a,b', [instead]: 'c' },
      networkStatus: '[]',
      condition: undefined,
      hostNetwork: false,
      started: false,
      finished: false,
      deleting: false,
    });
  });

  it('has the uid that the runtime has of a static pod', () => {
    const annotations = { 'kubernetes.io/config.hash': 'hash' };
    expect(projectPod(pod({ annotations }))).toMatchObject({
      uid: 'u-1',
      runtimeUid: 'hash',
      annotations: {},
    });
  });

  it.each([
    ['a container runs', { containerStatuses: [{}, { state: { running: {} } }] }, true],
    ['an init container runs', { initContainerStatuses: [{ state: { running: {} } }] }, true],
    [
      'it crashed and is tried again',
      { containerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] },
      true,
    ],
    [
      'its sandbox is being made',
      { containerStatuses: [{ state: { waiting: { reason: 'ContainerCreating' } } }] },
      false,
    ],
    [
      'what the boot before left',
      { containerStatuses: [{ containerID: 'containerd://1', state: { terminated: {} } }] },
      false,
    ],
    ['none has', { containerStatuses: [{}], initContainerStatuses: [] }, false],
    ['lists are null', { containerStatuses: null, conditions: null }, false],
  ])('says whether it has started: %s', (_, podStatus, started) => {
    expect(projectPod(pod({}, { status: podStatus }))).toMatchObject({ started });
  });

  it.each([
    ['Pending', false],
    ['Running', false],
    ['Succeeded', true],
    ['Failed', true],
  ])('says of phase %s whether it is over', (phase, finished) => {
    expect(projectPod(pod({}, { status: { phase } }))).toMatchObject({ finished });
  });

  it('says whether it is being deleted, and whether it has the network of the host', () => {
    const deleting = { deletionTimestamp: '2026-01-01T00:00:00Z' };
    expect(projectPod(pod(deleting, { spec: { hostNetwork: true } }))).toMatchObject({
      deleting: true,
      hostNetwork: true,
    });
  });

  it("has weft's own condition and no other", () => {
    const conditions = [
      { type: 'Ready', status: 'True' },
      { type: 'weft.dev/NetworksReady', status: 'False', reason: 'NetworkNotFound', lastProbeTime: null },
    ];
    expect(projectPod(pod({}, { status: { conditions } })).condition).toEqual({
      status: 'False',
      reason: 'NetworkNotFound',
      message: '',
      lastTransitionTime: '',
    });
  });
});
