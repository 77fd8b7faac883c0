import { expect } from 'vitest';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { linksBy, routesBy } from '../../harness/kernel-view.ts';
import { expectStatusAgrees, type SandboxView } from '../../net/agreement.ts';
import type { NetworkStatus } from '../../net/fixture.ts';
import { eventually } from '../eventually.ts';
import type { KubeNamespace } from '../kube-namespace.ts';

/** A condition of a pod. */
export interface ConditionView {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
}

/** A pod as far as its networks go. */
export interface AttachedPod {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly nodeName?: string };
  readonly status: {
    readonly phase: string;
    readonly podIP?: string;
    readonly conditions?: readonly ConditionView[];
    readonly containerStatuses?: readonly {
      readonly ready: boolean;
      readonly restartCount: number;
      readonly state: { readonly terminated?: { readonly exitCode: number } };
    }[];
  };
}

/** The pod as the API has it now. */
export async function attachedPod(kube: KubeNamespace, name: string): Promise<AttachedPod> {
  return JSON.parse(await kube.kubectl('get', 'pod', name, '--output=json')) as AttachedPod;
}

/** All pods of the namespace, or those that a selector chooses. */
export async function attachedPods(kube: KubeNamespace, selector = ''): Promise<readonly AttachedPod[]> {
  const text = await kube.kubectl('get', 'pods', '--output=json', `--selector=${selector}`);
  return (JSON.parse(text) as { items: AttachedPod[] }).items;
}

/** The pod's condition weft.dev/NetworksReady. */
export function networksReady(pod: AttachedPod): ConditionView | undefined {
  return pod.status.conditions?.find((condition) => condition.type === 'weft.dev/NetworksReady');
}

/** What the pod's annotation says; empty without it. */
export function networkStatus(pod: AttachedPod): readonly NetworkStatus[] {
  const text = pod.metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'] ?? '[]';
  return JSON.parse(text) as NetworkStatus[];
}

/** Container IDs of the pod's sandboxes that run. */
export async function sandboxesOf(node: ClusterNode, { metadata }: AttachedPod): Promise<readonly string[]> {
  const { name, namespace, annotations = {} } = metadata;
  const filter = ['--namespace', `^${namespace}$`, '--name', `^${name}$`, '--state', 'ready'];
  const { items } = JSON.parse(await node.exec(['crictl', 'pods', ...filter, '--output=json'])) as {
    items: { id: string; metadata: { uid: string } }[];
  };
  // The runtime knows a static pod by the hash of its manifest. A pod of the same name may be on its way out.
  const uid = annotations['kubernetes.io/config.hash'] ?? metadata.uid;
  return items.filter((item) => item.metadata.uid === uid).map((item) => item.id);
}

interface InspectedSandbox {
  readonly info: {
    readonly runtimeSpec: {
      readonly linux: { readonly namespaces: readonly { readonly type: string; readonly path?: string }[] };
    };
  };
}

/** The pod's network namespace as the kernel has it. Throws unless exactly one sandbox of it runs. */
export async function sandboxView(node: ClusterNode, pod: AttachedPod): Promise<SandboxView> {
  const [id, ...others] = await sandboxesOf(node, pod);
  if (id === undefined || others.length > 0) {
    const count = id === undefined ? 'no sandbox' : `${others.length + 1} sandboxes`;
    throw new Error(`${pod.metadata.name}: ${count} on ${node.name}`);
  }
  const { info } = JSON.parse(await node.exec(['crictl', 'inspectp', id])) as InspectedSandbox;
  const netns = info.runtimeSpec.linux.namespaces.find(({ type }) => type === 'network')?.path ?? '';
  const ip = [...node.entrance().argv, 'ip', '-n', netns.split('/').at(-1) ?? ''];
  return { netns, links: linksBy(ip), routes: routesBy(ip) };
}

/**
 * Waits until status and condition are on the pod, then fails unless the annotation says of every interface in the
 * sandbox what the kernel says, and nothing of others. Resolves with what was compared.
 */
export async function expectAttached(
  kube: KubeNamespace,
  name: string,
): Promise<{ readonly pod: AttachedPod; readonly view: SandboxView }> {
  const pod = await eventually(`NetworksReady of ${name}`, 10_000, async () => {
    const seen = await attachedPod(kube, name);
    if (networksReady(seen)?.status !== 'True') throw new Error(JSON.stringify(seen.status.conditions));
    return seen;
  });
  const view = await sandboxView(kube.cluster.node(pod.spec.nodeName ?? ''), pod);
  const status = networkStatus(pod);
  expectStatusAgrees(status, view);
  expect(status.find((entry) => entry.default === true)?.ips).toContain(pod.status.podIP);
  return { pod, view };
}
