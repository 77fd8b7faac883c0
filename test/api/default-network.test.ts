import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configResource, networkResource, podResource } from '../../src/agent/sources/kube/kube-resources.ts';
import { decodeNodeFile, type NodeFile } from '../../src/attachment/node-file.ts';
import type { Plan } from '../../src/attachment/plan.ts';
import { defaultNetworkAnnotation } from '../../src/selection/default-network-annotation.ts';
import { until } from '../component/agent/agent-node.ts';
import {
  RawAgentClient,
  type RequestOverrides,
  requestFrame,
  wholeAdd,
} from '../component/agent/raw-client.ts';
import { KubeAgent } from './kube-agent.ts';

/** The tests build on each other, as an agent lives through them. */
let kube: KubeAgent;

beforeAll(async () => {
  kube = await KubeAgent.open();
  await kube.installCrds();
  await kube.admin.writer.create(configResource, undefined, {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftConfig',
    metadata: { name: 'default' },
    spec: { defaultNetwork: 'kube-system/pods-conf' },
  });
  await kube.start(['--install']);
});
afterAll(() => kube?.close());

const none: RequestOverrides = { annotations: {} };

function configOf(type: string): string {
  return JSON.stringify({ cniVersion: '1.0.0', name: 'pods', type });
}

async function network(name: string, config: string): Promise<void> {
  await kube.admin.writer.create(networkResource, 'kube-system', {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name },
    spec: { config },
  });
}

function defaultOf({ steps }: Plan): readonly [string, string | undefined] {
  const [step] = steps;
  return step?.kind === 'delegate' ? [step.network, step.plugins[0]?.type] : ['', undefined];
}

/** node.json, once the default network in it has the type. */
function nodeFileWith(type: string): Promise<NodeFile> {
  return until(() => {
    try {
      const file = decodeNodeFile(kube.node.read('state/node.json'));
      return file.defaultNetwork.plugins[0]?.type === type ? file : undefined;
    } catch {
      return undefined;
    }
  }, `${type} in node.json: ${kube.agent.stderr}`);
}

async function refusal(): Promise<{ readonly code: number; readonly msg: string }> {
  const client = await RawAgentClient.open(kube.node.socket);
  client.send(requestFrame(none));
  try {
    return await client.refusal();
  } finally {
    client.close();
  }
}

describe('a default network that is a NAD of the API server', () => {
  it('that does not exist keeps the node from being ready, and says what is missing', async () => {
    const { code, msg } = await refusal();
    expect(code).toBe(11);
    expect(msg).toContain('kube-system/pods-conf');
    const page = async (): Promise<string | undefined> => {
      const { status, body } = await kube.page('/readyz');
      return status !== 200 && body.includes('no such NetworkAttachmentDefinition') ? body : undefined;
    };
    await until(page, 'the missing NAD on /readyz');
  });

  it('is taken up when it comes, and node.json follows each change of it without a request', async () => {
    await network('pods-conf', configOf('bridge'));
    expect((await nodeFileWith('bridge')).source).toMatchObject({ config: configOf('bridge') });
    await kube.untilReady();
    expect(defaultOf(await wholeAdd(kube.node.socket, none))).toEqual(['kube-system/pods-conf', 'bridge']);
    const body = { spec: { config: configOf('ptp') } };
    const ref = { namespace: 'kube-system', name: 'pods-conf' };
    await kube.admin.writer.patch(networkResource, ref, { kind: 'merge', body });
    await nodeFileWith('ptp');
    expect(defaultOf(await wholeAdd(kube.node.socket, none))).toEqual(['kube-system/pods-conf', 'ptp']);
  });

  it('gives way to what the annotation of a pod names, where the runtime hands none over, too', async () => {
    await network('fast', configOf('macvlan'));
    const { metadata } = await kube.admin.writer.create(podResource, 'default', {
      metadata: { name: 'quick', annotations: { [defaultNetworkAnnotation]: 'fast' } },
      spec: { nodeName: 'node-a', containers: [{ name: 'main', image: 'none' }] },
    });
    const args = `K8S_POD_NAMESPACE=default;K8S_POD_NAME=quick;K8S_POD_UID=${metadata.uid}`;
    expect(defaultOf(await wholeAdd(kube.node.socket, { args }))).toEqual(['kube-system/fast', 'macvlan']);
  });

  it('is as it was for an agent that starts while the API server is away, without a wait', async () => {
    await kube.server.killApi();
    await kube.agent.kill('SIGKILL');
    await kube.start(['--install']);
    const start = performance.now();
    expect(defaultOf(await wholeAdd(kube.node.socket, none))).toEqual(['kube-system/pods-conf', 'ptp']);
    expect(performance.now() - start).toBeLessThan(1_500);
    expect((await nodeFileWith('ptp')).source).toMatchObject({ config: configOf('ptp') });
  });
});
