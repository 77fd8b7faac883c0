import { describe, expect, it } from 'vitest';
import type { NodePod } from '../../../src/agent/sources/kube/node-pod.ts';
import { isAttachedByOthers } from '../../../src/agent/status/attached-by-others.ts';

const condition = { status: 'True', reason: 'Attached', message: '', lastTransitionTime: '' };
const pod = (more: Partial<NodePod>): NodePod => ({
  namespace: 'default',
  name: 'a',
  uid: 'uid',
  runtimeUid: 'uid',
  annotations: {},
  networkStatus: undefined,
  condition: undefined,
  hostNetwork: false,
  started: true,
  finished: false,
  deleting: false,
  ...more,
});

describe('a pod that another meta-plugin attached', () => {
  it('is one with a network-status about which weft has never said anything', () => {
    const networkStatus = '[{"name":"pods","interface":"eth0","default":true,"dns":{}}]';
    expect(isAttachedByOthers(pod({ networkStatus }))).toBe(true);
    expect(isAttachedByOthers(pod({ networkStatus, condition }))).toBe(false);
  });

  it.each([undefined, '', '[]', '{}', 'nonsense', 'null'])(
    'is none with the network-status %j',
    (networkStatus) => {
      expect(isAttachedByOthers(pod({ networkStatus }))).toBe(false);
    },
  );
});
