import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { long } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { agentPids } from './agent-control.ts';
import { type AttachedPod, attachedPods, networksReady } from './attached-pod.ts';
import { agentRequests, auditMark, type Request } from './audit-log.ts';
import { podTemplate } from './networked-pod.ts';
import { asked } from './networks.ts';
import { weftSuite } from './weft-suite.ts';

/** All on one node: as many as kubelet takes by default, or few. */
const pods = long ? 110 : 30;
/** MiB that an agent may use with them (DESIGN §5). */
const memoryLimit = 90;
const node = 'node1';
const suite = weftSuite('api-load');

const labels = { app: 'load' };
const deployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'load' },
  spec: {
    replicas: pods,
    selector: { matchLabels: labels },
    template: podTemplate({ networks: [asked('bridged')], labels, node, restartPolicy: 'Always' }),
  },
};

/** Starts the pods and resolves with them once each says that it has its networks. */
async function allAttached(): Promise<readonly AttachedPod[]> {
  await suite.kube.apply(deployment);
  return eventually(`${pods} pods with networks`, 30_000 + pods * 3_000, async () => {
    const all = await attachedPods(suite.kube, 'app=load');
    const done = all.filter((pod) => networksReady(pod)?.status === 'True' && pod.status.phase === 'Running');
    if (done.length < pods) throw new Error(`${done.length} of ${pods}`);
    return all;
  });
}

/** Verb and path, without the query. */
function describeRequest({ verb, requestURI }: Request): string {
  return `${verb} ${requestURI.split('?')[0]}`;
}

/**
 * What the agents have asked since then but for the reports of their nodes, of which there is at most one a minute for
 * each node, and one more for a condition.
 */
function askedForPods(since: number, seconds: number): readonly Request[] {
  const requests = agentRequests(suite.cluster, since).filter(({ verb }) => verb !== 'watch');
  const reports = requests.filter(({ objectRef }) => objectRef?.resource === 'weftnodes');
  for (const name of new Set(reports.map(({ objectRef }) => objectRef?.name))) {
    const ofNode = reports.filter(({ objectRef }) => objectRef?.name === name);
    expect(ofNode.map(({ verb }) => verb)).toEqual(ofNode.map(() => 'patch'));
    expect(ofNode.length, name).toBeLessThanOrEqual(2 + seconds / 60);
  }
  return requests.filter((request) => !reports.includes(request));
}

/**
 * MiB of the agent's memory: now and at most with program and libraries, and what is its own alone. `huge`: pages of the
 * program that the kernel has joined to huge ones, which count as a whole, however little of them is used.
 */
interface Memory {
  readonly now: number;
  readonly peak: number;
  readonly anonymous: number;
  readonly huge: number;
}

function agentMemory(): Memory {
  const [pid = 0] = agentPids(suite.cluster, suite.cluster.node(node));
  const mib = (file: string, field: string): number => {
    const text = readFileSync(`/proc/${pid}/${file}`, 'utf8');
    return Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? 0) / 1024);
  };
  const [now, peak, anonymous] = ['VmRSS', 'VmHWM', 'RssAnon'].map((field) => mib('status', field));
  return {
    now: now ?? 0,
    peak: peak ?? 0,
    anonymous: anonymous ?? 0,
    huge: mib('smaps_rollup', 'FilePmdMapped'),
  };
}

describe(`the start of ${pods} pods on one node`, () => {
  it(`costs one PATCH for each of them, and no GET or LIST`, {
    timeout: 60_000 + pods * 4_000,
  }, async () => {
    const since = auditMark(suite.cluster);
    const started = performance.now();
    const attached = await allAttached();
    const seconds = (performance.now() - started) / 1000;
    const requests = askedForPods(since, seconds);
    process.stdout.write(`${attached.length} pods in ${seconds.toFixed(1)} s, ${requests.length} requests\n`);
    expect(requests.filter(({ verb }) => verb === 'get' || verb === 'list').map(describeRequest)).toEqual([]);
    expect(requests.map(describeRequest).sort()).toEqual(
      attached
        .map(({ metadata }) => `patch /api/v1/namespaces/${metadata.namespace}/pods/${metadata.name}/status`)
        .sort(),
    );
    expect(requests.map((request) => request.responseStatus?.code)).toEqual(attached.map(() => 200));
  });

  it(`leaves the agent within its ${memoryLimit} MiB`, () => {
    const { now, peak, anonymous, huge } = agentMemory();
    process.stdout.write(
      `agent with ${pods} pods: ${now} MiB, at most ${peak} MiB; without program and libraries ${anonymous} MiB; ${huge} MiB of huge pages\n`,
    );
    expect(anonymous).toBeGreaterThan(0);
    expect(peak - huge).toBeLessThan(memoryLimit);
  });

  it('costs nothing when they go', { timeout: 60_000 + pods * 4_000 }, async () => {
    const since = auditMark(suite.cluster);
    const started = performance.now();
    await suite.kube.kubectl('delete', 'deployment', 'load', '--cascade=foreground', '--timeout=300s');
    expect(await suite.leftovers()).toEqual([]);
    const requests = askedForPods(since, (performance.now() - started) / 1000);
    expect(requests.map(describeRequest)).toEqual([]);
  });
});
