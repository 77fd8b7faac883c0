import { describe, expect, it } from 'vitest';
import type { RawObject } from '../../../../src/kube/raw-object.ts';
import { podProjection } from '../../../../src/operator/sources/watched-pod.ts';

const labels = { 'app.kubernetes.io/name': 'weft', 'app.kubernetes.io/component': 'agent' };
const project = podProjection('kube-system');
const running = { running: { startedAt: '2026-01-01T00:00:00Z' } };

interface Parts {
  readonly metadata?: object;
  readonly spec?: object;
  readonly status?: object;
}

/** An agent's pod as it is when all is well, but for what is given. */
function agent({ metadata, spec, status }: Parts = {}): RawObject {
  return {
    metadata: {
      name: 'weft-agent-x',
      namespace: 'kube-system',
      uid: 'u',
      resourceVersion: '1',
      labels,
      ...metadata,
    },
    spec: { nodeName: 'node1', hostNetwork: true, ...spec },
    status: { phase: 'Running', containerStatuses: [{ name: 'agent', state: running }], ...status },
  };
}

describe('the projection of pods', () => {
  it('keeps of an agent that works its node, and nothing that makes it a user of networks', () => {
    expect(project(agent())).toEqual({ agentOf: 'node1' });
    const annotations = { 'k8s.v1.cni.cncf.io/networks': 'lan' };
    expect(project(agent({ metadata: { annotations } }))).toEqual({ agentOf: 'node1' });
    expect(podProjection('weft')(agent({ metadata: { namespace: 'weft' } }))).toEqual({ agentOf: 'node1' });
  });

  it('keeps of one that runs and is not Ready the same: whoever brings the default network may have to come first', () => {
    const conditions = [{ type: 'Ready', status: 'False' }];
    expect(project(agent({ status: { conditions } }))).toEqual({ agentOf: 'node1' });
  });

  it.each<[string, Parts]>([
    ['in another namespace', { metadata: { namespace: 'tenant' } }],
    ['without the label of weft', { metadata: { labels: { 'app.kubernetes.io/component': 'agent' } } }],
    [
      'of another component',
      { metadata: { labels: { ...labels, 'app.kubernetes.io/component': 'operator' } } },
    ],
    ['without labels', { metadata: { labels: undefined } }],
    ['that is being deleted', { metadata: { deletionTimestamp: '2026-01-01T00:00:00Z' } }],
    ['that has failed', { status: { phase: 'Failed' } }],
    ['that has succeeded', { status: { phase: 'Succeeded' } }],
    ['whose container waits', { status: { containerStatuses: [{ state: { waiting: {} } }] } }],
    ['whose container has ended', { status: { containerStatuses: [{ state: { terminated: {} } }] } }],
    ['of whose container nothing is known', { status: { containerStatuses: [{}] } }],
    ['without a container yet', { status: { containerStatuses: [] } }],
    ['without a status', { status: { containerStatuses: undefined } }],
    ['without a node', { spec: { nodeName: undefined } }],
  ])('takes no pod for an agent %s', (_, parts) => {
    expect(project(agent(parts))).toBeUndefined();
  });

  it('counts a pod with the labels that is not in the host\u2019s network as a user of networks, and as no agent', () => {
    const annotations = { 'k8s.v1.cni.cncf.io/networks': 'lan' };
    expect(project(agent({ metadata: { annotations }, spec: { hostNetwork: false } }))).toEqual({
      ...{ namespace: 'kube-system', name: 'weft-agent-x', uid: 'u', node: 'node1' },
      annotations,
    });
  });
});
