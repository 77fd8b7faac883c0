import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  configResource,
  namespaceResource,
  podResource,
} from '../../src/agent/sources/kube/kube-resources.ts';
import { type NetworksReady, projectPod } from '../../src/agent/sources/kube/node-pod.ts';
import type { Plan } from '../../src/attachment/plan.ts';
import { networksAnnotation } from '../../src/selection/invalid-annotation.ts';
import { until } from '../component/agent/agent-node.ts';
import {
  RawAgentClient,
  type RequestOverrides,
  requestFrame,
  wholeAdd,
} from '../component/agent/raw-client.ts';
import { sleep } from '../harness/run.ts';
import { KubeAgent } from './kube-agent.ts';

/** The tests build on each other, as an agent lives through them. */
let kube: KubeAgent;

beforeAll(async () => {
  kube = await KubeAgent.open();
  await kube.start();
});
afterAll(() => kube?.close());

const networkReads = 'weft_api_reads_total{resource="network-attachment-definitions.k8s.cni.cncf.io"}';
const podReads = 'weft_api_reads_total{resource="pods"}';

function asking(networks: string): RequestOverrides {
  return { annotations: { [networksAnnotation]: networks } };
}

function weftConfig(spec: object): object {
  return { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig', metadata: { name: 'default' }, spec };
}

/** A request whose runtime does not hand the annotations over. */
function bare(name: string, uid: string): RequestOverrides {
  return { args: `IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name};K8S_POD_UID=${uid}` };
}

interface Refusal {
  readonly msg: string;
  readonly details: string;
  readonly code: number;
  /** Milliseconds until it came. */
  readonly ms: number;
}

async function refusal(overrides: RequestOverrides): Promise<Refusal> {
  const client = await RawAgentClient.open(kube.node.socket);
  const start = performance.now();
  client.send(requestFrame(overrides));
  try {
    return { ...(await client.refusal()), ms: performance.now() - start };
  } finally {
    client.close();
  }
}

function interfaces(plan: Plan): readonly string[] {
  return plan.steps.map((step) => ('network' in step ? step.network : step.kind));
}

async function timed<T>(run: () => Promise<T>): Promise<{ readonly value: T; readonly ms: number }> {
  const start = performance.now();
  return { value: await run(), ms: performance.now() - start };
}

const none: RequestOverrides = { annotations: {} };

/** What the agent keeps of WeftConfig, once `wanted` is in it. */
function keptConfig(wanted: string): Promise<string> {
  const text = (): string => kube.node.read('state/weft-config.json');
  return until(() => (text().includes(wanted) ? text() : undefined), `${wanted} to be kept`, 20_000);
}

/** The condition weft.dev/NetworksReady of a pod of the namespace default; undefined while it has none. */
async function networksReady(name: string): Promise<NetworksReady | undefined> {
  return projectPod(await kube.admin.writer.get(podResource, { namespace: 'default', name })).condition;
}

describe('an agent in Kubernetes', () => {
  it('without the CRD of networks is not ready, says how to install it, and serves pods that ask for none', async () => {
    expect(interfaces(await wholeAdd(kube.node.socket, none))).toEqual(['cluster']);
    const { status, body } = await kube.page('/readyz');
    expect([status, body]).toEqual([503, expect.stringContaining('networks were not read')]);
    const { msg, details } = await refusal(asking('early'));
    expect([msg, details]).toEqual([expect.stringContaining('config/crd'), 'reason=NetworkNotFound']);
  });

  it('gets ready by itself when the CRDs are there', async () => {
    await kube.installCrds();
    await kube.untilReady();
  });

  it('plans from what the watches brought, and asks the API server nothing', async () => {
    await kube.network('known');
    await kube.pod('web', 'known');
    await kube.untilMetric('weft_networks', 1);
    const reads = [await kube.metric(networkReads), await kube.metric(podReads)];
    const { value, ms } = await timed(() => wholeAdd(kube.node.socket, asking('known')));
    expect(interfaces(value)).toEqual(['cluster', 'default/known']);
    expect(ms).toBeLessThan(1_000);
    expect([await kube.metric(networkReads), await kube.metric(podReads)]).toEqual(reads);
  });

  it('waits for a network that is made half a second after the pod asked', async () => {
    const asked = timed(() => wholeAdd(kube.node.socket, asking('late')));
    await sleep(500);
    await kube.network('late');
    const { value, ms } = await asked;
    expect(interfaces(value)).toEqual(['cluster', 'default/late']);
    expect(ms).toBeLessThan(2_000);
  });

  it('refuses a network that does not exist after two seconds, with fewer calls than requests', async () => {
    const before = await kube.metric(networkReads);
    const refused = Promise.all(Array.from({ length: 8 }, () => refusal(asking('nowhere'))));
    // Whoever waits for a network holds up nobody: there are fewer places than pods that wait.
    expect((await timed(() => wholeAdd(kube.node.socket, none))).ms).toBeLessThan(1_000);
    const refusals = await refused;
    for (const { ms, msg, details } of refusals) {
      expect(ms).toBeGreaterThan(1_900);
      expect(ms).toBeLessThan(4_000);
      expect([msg, details]).toEqual([expect.stringContaining('default/nowhere'), 'reason=NetworkNotFound']);
    }
    const reads = (await kube.metric(networkReads)) - before;
    expect(reads).toBeGreaterThan(0);
    expect(reads).toBeLessThan(refusals.length);
  });

  it('reads a pod whose runtime hands over no annotations from the watch, and by its uid', async () => {
    const uid = await kube.pod('fallback', 'known');
    const plan = await wholeAdd(kube.node.socket, bare('fallback', uid));
    expect(interfaces(plan)).toEqual(['cluster', 'default/known']);
    const { ms, code, details } = await refusal(bare('fallback', 'of-another-pod'));
    expect([code, details]).toEqual([11, 'reason=PodMismatch']);
    expect(ms).toBeLessThan(1_000);
    expect((await refusal(bare('nobody', 'u-1'))).details).toBe('reason=PodMismatch');
  });

  it('makes a refusal known in the condition of the pod', async () => {
    const uid = await kube.pod('refused', 'nowhere');
    expect((await refusal(bare('refused', uid))).details).toBe('reason=NetworkNotFound');
    const condition = await until(() => networksReady('refused'), 'the condition');
    expect(condition).toMatchObject({
      status: 'False',
      reason: 'NetworkNotFound',
      message: expect.stringContaining('default/nowhere'),
    });
  });

  /** The file while a WeftConfig was in force. */
  let kept = '';

  it('takes up a WeftConfig and its end within ten seconds, and keeps both', async () => {
    const body = weftConfig({ defaultNetworks: ['default/known'] });
    const limitMs = 10_000;
    await kube.admin.writer.create(configResource, undefined, body);
    const given = async (wanted: number): Promise<true | undefined> =>
      (await wholeAdd(kube.node.socket, none)).steps.length === wanted ? true : undefined;
    await until(() => given(2), 'the default network of the WeftConfig', limitMs);
    kept = await keptConfig('default/known');
    await kube.admin.remove('/apis/weft.dev/v1alpha1/weftconfigs/default');
    await until(() => given(1), 'the end of the WeftConfig', limitMs);
    await keptConfig('"present": false');
    const other = { ...body, metadata: { name: 'other' } };
    await expect(kube.admin.writer.create(configResource, undefined, other)).rejects.toMatchObject({
      reason: 'ApiInvalid',
    });
  });

  it('opens a network to a namespace within seconds of its labels, and watches namespaces only while one needs it', async () => {
    const { writer } = kube.admin;
    expect(await kube.metric('weft_namespaces')).toBe(0);
    await writer.create(configResource, undefined, weftConfig({ isolation: { enabled: true } }));
    await kube.admin.namespace('infra');
    await keptConfig('"isolation"');
    await kube.network('lan', 'infra', { 'weft.dev/allowed-namespaces': 'team in (red, blue)' });
    await until(
      async () => ((await kube.metric('weft_namespaces')) > 1 ? true : undefined),
      'the namespaces',
    );
    const before = await refusal(asking('infra/lan'));
    expect([before.msg, before.details]).toEqual([
      expect.stringContaining('infra/lan'),
      'reason=NetworkForbidden',
    ]);
    const label = async (team: string | null): Promise<void> => {
      const body = { metadata: { labels: { team } } };
      await writer.patch(namespaceResource, { name: 'default' }, { kind: 'merge', body });
    };
    await label('blue');
    const allowed = async (): Promise<Plan | undefined> =>
      wholeAdd(kube.node.socket, asking('infra/lan')).catch(() => undefined);
    const plan = await until(allowed, 'the network to be allowed', 5_000);
    expect(interfaces(plan)).toEqual(['cluster', 'infra/lan']);
    await label(null);
    const denied = async (): Promise<true | undefined> =>
      (await allowed()) === undefined ? true : undefined;
    await until(denied, 'the network to be refused', 5_000);
    await kube.admin.remove('/apis/weft.dev/v1alpha1/weftconfigs/default');
    await kube.untilMetric('weft_namespaces', 0);
    expect(await kube.metric('weft_networks')).toBeGreaterThan(1);
    await keptConfig('"present": false');
  });

  it("refuses a namespace's own network within seconds of the rules that forbid it", async () => {
    const rules = { tenancy: { enabled: true, pluginTypes: ['bridge'] } };
    await kube.admin.writer.create(configResource, undefined, weftConfig(rules));
    const restricted = async (): Promise<Refusal | undefined> =>
      refusal(asking('known')).catch(() => undefined);
    const { msg, details } = await until(restricted, 'the network to be refused', 10_000);
    expect([msg, details]).toEqual([expect.stringContaining('spec.config.type'), 'reason=NetworkRestricted']);
    await keptConfig('"pluginTypes"');
    await kube.admin.remove('/apis/weft.dev/v1alpha1/weftconfigs/default');
    await keptConfig('"present": false');
  });

  it('plans known networks while the API server is away, and says within the time for a plan that it is', async () => {
    await kube.server.killApi();
    expect(interfaces(await wholeAdd(kube.node.socket, asking('known')))).toEqual([
      'cluster',
      'default/known',
    ]);
    const { value, ms } = await timed(() => wholeAdd(kube.node.socket, none));
    expect([interfaces(value), ms < 1_000]).toEqual([['cluster'], true]);
    const { msg, details, ms: refusedMs } = await refusal(asking('unknown'));
    expect([msg, details]).toEqual([expect.stringContaining('default/unknown'), 'reason=ApiUnreachable']);
    expect(refusedMs).toBeLessThan(4_500);
    const { status, body } = await kube.page('/readyz');
    expect([status, body]).toEqual([200, expect.stringContaining('warning: ')]);
  });

  it('started while the API server is away, serves pods that ask for none and is not ready', async () => {
    await kube.agent.kill('SIGTERM');
    await kube.start();
    const { value, ms } = await timed(() => wholeAdd(kube.node.socket, none));
    expect([interfaces(value), ms < 2_500]).toEqual([['cluster'], true]);
    expect((await refusal(asking('known'))).details).toBe('reason=ApiUnreachable');
    expect((await kube.page('/readyz')).status).toBe(503);
  });

  it('started while the API server is away, gives no pod less than the WeftConfig that it kept says', async () => {
    await kube.agent.kill('SIGTERM');
    // As if it had been killed while that one was in force.
    kube.node.write('state/weft-config.json', kept);
    await kube.start();
    const { msg, details } = await refusal(none);
    expect([msg, details]).toEqual([expect.stringContaining('default/known'), 'reason=ApiUnreachable']);
    expect((await kube.page('/readyz')).body).toContain('the one that this node kept is in force');
  });

  it('plans again when the API server is back, by what that says', async () => {
    await kube.server.startApi();
    await kube.untilReady();
    await keptConfig('"present": false');
    expect(interfaces(await wholeAdd(kube.node.socket, asking('known')))).toEqual([
      'cluster',
      'default/known',
    ]);
  });
});
