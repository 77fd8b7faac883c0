import { Buffer } from 'node:buffer';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { deployWeft, removeWeft } from '../../../hack/deploy/deploy-weft.ts';
import { delegatesOf } from '../../../src/attachment/plan.ts';
import type { NetworkStatus } from '../../net/fixture.ts';
import { fileNetwork, type HostLocal, networks, type PodCase, podCases } from '../../net/multus/cases.ts';
import type { PodKernel } from '../../net/multus/kernel-differences.ts';
import type { MultusKind } from '../../net/multus/multus-bench.ts';
import { multusFiles } from '../../net/multus/multus-files.ts';
import { type Recording, recordingOf } from '../../net/multus/recording.ts';
import { intendedDifferences } from '../../net/multus/status-differences.ts';
import { eventually } from '../eventually.ts';
import { KubeNamespace } from '../kube-namespace.ts';
import { startCluster } from '../start-cluster.ts';
import {
  attachedPod,
  expectAttached,
  networkStatus,
  networksReady,
  sandboxesOf,
  sandboxView,
} from '../weft/attached-pod.ts';
import { DevicePlugin, describeDevice, deviceInfoDir, nicResource } from '../weft/device-plugin.ts';
import { networkedPod } from '../weft/networked-pod.ts';
import { recordsOf } from '../weft/records.ts';
import { deployMultus, removeMultus } from './multus-daemon-set.ts';

/** Where the cases expect their networks. */
const namespace = 'bench';
/** As many as the pod requests, so that both pods get the same. */
const nics = ['0000:18:02.1', '0000:18:02.2'];
const networksKey = 'k8s.v1.cni.cncf.io/networks';
/** examples/sriov-pod.yml, with a plugin that these nodes have. */
export const deviceCase = 'two devices of a resource';

/**
 * The pods of test/net/multus, and what needs a kubelet. But one: Multus 4.3.0 fails to delete a pod of a list without a
 * version, for ever, because it makes that list anew for DEL without the keys that it does not know.
 */
export function clusterCases(): Readonly<Record<string, PodCase>> {
  const annotations = { [networksKey]: 'nic, nic' };
  const { 'a list without version': _stuck, ...others } = podCases();
  return { ...others, [deviceCase]: { annotations, limits: { [nicResource]: '2' } } };
}

/** A pod once it was attached. */
export interface AttachedCase {
  /** Or the reason of the refusal. */
  readonly status: readonly NetworkStatus[] | string;
  readonly kernel: PodKernel;
  /** What the delegates were told of devices, by interface. */
  readonly devices: Readonly<Record<string, readonly unknown[]>>;
  /** Of Multus. */
  readonly recording?: Recording;
}

/** A node that attaches all cases, one plugin after the other. */
export class ComparedCluster {
  readonly cluster: Cluster;
  readonly #node: ClusterNode;
  readonly #kube: KubeNamespace;
  readonly #plugin: DevicePlugin;

  private constructor(cluster: Cluster, kube: KubeNamespace, plugin: DevicePlugin) {
    this.cluster = cluster;
    this.#node = cluster.node('node1');
    this.#kube = kube;
    this.#plugin = plugin;
  }

  static async start(name: string): Promise<ComparedCluster> {
    const cluster = await startCluster(name, 1);
    const node = cluster.node('node1');
    await cluster.kubectl(['create', '--kustomize', 'config/crd']);
    const kube = await KubeNamespace.create(cluster, namespace);
    await createNetworks(kube, node);
    await node.exec(['ip', 'link', 'add', 'spare0', 'type', 'veth', 'peer', 'name', 'spare1']);
    for (const id of nics) describeDevice(node, id);
    const plugin = await DevicePlugin.register(node, nics);
    return new ComparedCluster(cluster, kube, plugin);
  }

  async close(): Promise<void> {
    await this.#plugin.close();
  }

  /** By case. */
  async underMultus(kind: MultusKind): Promise<ReadonlyMap<string, AttachedCase>> {
    await deployMultus(this.cluster, this.#node, kind);
    const pods = await this.#attachAll([]);
    const seen = new Map<string, AttachedCase>();
    for (const [name, one] of pods) seen.set(name, await this.#seenOfMultus(podName(name), one));
    await this.#removeAll();
    await removeMultus(this.cluster, this.#node, kind);
    return seen;
  }

  /** By case. */
  async underWeft(): Promise<ReadonlyMap<string, AttachedCase>> {
    await deployWeft(this.cluster, (line) => console.log(`${this.cluster.name}: ${line}`));
    const refused = intendedDifferences.flatMap(({ field, pods = [] }) => (field === '(pod)' ? pods : []));
    const pods = await this.#attachAll(refused);
    const seen = new Map<string, AttachedCase>();
    for (const [name] of pods)
      seen.set(
        name,
        await (refused.includes(name) ? this.#refusalOf(podName(name)) : this.#seenOfWeft(podName(name))),
      );
    await this.#removeAll();
    await removeWeft(this.cluster);
    return seen;
  }

  /** Resolves when all are Ready, but those that are refused. */
  async #attachAll(refused: readonly string[]): Promise<readonly (readonly [string, PodCase])[]> {
    const cases = Object.entries(clusterCases());
    await this.#kube.apply(...cases.map(([name, one]) => podOf(podName(name), one)));
    const ready = cases.filter(([name]) => !refused.includes(name)).map(([name]) => `pod/${podName(name)}`);
    await this.#kube.kubectl('wait', '--for=condition=Ready', '--timeout=300s', ...ready);
    return cases;
  }

  async #removeAll(): Promise<void> {
    await this.#kube.kubectl('delete', 'pod', '--all', '--timeout=180s');
  }

  async #seenOfMultus(name: string, one: PodCase): Promise<AttachedCase> {
    const pod = await attachedPod(this.#kube, name);
    const { netns, ...kernel } = await sandboxView(this.#node, pod);
    const [containerId = ''] = await sandboxesOf(this.#node, pod);
    const { varLibCni } = this.#node.paths;
    const files = multusFiles(join(varLibCni, 'multus'), containerId, '/var/lib/cni/networks');
    const deviceInfo = deviceInfoOf(this.#node, containerId);
    const withInfo = Object.keys(deviceInfo).length === 0 ? files : { ...files, deviceInfo };
    // As containerd sends them.
    const args = [
      'IgnoreUnknown=1',
      `K8S_POD_NAMESPACE=${namespace}`,
      `K8S_POD_NAME=${name}`,
      `K8S_POD_INFRA_CONTAINER_ID=${containerId}`,
      `K8S_POD_UID=${pod.metadata.uid}`,
    ].join(';');
    const status = networkStatus(pod);
    const recording = recordingOf(one, { name, containerId, netns, args }, withInfo, status);
    return { status, kernel, devices: devicesTold(files.results), recording };
  }

  async #seenOfWeft(name: string): Promise<AttachedCase> {
    const { pod, view } = await expectAttached(this.#kube, name);
    const record = recordsOf(this.#node).find((one) => one.pod?.name === name);
    const steps = delegatesOf((record?.steps ?? []).map(({ step }) => step));
    const devices = steps.flatMap(({ ifname, plugins }) => {
      const told = plugins.map(({ config }) => toldOf(JSON.parse(config) as DeviceConf));
      return told.some((one) => one !== undefined) ? [[ifname, told] as const] : [];
    });
    return { status: networkStatus(pod), kernel: view, devices: Object.fromEntries(devices) };
  }

  async #refusalOf(name: string): Promise<AttachedCase> {
    const status = await eventually(`the refusal of ${name}`, 60_000, async () => {
      const condition = networksReady(await attachedPod(this.#kube, name));
      if (condition?.status !== 'False' || condition.reason === undefined)
        throw new Error(JSON.stringify(condition));
      return condition.reason;
    });
    return { status, kernel: { links: [], routes: [] }, devices: {} };
  }
}

function podName(pod: string): string {
  return pod.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}

function podOf(name: string, one: PodCase): object {
  const hostPort = one.portMappings?.[0]?.hostPort;
  const pod = networkedPod(name, {
    ...(hostPort === undefined ? {} : { hostPort }),
    ...(one.limits === undefined ? {} : { limits: one.limits }),
  }) as { metadata: object };
  return { ...pod, metadata: { ...pod.metadata, annotations: one.annotations } };
}

const hostLocal: HostLocal = (subnets, more = {}) => ({
  type: 'host-local',
  ranges: subnets.map((subnet) => [{ subnet }]),
  ...more,
});

async function createNetworks(kube: KubeNamespace, node: ClusterNode): Promise<void> {
  const nic = {
    cniVersion: '1.0.0',
    type: 'macvlan',
    master: 'eth1',
    mode: 'bridge',
    capabilities: { deviceID: true },
    ipam: hostLocal(['10.56.217.0/24']),
  };
  const file = fileNetwork(hostLocal);
  const definitions = [
    ...Object.entries(networks(hostLocal)).map(([name, config]) => definition(name, config)),
    definition('nic', nic, { 'k8s.v1.cni.cncf.io/resourceName': nicResource }),
    definition(String(file['name'])),
  ];
  const dir = join(node.paths.etcCniNetd, '../multus/net.d');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'file.conf'), JSON.stringify(file));
  await eventually('the networks', 20_000, () => kube.apply(...definitions));
}

function definition(name: string, config?: object, annotations: object = {}): object {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, annotations },
    spec: config === undefined ? {} : { config: JSON.stringify(config) },
  };
}

interface DeviceConf {
  readonly deviceID?: string;
  readonly pciBusID?: string;
  readonly runtimeConfig?: { readonly deviceID?: string };
}

/** undefined if it was told nothing. */
function toldOf({ deviceID, pciBusID, runtimeConfig }: DeviceConf): object | undefined {
  const told = { deviceID, pciBusID, byCapability: runtimeConfig?.deviceID };
  return Object.values(told).some((value) => value !== undefined) ? told : undefined;
}

/** From libcni's cache, by interface. */
function devicesTold(results: Readonly<Record<string, string>>): AttachedCase['devices'] {
  const told = Object.values(results).flatMap((text) => {
    const entry = JSON.parse(text) as {
      ifName: string;
      config: string;
      capabilityArgs?: { deviceID?: string };
    };
    const config = JSON.parse(Buffer.from(entry.config, 'base64').toString()) as DeviceConf;
    const { deviceID } = entry.capabilityArgs ?? {};
    const one = toldOf({ ...config, ...(deviceID === undefined ? {} : { runtimeConfig: { deviceID } }) });
    return one === undefined ? [] : [[entry.ifName, [one]] as const];
  });
  return Object.fromEntries(told);
}

/** Device information files of the container's attachments, by interface. */
function deviceInfoOf(node: ClusterNode, containerId: string): Readonly<Record<string, string>> {
  const dir = join(deviceInfoDir(node), 'cni');
  const found = readdirOrNone(dir).flatMap((name) => {
    const ifname = new RegExp(`-${containerId}_(.+)$`).exec(name)?.[1];
    return ifname === undefined ? [] : [[ifname, readFileSync(join(dir, name), 'utf8')] as const];
  });
  return Object.fromEntries(found);
}

function readdirOrNone(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch {
    return [];
  }
}
