import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { podResource } from '../../src/agent/sources/kube/kube-resources.ts';
import { objectPath } from '../../src/kube/resource.ts';
import { networksAnnotation } from '../../src/selection/invalid-annotation.ts';
import { wholeAdd } from '../component/agent/raw-client.ts';
import { KubeAgent } from './kube-agent.ts';

const pods = 250;
const networks = 50;
const rounds = 2;
/** ADDs of a round: the pods' own, and others. */
const adds = 4 * pods;
const atOnce = 4;
/** DESIGN §5, for what the agent has most of the time. */
const limitMiB = 90;
/** While V8 collects garbage, old and new copies count. The container's limit is 128 MiB. */
const peakMiB = 110;
const samplesEveryMs = 100;

let kube: KubeAgent;
let directory = '';

beforeAll(async () => {
  // A copy of its own: the kernel joins the pages of a binary that runs often, and then counts those never touched too.
  directory = mkdtempSync(join(tmpdir(), 'weft-memory-'));
  const node = join(directory, 'node');
  copyFileSync(process.execPath, node);
  kube = await KubeAgent.open(node);
  await kube.installCrds();
});
afterAll(async () => {
  await kube?.close();
  rmSync(directory, { recursive: true, force: true });
});

function residentMiB(): number {
  return Math.round(kube.agent.rssKb() / 1024);
}

/** What a usual pod has: the agent sees all of it before it keeps a part. */
const spec = {
  containers: Array.from({ length: 3 }, (_, index) => ({
    name: `container-${index}`,
    image: `registry.example/some/where/image-${index}:v1.2.3`,
    env: Array.from({ length: 20 }, (__, at) => ({ name: `VARIABLE_${at}`, value: 'v'.repeat(60) })),
    resources: { requests: { cpu: '10m', memory: '10Mi' }, limits: { memory: '100Mi' } },
    readinessProbe: { httpGet: { path: '/ready', port: 8080 } },
  })),
};

async function inParallel(
  count: number,
  width: number,
  run: (index: number) => Promise<unknown>,
): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: width }, worker));
}

/** What the kubelet does to a pod that starts. */
async function started(name: string, turn: number): Promise<void> {
  const state = { running: { startedAt: '2026-01-01T00:00:00Z' } };
  const containerStatuses = spec.containers.map(({ name: container, image }) => ({
    name: container,
    image,
    imageID: `sha256:${'0'.repeat(64)}`,
    containerID: `containerd://${'1'.repeat(64)}`,
    ready: true,
    restartCount: turn,
    state,
  }));
  const path = objectPath(podResource, { namespace: 'default', name }, 'status');
  const body = {
    type: 'application/merge-patch+json',
    text: JSON.stringify({ status: { phase: 'Running', containerStatuses } }),
  };
  const answer = await kube.admin.transport.request({
    method: 'PATCH',
    path,
    body,
    signal: AbortSignal.timeout(10_000),
  });
  if (answer.status !== 200) throw new Error(answer.text);
}

/** The pods' own ADDs, whose status is written, and more of which the API server is not told. */
async function addAll(round: number, uids: readonly string[]): Promise<void> {
  await inParallel(adds, atOnce, (index) => {
    const uid = uids[index];
    const pod =
      uid === undefined ? '' : `;K8S_POD_NAMESPACE=default;K8S_POD_NAME=pod-${index};K8S_POD_UID=${uid}`;
    return wholeAdd(kube.node.socket, {
      containerId: `sandbox-${round}-${index}`,
      args: `IgnoreUnknown=1${pod}`,
      annotations: { [networksAnnotation]: `net-${index % networks},net-${(index + 1) % networks}` },
    });
  });
}

it(`keeps within ${limitMiB} MiB with ${pods} pods and ${networks} networks, after ${rounds * adds} requests`, async () => {
  const uids: string[] = [];
  await inParallel(networks, 8, (index) => kube.network(`net-${index}`));
  await inParallel(pods, 8, async (index) => {
    uids[index] = await kube.pod(`pod-${index}`, `net-${index % networks}`, spec);
    await started(`pod-${index}`, 0);
  });
  await kube.start();
  await kube.untilReady();
  await kube.untilMetric('weft_pods', pods);
  const seen: number[] = [];
  const sampler = setInterval(() => seen.push(residentMiB()), samplesEveryMs);
  for (let round = 1; round <= rounds; round += 1) {
    await addAll(round, uids);
    await inParallel(pods, 8, (index) => started(`pod-${index}`, round));
    await kube.page('/metrics');
  }
  clearInterval(sampler);
  seen.sort((one, other) => one - other);
  const median = seen[Math.floor(seen.length / 2)] ?? Number.NaN;
  const peak = seen.at(-1) ?? Number.NaN;
  console.log(`weft-agent, resident: median ${median} MiB, peak ${peak} MiB, of ${seen.length} samples`);
  expect(seen.length).toBeGreaterThan(10);
  expect(median).toBeLessThan(limitMiB);
  expect(peak).toBeLessThan(peakMiB);
}, 300_000);
