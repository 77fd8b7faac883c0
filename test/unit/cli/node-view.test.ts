import { describe, expect, it } from 'vitest';
import { listedNode, type NodeView, nodeViews, reportedNode } from '../../../src/cli/nodes/node-view.ts';
import type { RawObject } from '../../../src/kube/raw-object.ts';

function node(name: string, spec: object = {}): RawObject {
  return { metadata: { name, resourceVersion: '1', creationTimestamp: '2026-01-01T00:00:00Z' }, spec };
}

function condition(type: string, status: string, reason: string): object {
  return { type, status, reason, message: `${reason}.`, lastTransitionTime: '2026-01-01T00:00:00Z' };
}

function report(name: string, ...conditions: readonly object[]): RawObject {
  return {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftNode',
    metadata: { name, resourceVersion: '1', creationTimestamp: '2026-02-01T00:00:00Z' },
    status: { version: '0.1.0', defaultNetwork: { name: 'cbr0', source: '/x' }, conditions },
  };
}

function views(nodes: readonly RawObject[] | undefined, reports: readonly RawObject[]): readonly NodeView[] {
  return nodeViews(nodes?.map(listedNode), reports.map(reportedNode));
}

describe('nodeViews', () => {
  it('shows every node by name, also those without an agent, and reports without a node', () => {
    const shown = views(
      [node('b'), node('a')],
      [report('b', condition('Ready', 'True', 'Ready')), report('z')],
    );
    expect(shown.map(({ name, version, ready, reason }) => [name, version, ready, reason])).toEqual([
      ['a', '', '', 'NotReported'],
      ['b', '0.1.0', 'True', 'Ready'],
      ['z', '0.1.0', '', 'NotReported'],
    ]);
    expect(shown[1]).toMatchObject({ defaultNetwork: 'cbr0', created: '2026-01-01T00:00:00Z' });
    expect(views(undefined, [report('b')]).map(({ name }) => name)).toEqual(['b']);
  });

  it('says what is odd where the node is ready, and why it is not where it is not', () => {
    const degraded = condition('Degraded', 'True', 'LeftoversRemain');
    const [ready, not] = views(undefined, [
      report('a', condition('Ready', 'True', 'Ready'), degraded),
      report('b', condition('Ready', 'False', 'NoDefaultNetwork'), degraded),
    ]);
    expect(ready).toMatchObject({ ready: 'True', reason: 'LeftoversRemain' });
    expect(not).toMatchObject({ ready: 'False', reason: 'NoDefaultNetwork', message: 'NoDefaultNetwork.' });
  });

  it('does not believe what an agent said that is away now', () => {
    const taints = [{ key: 'weft.dev/agent-away', effect: 'NoSchedule' }];
    const [view] = views([node('a', { taints })], [report('a', condition('Ready', 'True', 'Ready'))]);
    expect(view).toMatchObject({ ready: 'Unknown', reason: 'AgentAway' });
  });

  it('names what is wrong with an object that cannot be read', () => {
    const broken = { ...report('a'), status: { version: 7 } };
    const [view] = views(undefined, [broken]);
    expect(view).toMatchObject({ name: 'a', ready: 'Unknown', reason: 'InvalidObject' });
    expect(view?.message).toContain('version');
  });
});
