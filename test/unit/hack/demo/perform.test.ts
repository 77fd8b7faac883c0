import { describe, expect, it } from 'vitest';
import { ClusterError } from '../../../../hack/cluster/cluster-error.ts';
import { perform } from '../../../../hack/demo/perform.ts';
import { keptStage } from './screen-output.ts';

describe('a demo whose claims hold', () => {
  it('ends with 0 and a tick for each', async () => {
    const { stage, text } = keptStage();
    const status = await perform(stage, async () => {
      stage.claim('water is wet', true);
      stage.claimSame('both are equal', ['a', 'b'], ['a', 'b']);
    });
    expect(status).toBe(0);
    expect(text()).toBe('  ✓ water is wet\n  ✓ both are equal\n');
    expect(stage.summary()).toMatch(/^2 claims checked in \d+\.\d s$/);
  });
});

describe('a demo with a claim that does not hold', () => {
  it('ends with 1, says what was expected and what was seen, and goes no further', async () => {
    const { stage, text } = keptStage();
    const status = await perform(stage, async () => {
      stage.claim('red pings blue', false, 'no answer', 'an answer');
      stage.say('never said');
    });
    expect(status).toBe(1);
    expect(text()).toBe('\n✗ not true: red pings blue\n  expected: an answer\n  seen: no answer\n');
  });

  it('shows lists that differ, and those that only have another order', async () => {
    for (const seen of [['a'], ['b', 'a'], ['a', 'b', 'c'], []]) {
      const { stage, text } = keptStage();
      expect(await perform(stage, async () => stage.claimSame('equal', seen, ['a', 'b']))).toBe(1);
      expect(text()).toContain('expected: [\n    "a",\n    "b"\n  ]');
      expect(text()).not.toContain('✓');
    }
  });
});

describe('a demo that cannot go on', () => {
  it('ends with 1 and the reason, without a stack trace', async () => {
    const { stage, text } = keptStage();
    expect(await perform(stage, () => Promise.reject(new ClusterError('no room')))).toBe(1);
    expect(text()).toBe('\n✗ no room\n');
  });

  it('says so where the fault is its own', async () => {
    const { stage, text } = keptStage();
    const play = async (): Promise<void> => {
      JSON.parse('{');
    };
    expect(await perform(stage, play)).toBe(1);
    expect(text()).toMatch(/^\n✗ the demo itself failed: SyntaxError: .*\n$/);
  });
});
