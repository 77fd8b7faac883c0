import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Taint } from '../../../../src/operator/nodes/node-taints.ts';
import { taintDelays } from '../../../../src/operator/nodes/taint-decision.ts';
import { settle } from '../../../fakes/fake-clock.ts';
import { foreign, NodesScene, ours } from './nodes-scene.ts';

const { awayMs: graceMs, backMs } = taintDelays;

let scene: NodesScene;
beforeEach(() => {
  scene = new NodesScene();
});
afterEach(() => scene.stop());

/** A node with WeftNode, whose agent has gone just now. */
async function abandoned(name = 'a', ...taints: readonly Taint[]): Promise<void> {
  scene.node(name, ...taints);
  scene.agents.reported(name);
  scene.agents.came(`${name}-old`, name);
  await settle();
  scene.agents.went(`${name}-old`);
  await settle();
}

describe('NodeReconciler', () => {
  it('taints a node whose agent has been away for 30 s, and says so once', async () => {
    await abandoned('a', foreign);
    await scene.clock.pass(graceMs - 1);
    expect(scene.taints('a')).toEqual([foreign]);
    await scene.clock.pass(1);
    expect(scene.taints('a')).toEqual([foreign, ours]);
    const body = { metadata: { resourceVersion: '1' }, spec: { taints: [foreign, ours] } };
    expect(scene.lastPatch).toEqual({ kind: 'merge', body });
    await scene.clock.pass(600_000);
    expect(scene.writes).toBe(1);
    expect(scene.said).toHaveLength(1);
    expect(scene.said[0]).toMatchObject({
      type: 'Warning',
      reason: 'AgentAway',
      regarding: { apiVersion: 'v1', kind: 'Node', name: 'a', uid: 'uid-of-a' },
      note: expect.stringContaining('kubectl -n kube-system get pods'),
    });
    expect(scene.said[0]?.note).toContain('has not run here for 30 s');
    expect(scene.said[0]?.note.length).toBeLessThan(400);
  });

  it('takes the taint off once the agent has been back for 10 s, and says so once', async () => {
    await abandoned('a', foreign);
    await scene.clock.pass(graceMs);
    scene.agents.came('a-new', 'a');
    await scene.clock.pass(backMs - 1);
    expect(scene.taints('a')).toEqual([foreign, ours]);
    await scene.clock.pass(1);
    expect(scene.taints('a')).toEqual([foreign]);
    expect(scene.said.map(({ reason, type }) => `${reason} ${type}`)).toEqual([
      'AgentAway Warning',
      'AgentBack Normal',
    ]);
    await scene.clock.pass(600_000);
    expect(scene.writes).toBe(2);
  });

  it('writes once for an agent that ends soon after each start', async () => {
    await abandoned();
    await scene.clock.pass(graceMs);
    for (const pauseMs of [10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000]) {
      await scene.clock.pass(pauseMs);
      scene.agents.came('a-new', 'a');
      await scene.clock.pass(backMs - 1);
      scene.agents.went('a-new');
    }
    expect(scene.taints('a')).toEqual([ours]);
    expect(scene.writes).toBe(1);
    expect(scene.said.map(({ reason }) => reason)).toEqual(['AgentAway']);
  });

  it('writes nothing for an agent that is replaced within 30 s, and begins to count anew', async () => {
    await abandoned();
    await scene.clock.pass(graceMs - 1);
    scene.agents.came('a-new', 'a');
    await scene.clock.pass(60_000);
    scene.agents.went('a-new');
    await scene.clock.pass(graceMs - 1);
    expect(scene.writes).toBe(0);
    await scene.clock.pass(1);
    expect(scene.taints('a')).toEqual([ours]);
  });

  it('leaves a node alone on which two agents overlap during an upgrade', async () => {
    scene.node('a');
    scene.agents.reported('a');
    scene.agents.came('a-old', 'a');
    scene.agents.came('a-new', 'a');
    scene.agents.went('a-old');
    await scene.clock.pass(600_000);
    expect(scene.writes).toBe(0);
  });

  it('tries again after a conflict, with what somebody else has written', async () => {
    await abandoned();
    let others = 3;
    scene.meanwhile = () => {
      if (others === 0) return;
      others -= 1;
      scene.node('a', foreign);
    };
    await scene.clock.pass(graceMs + 1_000);
    expect(others).toBe(0);
    expect(scene.taints('a')).toEqual([foreign, ours]);
    expect(scene.writes).toBe(1);
  });

  it('decides by what it reads: an agent that is back, or a taint that is there, leaves nothing to write', async () => {
    await abandoned();
    scene.deaf = true;
    scene.node('a', ours);
    await scene.clock.pass(graceMs);
    expect([scene.reads, scene.writes]).toEqual([1, 0]);
    scene.deaf = false;
    await abandoned('b');
    scene.meanwhile = () => scene.agents.came('b-new', 'b');
    await scene.clock.pass(graceMs);
    expect(scene.taints('b')).toEqual([]);
    expect([scene.reads, scene.writes]).toEqual([2, 0]);
    expect(scene.said).toEqual([]);
  });

  it('removes only its own taint where it is switched off, at once, and counts on when it is on again', async () => {
    await abandoned('a', foreign);
    await scene.clock.pass(graceMs);
    await scene.switch(false);
    expect(scene.taints('a')).toEqual([foreign]);
    await scene.clock.pass(600_000);
    expect(scene.taints('a')).toEqual([foreign]);
    await scene.switch(true);
    expect(scene.taints('a')).toEqual([foreign, ours]);
    expect(scene.said.map(({ reason }) => reason)).toEqual(['AgentAway', 'AgentAway']);
  });

  it('leaves the taint as it is under a new leader while the agent is away, and adds none for 30 s', async () => {
    await abandoned('a');
    await scene.clock.pass(graceMs);
    await abandoned('b');
    await scene.clock.pass(graceMs - 1);
    expect(scene.writes).toBe(1);
    await scene.replace();
    scene.agents.came('another', 'c');
    for (const name of ['a', 'b']) scene.agents.reported(name);
    await scene.clock.pass(graceMs - 1);
    expect([scene.taints('a'), scene.taints('b')]).toEqual([[ours], []]);
    expect(scene.writes).toBe(1);
    await scene.clock.pass(1);
    expect([scene.taints('a'), scene.taints('b')]).toEqual([[ours], [ours]]);
  });

  it('leaves all nodes as they are where it has never seen an agent: it may look in the wrong place', async () => {
    await abandoned('a');
    await scene.clock.pass(graceMs);
    await scene.replace();
    scene.node('b');
    for (const name of ['a', 'b']) scene.agents.reported(name);
    await scene.clock.pass(600_000);
    expect([scene.taints('a'), scene.taints('b')]).toEqual([[ours], []]);
    scene.agents.came('another', 'c');
    await scene.clock.pass(graceMs - 1);
    expect(scene.taints('b')).toEqual([]);
    await scene.clock.pass(1);
    expect([scene.taints('a'), scene.taints('b')]).toEqual([[ours], [ours]]);
  });

  it('removes under a new leader the taint of a node whose agent has come meanwhile', async () => {
    await abandoned();
    await scene.clock.pass(graceMs);
    await scene.replace();
    scene.agents.reported('a');
    scene.agents.came('a-new', 'a');
    await scene.clock.pass(backMs - 1);
    expect(scene.taints('a')).toEqual([ours]);
    await scene.clock.pass(1);
    expect(scene.taints('a')).toEqual([]);
  });

  it('removes its taint when the WeftNode goes, without a word, and taints no node that has none', async () => {
    await abandoned('a', foreign);
    await scene.clock.pass(graceMs);
    scene.agents.forgotten('a');
    await settle();
    expect(scene.taints('a')).toEqual([foreign]);
    expect(scene.said.map(({ reason }) => reason)).toEqual(['AgentAway']);
    scene.node('b');
    scene.agents.came('b-old', 'b');
    scene.agents.went('b-old');
    await scene.clock.pass(600_000);
    expect(scene.taints('b')).toEqual([]);
  });

  it('taints nothing where WeftNodes and agents go together, as when weft is taken off', async () => {
    await abandoned();
    await scene.clock.pass(graceMs - 1);
    scene.agents.forgotten('a');
    await scene.clock.pass(600_000);
    expect(scene.writes).toBe(0);
  });

  it('takes a node that is gone for done', async () => {
    await abandoned();
    scene.lose('a');
    await scene.clock.pass(graceMs);
    await scene.clock.pass(600_000);
    expect(scene.writes).toBe(0);
    expect(scene.said).toEqual([]);
  });
});
