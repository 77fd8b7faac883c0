import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess } from '../harness/agent-process.ts';
import { until } from '../harness/run.ts';
import { type Pod, TestNode } from '../harness/sandbox.ts';
import { installCniPlugins, weftBinary } from '../harness/toolchain.ts';
import { type ApiCluster, benchNamespace } from './api-cluster.ts';
import type { Job } from './runner.ts';

/** The measured set-up of DESIGN §5: a default bridge and two macvlan networks, all with host-local. */
export interface Scene {
  readonly node: TestNode;
  readonly agent: AgentProcess;
  /** For job files and outputs. */
  readonly dir: string;
  /** Standard input of weft, without what belongs to one call. */
  readonly conf: Readonly<Record<string, unknown>>;
  readonly pods: ScenePods;
}

/** The pods that the sandboxes belong to. Without an API server there are none, and each uid is made up. */
export interface ScenePods {
  /** Before the sandbox's first ADD. */
  admit(pod: Pod): Promise<void>;
  /** After its DEL. */
  forget(pod: Pod): Promise<void>;
  uid(pod: Pod): string;
}

const path = '/usr/sbin:/usr/bin:/sbin:/bin';

/**
 * In memory, as `/run` is on every node. Everything but a durable state is here, because what a disk does with many
 * files that come and go would be measured otherwise: an ext4 without journal looks at each inode that was freed lately.
 */
export const memoryRoot: string = '/dev/shm/weft-bench';

export interface SceneOptions {
  /** State on disk, so that fsync costs what it costs; otherwise it costs nothing. */
  readonly durable: boolean;
  /** The delegates print a result and do nothing, to take their varying times out. */
  readonly emptyDelegates?: boolean;
  /** Networks are its objects, and the agent writes each pod's status there. Otherwise networks are files. */
  readonly api?: ApiCluster;
}

const asked = { 'k8s.v1.cni.cncf.io/networks': 'macvlan-1,macvlan-2' };

/** Makes node, networks and agent. */
export async function makeScene({ durable, emptyDelegates, api }: SceneOptions): Promise<Scene> {
  const node = TestNode.create({ network: true });
  if (emptyDelegates === true) installEmptyDelegates(node.dirs.bin, ['bridge', 'macvlan']);
  else installCniPlugins(node.dirs.bin, ['bridge', 'macvlan', 'host-local', 'loopback']);
  writeJson(join(node.dirs.conf, '10-default.conflist'), {
    cniVersion: '1.0.0',
    name: 'default',
    plugins: [bridge(node)],
  });
  for (const number of [1, 2]) await defineNetwork(node, number, api);
  const runDir = ['--run-dir', join(memoryRoot, node.name, 'run')];
  const state = durable ? [] : ['--state-dir', join(memoryRoot, node.name, 'state')];
  const source = api === undefined ? [] : ['--networks-dir', '', '--kubeconfig', api.kubeconfig];
  const agent = await AgentProcess.start(
    node,
    ['--install', '--metrics-address', 'off', '--log-level', 'info', ...runDir, ...state, ...source],
    true,
    api === undefined ? node.enter : [],
  );
  const conflist = join(node.dirs.conf, '00-weft.conflist');
  await until('the configuration', 10_000, () => existsSync(conflist));
  const { name, cniVersion, plugins } = JSON.parse(readFileSync(conflist, 'utf8')) as {
    name: string;
    cniVersion: string;
    plugins: readonly object[];
  };
  const runtimeConfig = { 'io.kubernetes.cri.pod-annotations': asked };
  const dir = join(memoryRoot, node.name, 'jobs');
  mkdirSync(dir, { recursive: true });
  const pods = api === undefined ? noPods : apiPods(api);
  return { node, agent, dir, conf: { ...plugins[0], name, cniVersion, runtimeConfig }, pods };
}

/** For those who bring no pods to the API server. */
export const noPods: ScenePods = {
  admit: async () => {},
  forget: async () => {},
  uid: (pod) => pod.netnsName,
};

/** Throws where a pod that was attached did not get its status: what was measured was not the whole work then. */
function apiPods(api: ApiCluster): ScenePods {
  const uids = new Map<string, string>();
  return {
    admit: async ({ netnsName }) => void uids.set(netnsName, await api.pod(netnsName, asked)),
    forget: async ({ netnsName }) => {
      const entries = (await api.status(netnsName)).split('"interface"').length - 1;
      if (entries !== 3) throw new Error(`pod ${netnsName} has ${entries} entries of network-status, not 3`);
      uids.delete(netnsName);
      await api.removePod(netnsName);
    },
    uid: ({ netnsName }) => uids.get(netnsName) ?? netnsName,
  };
}

async function defineNetwork(node: TestNode, number: number, api: ApiCluster | undefined): Promise<void> {
  const name = `macvlan-${number}`;
  const config = { cniVersion: '1.0.0', ...macvlan(node, number) };
  if (api !== undefined) return api.network(name, config);
  writeJson(join(node.dirs.networks, `${name}.json`), {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, namespace: benchNamespace },
    spec: { config: JSON.stringify(config) },
  });
}

/** The delegates alone, as weft would call them: ADD in order, DEL in reverse. */
export function floorJobs(scene: Scene, pod: Pod, verb: 'ADD' | 'DEL'): readonly Job[] {
  const { node } = scene;
  const networks = [
    { name: 'default', ifname: 'eth0', plugin: bridge(node) },
    { name: 'macvlan-1', ifname: 'net1', plugin: macvlan(node, 1) },
    { name: 'macvlan-2', ifname: 'net2', plugin: macvlan(node, 2) },
  ];
  const jobs = networks.map(
    ({ name, ifname, plugin }): Job => ({
      program: join(node.dirs.bin, plugin.type),
      env: environment(scene, pod, verb, ifname),
      stdin: JSON.stringify({ cniVersion: '1.0.0', ...plugin, name }),
    }),
  );
  return verb === 'ADD' ? jobs : jobs.reverse();
}

/** The same through weft. */
export function weftJob(scene: Scene, pod: Pod, verb: 'ADD' | 'DEL'): Job {
  return {
    program: weftBinary(),
    env: environment(scene, pod, verb, 'eth0'),
    stdin: JSON.stringify(scene.conf),
  };
}

function installEmptyDelegates(binDir: string, names: readonly string[]): void {
  for (const name of names) {
    const source = join(import.meta.dirname, 'empty-delegate.c');
    execFileSync('gcc', ['-O2', '-static', '-o', join(binDir, name), source], { stdio: 'inherit' });
  }
}

function environment(
  { node, pods }: Scene,
  pod: Pod,
  verb: string,
  ifname: string,
): Readonly<Record<string, string>> {
  return {
    CNI_COMMAND: verb,
    CNI_CONTAINERID: pod.containerId,
    CNI_NETNS: pod.netns,
    CNI_IFNAME: ifname,
    CNI_ARGS: `IgnoreUnknown=1;K8S_POD_NAMESPACE=${benchNamespace};K8S_POD_NAME=${pod.netnsName};K8S_POD_UID=${pods.uid(pod)}`,
    CNI_PATH: node.dirs.bin,
    PATH: path,
  };
}

function bridge(node: TestNode): { readonly type: string; readonly [key: string]: unknown } {
  return { type: 'bridge', bridge: 'cni0', isGateway: true, ipam: ipam(node, '10.80.0.0/16') };
}

function macvlan(node: TestNode, number: number): { readonly type: string; readonly [key: string]: unknown } {
  const name = `macvlan-${number}`;
  return { type: 'macvlan', name, master: 'eth1', mode: 'bridge', ipam: ipam(node, `10.8${number}.0.0/16`) };
}

function ipam(node: TestNode, subnet: string): object {
  return { type: 'host-local', dataDir: join(memoryRoot, node.name, 'ipam'), ranges: [[{ subnet }]] };
}

function writeJson(file: string, value: object): void {
  writeFileSync(file, JSON.stringify(value));
}
