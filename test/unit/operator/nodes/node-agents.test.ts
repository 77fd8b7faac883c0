import { beforeEach, describe, expect, it } from 'vitest';
import { NodeAgents } from '../../../../src/operator/nodes/node-agents.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

let clock: FakeClock;
let agents: NodeAgents;
beforeEach(() => {
  clock = new FakeClock();
  agents = new NodeAgents(clock);
});

describe('NodeAgents', () => {
  it('counts from the first agent on that it sees anywhere: before, it may have looked in the wrong place', async () => {
    agents.reported('a');
    agents.reported('b');
    agents.allKnown();
    await clock.pass(600_000);
    expect(agents.seen).toBe(false);
    expect([...agents.away()]).toEqual(['a', 'b']);
    const told: string[] = [];
    agents.onChange((node) => told.push(node));
    agents.came('kube-system/one', 'b');
    expect(agents.seen).toBe(true);
    expect([...agents.away()]).toEqual(['a']);
    expect(agents.awaySince('a')).toBe(clock.monotonic());
    expect(told).toContain('a');
    agents.went('kube-system/one');
    expect(agents.seen).toBe(true);
  });

  it('knows of none that it is away before all agents were told, and counts from then on', async () => {
    agents.reported('a');
    agents.reported('b');
    await clock.pass(60_000);
    expect(agents.awaySince('a')).toBeUndefined();
    agents.came('kube-system/one', 'b');
    agents.allKnown();
    expect(agents.awaySince('a')).toBe(clock.monotonic());
    expect([...agents.away()]).toEqual(['a']);
  });

  it('takes a node for none of weft\u2019s while it has no WeftNode', async () => {
    agents.allKnown();
    agents.came('kube-system/one', 'a');
    agents.went('kube-system/one');
    expect(agents.isReported('a')).toBe(false);
    expect(agents.awaySince('a')).toBeUndefined();
    agents.reported('a');
    expect(agents.awaySince('a')).toBe(clock.monotonic());
    await clock.pass(10_000);
    agents.forgotten('a');
    expect(agents.awaySince('a')).toBeUndefined();
    agents.reported('a');
    expect(agents.awaySince('a')).toBe(clock.monotonic());
  });

  it('has an agent on a node as long as one of two is there, whichever goes first', () => {
    agents.allKnown();
    agents.reported('a');
    for (const [first, second] of [
      ['old', 'new'],
      ['new', 'old'],
    ] as const) {
      agents.came('old', 'a');
      agents.came('new', 'a');
      agents.came('new', 'a');
      agents.went(first);
      agents.went(first);
      expect(agents.awaySince('a')).toBeUndefined();
      agents.went(second);
      expect(agents.awaySince('a')).toBe(clock.monotonic());
    }
  });

  it('keeps the time at which one went first, and begins anew when it was there in between', async () => {
    agents.allKnown();
    agents.came('other', 'z');
    agents.reported('a');
    const since = clock.monotonic();
    await clock.pass(5_000);
    agents.reported('a');
    agents.went('nobody');
    expect(agents.awaySince('a')).toBe(since);
    agents.came('one', 'a');
    agents.went('one');
    expect(agents.awaySince('a')).toBe(since + 5_000);
  });

  it('says since when one has been there without a break, with a WeftNode or without', async () => {
    expect(agents.thereSince('a')).toBeUndefined();
    agents.came('old', 'a');
    const since = clock.monotonic();
    await clock.pass(5_000);
    agents.came('new', 'a');
    agents.went('old');
    agents.reported('a');
    agents.allKnown();
    expect(agents.thereSince('a')).toBe(since);
    agents.went('new');
    expect(agents.thereSince('a')).toBeUndefined();
    agents.came('new', 'a');
    expect(agents.thereSince('a')).toBe(since + 5_000);
  });

  it('follows a pod of the same name to another node, and tells of both', () => {
    agents.allKnown();
    const told: string[] = [];
    agents.reported('a');
    agents.reported('b');
    agents.came('one', 'a');
    agents.onChange((node) => told.push(node));
    agents.came('one', 'b');
    expect(told).toEqual(['a', 'b']);
    expect([...agents.away()]).toEqual(['a']);
  });
});
