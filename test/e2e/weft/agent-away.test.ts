import { describe, expect, it } from 'vitest';
import { agentsReady } from '../../../hack/deploy/agent-pods.ts';
import { sleep } from '../../harness/run.ts';
import { chance, seed } from '../chance.ts';
import { long } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { agentPids, allowAgents, killAgent, replaceAgent, startAgents, stopAgents } from './agent-control.ts';
import { attachedPod, attachedPods, expectAttached } from './attached-pod.ts';
import { networkedPod, withoutNetworks } from './networked-pod.ts';
import { allThree } from './networks.ts';
import { weftSuite } from './weft-suite.ts';

/** Of the issue: a pod that waited runs this soon after the agent's return. */
const returnMs = 20_000;
const starts = long ? 100 : 20;
const enoughKills = long ? 40 : 8;

const suite = weftSuite('agent-away');

/** Messages of the pod's events of that reason. */
async function events(pod: string, reason: string): Promise<readonly string[]> {
  const { items } = JSON.parse(
    await suite.kube.kubectl(
      ...['get', 'events', '--output=json'],
      `--field-selector=involvedObject.name=${pod},reason=${reason}`,
    ),
  ) as { items: { message: string }[] };
  return items.map((event) => event.message);
}

/** The `reason` for which the container of a pod waits. */
function waitingFor(pod: string): Promise<string> {
  const path = '{.status.containerStatuses[0].state.waiting.reason}';
  return suite.kube.kubectl('get', 'pod', pod, `--output=jsonpath=${path}`);
}

describe('a pod that starts while the agent is away', () => {
  it('waits with an event that names the agent and the remedy, and runs soon after the return', async () => {
    await stopAgents(suite.cluster);
    try {
      await suite.kube.apply(networkedPod('waits', { networks: allThree, node: 'node1' }));
      const messages = await eventually('the event', 30_000, async () => {
        const seen = await events('waits', 'FailedCreatePodSandBox');
        if (seen.length === 0) throw new Error('no event yet');
        return seen;
      });
      expect(messages[0]).toContain('weft-agent');
      expect(messages[0]).toContain('check that weft-agent runs on this node');
      expect(await waitingFor('waits')).toBe('ContainerCreating');
      expect(await suite.leftovers()).toEqual([]);
      await allowAgents(suite.cluster);
      await eventually('the agent', 60_000, async () => {
        if (agentPids(suite.cluster, suite.cluster.node('node1')).length === 0)
          throw new Error('no process yet');
      });
    } catch (error) {
      await startAgents(suite.cluster);
      throw error;
    }
    const returned = performance.now();
    await suite.kube.untilReady('waits');
    const ms = performance.now() - returned;
    process.stdout.write(`Running ${(ms / 1000).toFixed(1)} s after the agent's return\n`);
    expect(ms).toBeLessThan(returnMs);
    await expectAttached(suite.kube, 'waits');
    await agentsReady(suite.cluster, 60_000);
    await suite.kube.kubectl('delete', 'pod', 'waits');
    expect(await suite.leftovers()).toEqual([]);
  });
});

describe('pods that start while the agent is killed again and again', () => {
  it('would be seen if they started without their networks', async () => {
    await suite.kube.apply(networkedPod('bare', { demands: ['net1'] }));
    const pod = await eventually('the end of the pod', 30_000, async () => {
      const seen = await attachedPod(suite.kube, 'bare');
      if (seen.status.phase !== 'Failed') throw new Error(seen.status.phase);
      return seen;
    });
    expect(pod.status.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(withoutNetworks);
    await suite.kube.kubectl('delete', 'pod', 'bare');
  });

  it(`run with all their networks or not at all: ${starts} starts`, {
    timeout: 180_000 + starts * 5_000,
  }, async () => {
    const pods = Array.from({ length: starts }, (_, index) => `pod${index}`);
    const labels = { app: 'killed' };
    await suite.kube.apply(...pods.map((name) => networkedPod(name, { networks: allThree, labels })));
    const kills = await killAgents(pods.length);
    process.stdout.write(
      `${kills} agents were killed while ${pods.length} pods started: WEFT_SEED=${seed}\n`,
    );
    expect(kills).toBeGreaterThanOrEqual(4);
    await agentsReady(suite.cluster, 90_000);
    await suite.kube.kubectl(
      'wait',
      'pods',
      '--selector=app=killed',
      '--for=condition=Ready',
      '--timeout=110s',
    );
    for (const name of pods) await expectAttached(suite.kube, name);
    // Not all at once: their rules go one after the other, and this is about starts.
    for (let first = 0; first < pods.length; first += 20) {
      await suite.kube.kubectl('delete', 'pod', ...pods.slice(first, first + 20), '--timeout=90s');
    }
    expect(await suite.leftovers()).toEqual([]);
  });
});

/** So long it takes a new agent to be there on a machine that is busy. */
const comesMs = 8_000;

/** Kills the agents at random moments until all pods run or it has been enough. Resolves with how often it did. */
async function killAgents(wanted: number): Promise<number> {
  const moments = chance();
  const replaced = new Map<string, number>();
  const deadline = performance.now() + 10_000 * enoughKills;
  for (let kills = 0; ; ) {
    for (const node of suite.cluster.nodes) {
      if (killAgent(suite.cluster, node)) kills += 1;
      else if (performance.now() > (replaced.get(node.name) ?? 0) + comesMs) {
        // kubelet starts a killed container again at once the first time only.
        await replaceAgent(suite.cluster, node);
        replaced.set(node.name, performance.now());
      }
    }
    const phases = (await attachedPods(suite.kube, 'app=killed')).map((pod) => pod.status.phase);
    expect(phases).not.toContain('Failed');
    const all = phases.filter((phase) => phase === 'Running').length === wanted;
    if (all || kills >= enoughKills || performance.now() > deadline) return kills;
    // Now before it answers, now in the middle of its work.
    await sleep(200 + 2_000 * moments.next().value);
  }
}
