import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { networkResource, podResource } from '../../src/agent/sources/kube/kube-resources.ts';
import {
  type NetworksReady,
  networkStatusAnnotation,
  projectPod,
} from '../../src/agent/sources/kube/node-pod.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import { networksAnnotation } from '../../src/selection/invalid-annotation.ts';
import { until } from '../component/agent/agent-node.ts';
import { ScriptedBin } from '../fakes/scripted-delegate/scripted-delegate.ts';
import { expectRefusal, expectSuccess } from '../harness/refusal.ts';
import { sleep } from '../harness/run.ts';
import { type CallOptions, CniRuntime, type Conflist } from '../harness/runtime.ts';
import { TestNode } from '../harness/sandbox.ts';
import { KubeAgent } from './kube-agent.ts';

/** An API server, the agent of a node, and dist/weft between a runtime and scripted delegates. The tests build on each other. */
let kube: KubeAgent;
let node: TestNode;
let bin: ScriptedBin;
let runtime: CniRuntime;

beforeAll(async () => {
  kube = await KubeAgent.open();
  await kube.installCrds();
  const { root } = kube.node;
  node = TestNode.create({ network: false, dirs: { bin: `${root}/bin` } });
  bin = new ScriptedBin(node.dirs.bin);
  bin.install('alpha', 'beta');
  const plugins = [{ type: 'alpha', capabilities: { portMappings: true } }];
  kube.node.write(
    'net.d/10-cluster.conflist',
    JSON.stringify({ cniVersion: '1.0.0', name: 'pods', plugins }),
  );
  await kube.start(['--install']);
  const conf = `${root}/net.d/00-weft.conflist`;
  await until(() => existsSync(conf) || undefined, conf);
  runtime = new CniRuntime(node, JSON.parse(readFileSync(conf, 'utf8')) as Conflist);
  await network('lan', { type: 'beta' });
  await network('bad', { type: 'beta', script: 'ADD: error 123 the pool is empty' });
  await network('text', '[');
  await kube.untilReady();
});
afterAll(async () => {
  node?.dispose();
  await kube?.close();
});
beforeEach(() => bin.clearLog());

async function network(name: string, config: object | string): Promise<void> {
  const text = typeof config === 'string' ? config : JSON.stringify({ cniVersion: '1.0.0', name, ...config });
  await kube.admin.writer.create(networkResource, 'default', {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name },
    spec: { config: text },
  });
}

/** What the runtime says of a pod of the namespace default. */
function of(name: string, uid: string): CallOptions {
  return { args: `IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=${name};K8S_POD_UID=${uid}` };
}

/** As a runtime that hands the annotations over. */
function handing(networks: string): CallOptions {
  return { capabilityArgs: { 'io.kubernetes.cri.pod-annotations': { [networksAnnotation]: networks } } };
}

async function pod(name: string, annotations: Readonly<Record<string, string>>): Promise<string> {
  const { metadata } = await kube.admin.writer.create(podResource, 'default', {
    metadata: { name, annotations },
    spec: { nodeName: 'node-a', containers: [{ name: 'main', image: 'none' }] },
  });
  return metadata.uid ?? '';
}

const gone = (name: string): Promise<void> => kube.admin.remove(`/api/v1/namespaces/default/pods/${name}`);

function read(name: string): Promise<RawObject> {
  return kube.admin.writer.get(podResource, { namespace: 'default', name });
}

function conditionOf(name: string): Promise<NetworksReady> {
  const look = async (): Promise<NetworksReady | undefined> => projectPod(await read(name)).condition;
  return until(look, `the condition of ${name}`);
}

describe('ADD', () => {
  it('makes the default network with the interface of the request, and its result is all that the runtime gets [NPWG-102] [NPWG-325]', async () => {
    const uid = await pod('whole', { [networksAnnotation]: 'lan' });
    const sandbox = node.pod();
    const added = await runtime.add(sandbox, { ...of('whole', uid), ...handing('lan'), ifname: 'ens9' });
    expectSuccess(added);
    expect(bin.trace()).toEqual(['ADD alpha ens9', 'ADD beta net1']);
    expect(added.result?.interfaces).toEqual([
      expect.objectContaining({ name: 'ens9', sandbox: sandbox.netns }),
    ]);
    const status = projectPod(await read('whole')).networkStatus;
    const [first, second] = JSON.parse(status ?? '[]') as { name: string; ips: string[]; default: boolean }[];
    expect([first?.name, first?.default, second?.name, second?.default]).toEqual([
      'pods',
      true,
      'default/lan',
      false,
    ]);
    expect(added.result?.ips?.map(({ address }) => address.split('/')[0])).toEqual(first?.ips);
    expect(first?.ips).not.toEqual(second?.ips);
    expectSuccess(await runtime.del(sandbox, { ...of('whole', uid), ifname: 'ens9' }));
  });

  it('follows the annotations that the runtime hands over, though the pod was deleted meanwhile, and reads no pod [NPWG-326]', async () => {
    const reads = 'weft_api_reads_total{resource="pods"}';
    const before = await kube.metric(reads);
    const uid = await pod('brief', { [networksAnnotation]: 'lan' });
    await gone('brief');
    const sandbox = node.pod();
    expectSuccess(await runtime.add(sandbox, { ...of('brief', uid), ...handing('lan') }));
    expect(bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1']);
    expect(await kube.metric(reads)).toBe(before);
    expectSuccess(await runtime.del(sandbox, of('brief', uid)));
  });

  it('for another uid than the pod has is refused, its DEL works; a static pod is known by its hash [NPWG-327]', async () => {
    const old = await pod('reborn', { [networksAnnotation]: 'lan' });
    const sandbox = node.pod();
    expectSuccess(await runtime.add(sandbox, of('reborn', old)));
    await gone('reborn');
    const now = await pod('reborn', { [networksAnnotation]: 'lan' });
    expect(now).not.toBe(old);
    const late = node.pod();
    bin.clearLog();
    expectRefusal(await runtime.add(late, of('reborn', old)), {
      reason: 'PodMismatch',
      code: 11,
      names: [old, now],
    });
    expect(bin.trace()).toEqual([]);
    expectSuccess(await runtime.del(late, of('reborn', old)));
    expectSuccess(await runtime.del(sandbox, of('reborn', old)));
    expect(bin.trace()).toEqual(['DEL beta net1', 'DEL alpha eth0']);

    await pod('mirror', { [networksAnnotation]: 'lan', 'kubernetes.io/config.hash': 'h-1' });
    const fixed = node.pod();
    bin.clearLog();
    expectSuccess(await runtime.add(fixed, of('mirror', 'h-1')));
    expect(bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1']);
    expectRefusal(await runtime.add(node.pod(), of('mirror', 'h-2')), { reason: 'PodMismatch' });
    expectSuccess(await runtime.del(fixed, of('mirror', 'h-1')));
  });

  it('that a delegate refuses has its code, and the pod says why [NPWG-130]', async () => {
    const uid = await pod('unlucky', { [networksAnnotation]: 'bad' });
    const sandbox = node.pod();
    const refused = await runtime.add(sandbox, { ...of('unlucky', uid), ...handing('bad') });
    const names = ['default/bad', 'beta', 'the pool is empty'];
    expectRefusal(refused, { reason: 'DelegateFailed', code: 123, names });
    expect(await conditionOf('unlucky')).toMatchObject({
      status: 'False',
      reason: 'DelegateFailed',
      message: refused.error?.msg,
    });
    const described = await kube.kubectl.must(['-n', 'default', 'describe', 'pod', 'unlucky']);
    expect(described).toMatch(/weft\.dev\/NetworksReady\s+False/);
    expectSuccess(await runtime.del(sandbox, of('unlucky', uid)));
  });

  it('for a network whose configuration is no JSON attaches nothing, and the pod says why [NPWG-029]', async () => {
    const uid = await pod('puzzled', { [networksAnnotation]: 'text' });
    const sandbox = node.pod();
    const refused = await runtime.add(sandbox, { ...of('puzzled', uid), ...handing('text') });
    const names = ['default/text', 'spec.config is not JSON'];
    expectRefusal(refused, { reason: 'InvalidJson', names });
    expect(bin.trace()).toEqual([]);
    expect(await conditionOf('puzzled')).toMatchObject({
      status: 'False',
      reason: 'InvalidJson',
      message: refused.error?.msg,
    });
    expectSuccess(await runtime.del(sandbox, of('puzzled', uid)));
  });
});

describe('CHECK', () => {
  it('writes nothing to the pod, whose status is that of ADD [NPWG-332]', async () => {
    const uid = await pod('checked', { [networksAnnotation]: 'lan' });
    const sandbox = node.pod();
    expectSuccess(await runtime.add(sandbox, { ...of('checked', uid), ...handing('lan') }));
    const before = await read('checked');
    expect(projectPod(before).networkStatus).toContain('default/lan');
    expectSuccess(await runtime.check(sandbox, of('checked', uid)));
    expect(bin.trace().slice(-2)).toEqual(['CHECK alpha eth0', 'CHECK beta net1']);
    await sleep(500);
    expect((await read('checked')).metadata).toEqual(before.metadata);
    expect(before.metadata).toHaveProperty(['annotations', networkStatusAnnotation]);
    expectSuccess(await runtime.del(sandbox, of('checked', uid)));
  });
});

describe('an IPAMClaim', () => {
  const claims = { group: 'k8s.cni.cncf.io', version: 'v1alpha1', plural: 'ipamclaims' };
  const name = 'vm-1.lan.net1';

  it('of any name is left to the delegate, which ADD and DEL reach as without it [NPWG-214] [NPWG-215]', async () => {
    await kube.kubectl.must(['create', '-f', '-'], claimKind);
    const spec = { network: 'lan', interface: 'net1' };
    await until(async () => {
      try {
        return await kube.admin.writer.create(claims, 'default', {
          apiVersion: 'k8s.cni.cncf.io/v1alpha1',
          kind: 'IPAMClaim',
          metadata: { name },
          spec,
        });
      } catch {
        return undefined;
      }
    }, 'the kind of claims');
    const ref = { namespace: 'default', name };
    const body = { status: { ips: ['10.1.0.7/24'] } };
    const before = await kube.admin.writer.patch(claims, ref, { kind: 'merge', subresource: 'status', body });

    const networks = JSON.stringify([{ name: 'lan', 'ipam-claim-reference': name }]);
    const uid = await pod('claiming', { [networksAnnotation]: networks });
    const sandbox = node.pod();
    expectSuccess(await runtime.add(sandbox, { ...of('claiming', uid), ...handing(networks) }));
    expectSuccess(await runtime.del(sandbox, of('claiming', uid)));
    expect(bin.trace()).toEqual(['ADD alpha eth0', 'ADD beta net1', 'DEL beta net1', 'DEL alpha eth0']);
    const [, add, del] = bin.calls().map(({ stdin }) => JSON.parse(stdin.toString()) as object);
    expect(del).toEqual({ ...add, prevResult: expect.anything() as object });
    expect(await kube.admin.writer.get(claims, ref)).toEqual(before);
  });
});

describe('without the API server', () => {
  it('what cannot be known is waited for within bounds, then ADD ends with code 11, and DEL works [NPWG-330]', async () => {
    const uid = await pod('before', { [networksAnnotation]: 'lan' });
    const attached = node.pod();
    expectSuccess(await runtime.add(attached, { ...of('before', uid), ...handing('lan') }));
    await kube.server.killApi();
    bin.clearLog();
    for (const options of [of('stranger', 'u-9'), { ...of('stranger', 'u-9'), ...handing('unheard-of') }]) {
      const refused = await runtime.add(node.pod(), options);
      expectRefusal(refused, { reason: 'ApiUnreachable', code: 11 });
      expect(refused.ms).toBeLessThan(5_000);
    }
    expect(bin.trace()).toEqual([]);
    expectSuccess(await runtime.del(attached, of('before', uid)));
    expect(bin.trace()).toEqual(['DEL beta net1', 'DEL alpha eth0']);
  });
});

/** The upstream kind, in short. */
const claimKind = JSON.stringify({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'ipamclaims.k8s.cni.cncf.io' },
  spec: {
    group: 'k8s.cni.cncf.io',
    scope: 'Namespaced',
    names: { plural: 'ipamclaims', singular: 'ipamclaim', kind: 'IPAMClaim', listKind: 'IPAMClaimList' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                required: ['network', 'interface'],
                properties: { network: { type: 'string' }, interface: { type: 'string' } },
              },
              status: {
                type: 'object',
                properties: { ips: { type: 'array', items: { type: 'string' } } },
              },
            },
          },
        },
      },
    ],
  },
});
