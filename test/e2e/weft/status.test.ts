import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { agentDaemonSet, agentNamespace, agentsReady } from '../../../hack/deploy/agent-pods.ts';
import { sleep } from '../../harness/run.ts';
import { long } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { agentPids, killAgent, startAgents, stopAgents } from './agent-control.ts';
import { networkedPod } from './networked-pod.ts';
import { notReadyEvents, type Readiness, readiness, untilReadiness } from './readiness.ts';
import { StatusRecorder } from './status-recorder.ts';
import { weftSuite } from './weft-suite.ts';

const suite = weftSuite('status');

let recorders: readonly StatusRecorder[] = [];
beforeAll(async () => {
  recorders = await Promise.all(suite.cluster.nodes.map((node) => StatusRecorder.put(node)));
}, 60_000);
afterAll(async () => {
  await Promise.all(recorders.map((recorder) => recorder.remove()));
}, 60_000);

/** Resolves when the runtime of every node has asked STATUS so often again. */
async function askedAgain(times: number): Promise<void> {
  const before = recorders.map(({ asked }) => asked);
  await eventually('STATUS', 60_000, async () => {
    for (const [index, recorder] of recorders.entries()) {
      const more = recorder.asked - (before[index] ?? 0);
      if (more < times) throw new Error(`node ${index + 1} was asked ${more} times`);
    }
  });
}

/** What containerd made of our configuration. */
async function chosenVersion(node: ClusterNode): Promise<unknown> {
  const { cniconfig } = JSON.parse(await node.exec(['crictl', 'info'])) as {
    cniconfig: { Networks: { Config: { Name: string; CNIVersion: string } }[] };
  };
  return cniconfig.Networks.find(({ Config }) => Config.Name === 'weft')?.Config.CNIVersion;
}

/**
 * Watches the Ready conditions all the time that `work` takes, and gives every status but True that it saw. What comes and
 * goes between two looks is in the time of the condition's last change, and in the events.
 */
async function whileWatching(work: () => Promise<void>): Promise<readonly string[]> {
  const seen: string[] = [];
  const state = { ended: false };
  const watch = async (): Promise<void> => {
    while (!state.ended) {
      for (const [node, { status, message }] of await readiness(suite.cluster))
        if (status !== 'True') seen.push(`${node}: ${status} ${message}`);
      await sleep(1_000);
    }
  };
  const watching = watch();
  try {
    await work();
  } finally {
    state.ended = true;
    await watching;
  }
  return seen;
}

const taint = 'weft.dev/agent-away';

/** Resolves when that many nodes have the taint. */
async function untilTainted(nodes: number): Promise<void> {
  await eventually(`the taint of ${nodes} nodes`, 90_000, async () => {
    const list = await suite.cluster.kubectl(['get', 'nodes', '--output=json']);
    const { items } = JSON.parse(list) as { items: { spec: { taints?: { key: string }[] } }[] };
    const tainted = items.filter(({ spec }) => spec.taints?.some(({ key }) => key === taint)).length;
    if (tainted !== nodes) throw new Error(`${tainted} have it`);
  });
}

/** The agents are away: the scheduler keeps a new pod from the nodes. The pod is called `kept`. */
async function keepsPodAway(): Promise<void> {
  await untilTainted(suite.cluster.nodes.length);
  await suite.kube.apply(networkedPod('kept'));
  await eventually('what the scheduler says', 30_000, async () => {
    const path = '{.status.conditions[?(@.type=="PodScheduled")].message}';
    const message = await suite.kube.kubectl('get', 'pod', 'kept', `--output=jsonpath=${path}`);
    // It does not say which: the nodes do.
    if (!message.includes('untolerated taint')) throw new Error(message);
  });
}

/** They are back: the pod has its place. */
async function letsPodIn(): Promise<void> {
  await untilTainted(0);
  await suite.kube.untilReady('kept');
  await suite.kube.kubectl('delete', 'pod', 'kept');
}

function times(all: ReadonlyMap<string, Readiness>): readonly string[] {
  return [...all].map(([node, { status, lastTransitionTime }]) => `${node} ${status} ${lastTransitionTime}`);
}

describe('containerd 2', () => {
  it('takes 1.1.0 of the versions that our configuration offers, and asks STATUS with it', async () => {
    for (const node of suite.cluster.nodes) {
      const text = readFileSync(join(node.paths.etcCniNetd, '00-weft.conflist'), 'utf8');
      expect(JSON.parse(text)).toMatchObject({ cniVersion: '1.0.0', cniVersions: ['1.0.0', '1.1.0'] });
      expect(await chosenVersion(node)).toBe('1.1.0');
    }
    await askedAgain(1);
  });
});

describe('a rollout of the agents', () => {
  it('makes no node NotReady for a moment: replaced, killed, and away for long', {
    timeout: 300_000,
  }, async () => {
    const before = await readiness(suite.cluster);
    const events = await notReadyEvents(suite.cluster);
    const asked = recorders.map((recorder) => recorder.asked);
    const start = performance.now();
    const seen = await whileWatching(async () => {
      const agents = ['--namespace', agentNamespace, 'rollout', 'restart', agentDaemonSet];
      await suite.cluster.kubectl(agents);
      await agentsReady(suite.cluster, 90_000);
      for (const node of suite.cluster.nodes) {
        expect(agentPids(suite.cluster, node)).not.toEqual([]);
        expect(killAgent(suite.cluster, node)).toBe(true);
      }
      await stopAgents(suite.cluster);
      await askedAgain(2);
      // The operator waits half a minute with its taint.
      if (long) await keepsPodAway();
      await startAgents(suite.cluster);
      if (long) await letsPodIn();
      await askedAgain(1);
    });
    expect(seen).toEqual([]);
    expect(times(await readiness(suite.cluster))).toEqual(times(before));
    expect([...before.values()].map(({ status }) => status)).toEqual(suite.cluster.nodes.map(() => 'True'));
    expect(await notReadyEvents(suite.cluster)).toBe(events);
    const counts = recorders.map((recorder, index) => recorder.asked - (asked[index] ?? 0));
    const seconds = Math.round((performance.now() - start) / 1000);
    process.stdout.write(`STATUS was asked ${counts.join(' and ')} times in ${seconds} s of rollouts\n`);
  });
});

describe('a node', () => {
  it('is NotReady with our words while its default network is gone or says so itself, and Ready again after [CNI-101] [CNI-103]', {
    timeout: 240_000,
  }, async () => {
    const [first, second] = recorders;
    if (first === undefined || second === undefined) throw new Error('two nodes are needed');
    first.removeConf();
    second.fail(51, 'the uplink is down');
    try {
      const [gone, failing] = await Promise.all([
        untilReadiness(suite.cluster, 'node1', 'False'),
        untilReadiness(suite.cluster, 'node2', 'False'),
      ]);
      expect(gone.message).toContain('network bare, STATUS: no configuration in /etc/cni/net.d has the name');
      expect(gone.message).toContain('put the configuration of the default network back');
      expect(gone.message).toContain('reason=DefaultNetworkMissing');
      expect(failing.message).toContain('the uplink is down');
      expect(failing.message).toContain('plugin status-recorder of network bare');
      process.stdout.write(`${gone.message}\n${failing.message}\n`);
    } finally {
      first.restoreConf();
      second.succeed();
    }
    for (const node of ['node1', 'node2']) await untilReadiness(suite.cluster, node, 'True');
  });
});
