import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun } from '../harness/run.ts';
import { type CniCall, CniRuntime, podArgs } from '../harness/runtime.ts';
import type { Pod, TestNode } from '../harness/sandbox.ts';
import { multusBinary } from '../harness/toolchain.ts';
import { defaultBridge } from '../net/confs.ts';
import { inspectStatus, kernelLinks, kernelRoutes, NetBench, type NetworkStatus } from '../net/fixture.ts';
import type { PodKernel } from '../net/multus/kernel-differences.ts';
import { multusFiles } from '../net/multus/multus-files.ts';
import { type Recording, recordingOf } from '../net/multus/recording.ts';
import { ApiStandIn } from './api-stand-in.ts';
import { installStock } from './guest-networks.ts';
import { stockNetworks, workingNetworks } from './networks.ts';

const networksKey = 'k8s.v1.cni.cncf.io/networks';
const statusKey = 'k8s.v1.cni.cncf.io/network-status';

/** A pod with each working network, under Multus and then under weft, for the runner to judge. */
export interface StockPods {
  readonly annotations: Readonly<Record<string, string>>;
  readonly multus: SeenPod;
  readonly recording: Recording;
  /** Multus's pod was deleted by weft: what was left in its sandbox. */
  readonly left: readonly string[];
  readonly weft: SeenPod;
}

export interface SeenPod {
  readonly status: readonly NetworkStatus[];
  readonly kernel: PodKernel;
}

/** Both have the same parents, one after the other: a parent has each VLAN once. */
export async function compareWithMultus(): Promise<StockPods> {
  const bench = await NetBench.start((node) => ({ '10-pods.conflist': defaultBridge(node) }), stockNetworks);
  const { node } = bench;
  installStock(node);
  const networks = workingNetworks.map((name) => ({ name }));
  const annotations = { [networksKey]: JSON.stringify(networks) };
  const [plugin = {}] = bench.runtime.conflist.plugins;
  const cacheDirs = [node.dirs.cache, node.dirs.multus];
  bench.runtime.conflist = { ...bench.runtime.conflist, plugins: [{ ...plugin, cacheDirs }] };

  const api = await ApiStandIn.start(configurations(node), annotations);
  const theirs = node.pod();
  await addWithMultus(multusRuntime(node, api), theirs);
  const multus = { status: parsed(api.annotations[statusKey]), kernel: kernelOf(theirs) };
  const files = multusFiles(node.dirs.multus, theirs.containerId, node.dirs.ipam);
  const recording = recordingOf(
    { annotations },
    { ...theirs, name: 'pod-a', args: podArgs },
    files,
    multus.status,
  );
  expectDone(await bench.runtime.del(theirs));
  const left = kernelLinks(theirs).map((link) => link.name);

  const ours = node.pod();
  expectDone(await bench.add(ours, networks));
  const weft = { status: await inspectStatus(bench, ours), kernel: kernelOf(ours) };
  expectDone(await bench.runtime.del(ours));
  return { annotations, multus, recording, left, weft };
}

/** Multus gives the API server 250 ms to answer, once: that can be too short for an emulator. */
async function addWithMultus(runtime: CniRuntime, pod: Pod): Promise<void> {
  for (let tried = 1; ; tried += 1) {
    const added = await runtime.add(pod, { binary: multusBinary() });
    if (tried === 10 || !added.stdout.includes('context deadline exceeded')) {
      expectDone(added);
      return;
    }
    expectDone(await runtime.del(pod, { binary: multusBinary() }));
  }
}

/** As NetBench.writeNetwork has them. */
function configurations(node: TestNode): Readonly<Record<string, object>> {
  const entries = Object.entries(stockNetworks(node) as Readonly<Record<string, object>>);
  return Object.fromEntries(entries.map(([name, conf]) => [name, { cniVersion: '1.0.0', name, ...conf }]));
}

/** A runtime whose plugin is Multus. A cable leads from the node to the stand-in. */
function multusRuntime(node: TestNode, api: ApiStandIn): CniRuntime {
  const [outside, inside] = ['192.0.2.1', '192.0.2.2'];
  mustRun(['ip', 'link', 'add', 'api0', 'type', 'veth', 'peer', 'name', 'api1', 'netns', node.name]);
  mustRun(['sh', '-ec', `ip addr add ${outside}/30 dev api0; ip link set api0 up`]);
  mustRun([...node.enter, 'sh', '-ec', `ip addr add ${inside}/30 dev api1; ip link set api1 up`]);
  const kubeconfig = join(node.dirs.root, 'kubeconfig');
  const cluster = { server: `http://${outside}:${api.port}` };
  const document = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'api', cluster }],
    contexts: [{ name: 'api', context: { cluster: 'api', user: '' } }],
    'current-context': 'api',
  };
  writeFileSync(kubeconfig, JSON.stringify(document));
  const plugin = {
    type: 'multus',
    kubeconfig,
    cniDir: node.dirs.multus,
    binDir: node.dirs.bin,
    confDir: node.dirs.networkConf,
    logToStderr: true,
    logLevel: 'error',
    delegates: [defaultBridge(node)],
  };
  return new CniRuntime(node, { cniVersion: '1.0.0', name: 'multus-cni-network', plugins: [plugin] });
}

function kernelOf(pod: Pod): PodKernel {
  return { links: kernelLinks(pod), routes: kernelRoutes(pod) };
}

function parsed(status: string | undefined): readonly NetworkStatus[] {
  return JSON.parse(status ?? '[]') as NetworkStatus[];
}

function expectDone(call: CniCall): void {
  if (call.status !== 0) throw new Error(`${call.status} ${call.signal}: ${call.stdout} ${call.stderr}`);
}
