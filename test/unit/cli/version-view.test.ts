import { describe, expect, it } from 'vitest';
import { operatorVersion, versionText, versionView } from '../../../src/cli/version/version-view.ts';

function image(text: string, phase = 'Running'): string | undefined {
  const containers = [
    { name: 'other', image: 'other:9.9.9' },
    { name: 'operator', image: text },
  ];
  const pod = { metadata: { name: 'o', resourceVersion: '1' }, spec: { containers }, status: { phase } };
  return operatorVersion(pod)?.version;
}

describe('versionView', () => {
  it('counts what runs which version', () => {
    const view = versionView('0.2.0', ['0.2.0', '0.2.0'], ['0.2.0', '0.1.3', '0.2.0']);
    expect(view).toEqual({
      client: '0.2.0',
      operator: [{ version: '0.2.0', count: 2 }],
      agents: [
        { version: '0.1.3', count: 1 },
        { version: '0.2.0', count: 2 },
      ],
      skew: [],
    });
    expect(versionText(view)).toBe(
      'Client Version: 0.2.0\nOperator Version: 0.2.0 (2 replicas)\nAgent Version: 0.1.3 (1 node), 0.2.0 (2 nodes)\n',
    );
  });

  it('tells what is not there from what may not be read', () => {
    expect(versionText(versionView('0.1.0', [], undefined))).toContain(
      'Operator Version: none\nAgent Version: unknown\n',
    );
  });

  it.each([
    ['0.1.0', ['0.2.0'], ['0.2.9']],
    ['1.4.0-rc.1', ['v1.5.0'], ['1.4.7', '1.5.0']],
    ['0.1.0', ['unknown'], ['latest']],
    ['0.1.0', undefined, undefined],
  ])('takes one minor version apart: %s, %j, %j', (client, operator, agents) => {
    expect(versionView(client, operator, agents).skew).toEqual([]);
  });

  it.each([
    ['0.1.0', ['0.3.0'], ['0.2.0'], 'client 0.1.0 and operator 0.3.0'],
    ['0.2.0', ['0.2.0'], ['0.1.0', '0.3.0'], 'agents 0.1.0 and 0.3.0'],
    ['0.9.0', [], ['1.0.0'], 'client 0.9.0 and agents 1.0.0'],
    ['0.2.0', ['0.1.0'], ['0.3.0'], 'operator 0.1.0 and agents 0.3.0'],
  ])('complains where it is more: %s, %j, %j', (client, operator, agents, words) => {
    const { skew } = versionView(client, operator, agents);
    expect(skew).toHaveLength(1);
    expect(skew[0]).toContain(words);
  });

  it("finds the operator's version in the tag of its image", () => {
    expect(image('registry.example:5000/weft:0.1.0')).toBe('0.1.0');
    expect(image('weft:0.1.0@sha256:abc')).toBe('0.1.0');
    expect(image('registry.example:5000/weft')).toBe('unknown');
    expect(image('weft@sha256:abc')).toBe('unknown');
    expect(image('weft:0.1.0', 'Failed')).toBeUndefined();
  });
});
