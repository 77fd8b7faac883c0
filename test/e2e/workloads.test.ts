import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Cluster } from '../../hack/cluster/cluster.ts';
import { toolDirectory } from '../../hack/toolchain/tools.ts';
import { sharedCluster } from './clusters.ts';
import { eventually } from './eventually.ts';
import { reported, reportFailures } from './failure-report.ts';
import { KubeNamespace, type PodView, serverSpec, service } from './kube-namespace.ts';

let cluster: Cluster;
let kube: KubeNamespace;
/** One pod of the Deployment on each node. */
let onNode1: PodView;
let onNode2: PodView;
let serviceAddress: string;

reportFailures(() => cluster);

beforeAll(() => reported(() => cluster, prepare));
async function prepare(): Promise<void> {
  cluster = await sharedCluster();
  kube = await KubeNamespace.create(cluster, 'workloads');
  await kube.apply(
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 2,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            ...serverSpec({}),
            topologySpreadConstraints: [
              {
                maxSkew: 1,
                topologyKey: 'kubernetes.io/hostname',
                whenUnsatisfiable: 'DoNotSchedule',
                labelSelector: { matchLabels: { app: 'web' } },
              },
            ],
          },
        },
      },
    },
    service('web', 'web'),
  );
  await kube.kubectl('rollout', 'status', 'deployment/web', '--timeout=90s');
  const pods = await kube.pods('web');
  const on = (node: string): PodView => {
    const pod = pods.find((candidate) => candidate.spec.nodeName === node);
    if (pod === undefined) throw new Error(`no pod of the Deployment on ${node}`);
    return pod;
  };
  [onNode1, onNode2] = [on('node1'), on('node2')];
  serviceAddress = await kube.kubectl('get', 'service', 'web', '--output=jsonpath={.spec.clusterIP}');
}
afterAll(() => kube?.remove());

/** Asks until every pod of the Deployment has answered, as a Service has to spread its connections. */
async function everyAnswer(ask: () => Promise<string>): Promise<readonly string[]> {
  const wanted = [onNode1, onNode2].map((pod) => pod.metadata.name).sort();
  const seen = new Set<string>();
  await eventually(`answers of ${wanted.join(' and ')}`, 30_000, async () => {
    seen.add((await ask()).trim());
    if (seen.size < wanted.length) throw new Error(`only ${[...seen].join(', ')} answered`);
  });
  return [...seen].sort();
}

function bothNames(): readonly string[] {
  return [onNode1, onNode2].map((pod) => pod.metadata.name).sort();
}

/** An HTTP question from inside a node, outside of all pods. */
function wgetFromNode(node: string, url: string): Promise<string> {
  return cluster.node(node).exec(['busybox', 'timeout', '3', 'busybox', 'wget', '-q', '-O', '-', url]);
}

describe('the cluster', () => {
  it('came up in less than 45 s', () => {
    process.stdout.write(`up: ${(inject('upMs') / 1000).toFixed(1)} s\n`);
    expect(inject('upMs')).toBeLessThan(45_000);
  });

  it('has two Ready nodes of the expected versions', async () => {
    const { items } = JSON.parse(await cluster.kubectl(['get', 'nodes', '--output=json'])) as {
      items: {
        metadata: { name: string };
        spec: { podCIDR: string };
        status: {
          conditions: { type: string; status: string }[];
          nodeInfo: { kubeletVersion: string; containerRuntimeVersion: string };
        };
      }[];
    };
    expect(items.map((node) => node.metadata.name)).toEqual(['node1', 'node2']);
    expect(items.map((node) => node.spec.podCIDR)).toEqual(cluster.nodes.map((node) => node.podCidr));
    for (const { status } of items) {
      expect(status.conditions.find(({ type }) => type === 'Ready')?.status).toBe('True');
      expect(status.nodeInfo.kubeletVersion).toMatch(/^v1\.36\./);
      expect(status.nodeInfo.containerRuntimeVersion).toMatch(/^containerd:\/\/v?2\.4\./);
    }
  });

  it('is reached from the machine with its kubeconfig alone, on 127.0.0.1', async () => {
    const view = JSON.parse(await cluster.kubectl(['config', 'view', '--output=json'])) as {
      clusters: { cluster: { server: string } }[];
    };
    expect(view.clusters.map((entry) => entry.cluster.server)).toEqual([
      expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
    ]);
    // Not through the harness, but as a contributor does, in the network namespace that the machine has.
    const kubectl = join(await toolDirectory('kubernetes', () => {}), 'kubectl');
    const end = spawnSync(kubectl, ['get', 'nodes', '--output=name'], {
      env: { KUBECONFIG: cluster.kubeconfig, KUBECACHEDIR: join(cluster.stateDir, 'kubectl-cache') },
      encoding: 'utf8',
    });
    expect(end.stdout, end.stderr).toBe('node/node1\nnode/node2\n');
  });
});

describe('pods of a Deployment', () => {
  it('run on both nodes with addresses of their nodes', () => {
    for (const pod of [onNode1, onNode2]) {
      const { podCidr } = cluster.node(pod.spec.nodeName ?? '');
      const prefix = podCidr.split('.').slice(0, 3).join('.');
      expect(podCidr.endsWith('/24')).toBe(true);
      expect(pod.status.podIP?.startsWith(`${prefix}.`), `${pod.status.podIP} in ${podCidr}`).toBe(true);
    }
  });

  it('answer exec', async () => {
    for (const pod of [onNode1, onNode2]) {
      expect(await kube.exec(pod.metadata.name, 'hostname')).toBe(`${pod.metadata.name}\n`);
    }
  });

  it('have logs', async () => {
    for (const pod of [onNode1, onNode2])
      expect(await kube.kubectl('logs', pod.metadata.name)).toBe('serving\n');
  });

  it('reach each other across the nodes, with their own addresses', async () => {
    for (const [from, to] of [
      [onNode1, onNode2],
      [onNode2, onNode1],
    ] as const) {
      const answer = await kube.wget(from.metadata.name, `http://${to.status.podIP}:8080/name`);
      expect(answer.trim()).toBe(to.metadata.name);
    }
  });

  it("see each other's own addresses, untranslated", async () => {
    const seen = await kube.wget(onNode1.metadata.name, `http://${onNode2.status.podIP}:8080/cgi-bin/peer`);
    // The server listens on an IPv6 socket.
    expect(seen.trim()).toBe(`[::ffff:${onNode1.status.podIP}]`);
  });

  it('are reached by every node', async () => {
    for (const node of ['node1', 'node2']) {
      for (const pod of [onNode1, onNode2]) {
        const answer = await wgetFromNode(node, `http://${pod.status.podIP}:8080/name`);
        expect(answer.trim()).toBe(pod.metadata.name);
      }
    }
  });

  it('are reached by the API server, as webhooks must be', async () => {
    for (const pod of [onNode1, onNode2]) {
      const path = `/api/v1/namespaces/workloads/pods/${pod.metadata.name}:8080/proxy/name`;
      expect((await cluster.kubectl(['get', '--raw', path])).trim()).toBe(pod.metadata.name);
    }
    const path = '/api/v1/namespaces/workloads/services/web:80/proxy/name';
    expect(await everyAnswer(() => cluster.kubectl(['get', '--raw', path]))).toEqual(bothNames());
  });
});

describe('a Service', () => {
  it('answers on its address from both pods and both nodes, with every pod behind it', async () => {
    const url = `http://${serviceAddress}/name`;
    for (const pod of [onNode1, onNode2]) {
      expect(await everyAnswer(() => kube.wget(pod.metadata.name, url))).toEqual(bothNames());
    }
    for (const node of ['node1', 'node2']) {
      expect(await everyAnswer(() => wgetFromNode(node, url))).toEqual(bothNames());
    }
  });

  it('has a name in its namespace and in the whole cluster', async () => {
    for (const name of ['web', 'web.workloads', 'web.workloads.svc.cluster.local']) {
      const answer = await eventually(`http://${name}`, 30_000, () =>
        kube.wget(onNode1.metadata.name, `http://${name}/name`),
      );
      expect(bothNames()).toContain(answer.trim());
    }
  });

  it('lets pods reach the API server', async () => {
    const host = await kube.exec(onNode2.metadata.name, 'sh', '-c', 'echo $KUBERNETES_SERVICE_HOST');
    const knock = (port: string): Promise<string> =>
      kube.exec(onNode2.metadata.name, 'nc', '-w', '3', host.trim(), port);
    expect(await knock('443')).toBe('');
    await expect(knock('444')).rejects.toThrow(/refused|timed out/);
  });
});

describe('a host port', () => {
  it('leads to its pod on the address of its node, from the other node and from a pod', async () => {
    await kube.serve('hostport', { node: 'node1', hostPort: 18_080 });
    const url = `http://${cluster.node('node1').address}:18080/name`;
    expect((await wgetFromNode('node2', url)).trim()).toBe('hostport');
    expect((await kube.wget(onNode2.metadata.name, url)).trim()).toBe('hostport');
    await expect(wgetFromNode('node1', `http://${cluster.node('node2').address}:18080/name`)).rejects.toThrow(
      /refused/,
    );
  });
});
