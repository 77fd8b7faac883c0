import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import {
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  statfsSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { type NodeAddresses, network } from './addresses.ts';
import { machineHierarchies, makeCgroups } from './cgroups.ts';
import { ClusterError } from './cluster-error.ts';
import type { ClusterContext } from './context.ts';
import { bareConfName, bareNetworkConf } from './default-network.ts';
import { cgroupName, controlPlane, machineId } from './identity.ts';
import { keptPaths } from './kept-paths.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { checkoutRoot, type Layout, logFile, type NodeLayout, nodeLayoutOf } from './layout.ts';
import { cables, nodeLinks, runBatch } from './network.ts';
import { nodeFiles, type Snapshotter, staticPodsDir } from './node-config.ts';
import { makeCertificates, nodeCertificates } from './pki.ts';
import { firstProcess } from './processes.ts';
import { waitFor } from './wait.ts';

/** What a node runs. Those found on PATH are links in the cache, and the directories behind them are needed too. */
const programs: readonly string[] = [
  'kubelet',
  'kube-proxy',
  'containerd',
  'containerd-shim-runc-v2',
  'ctr',
  'runc',
  'crictl',
];

/** Makes the directory of a new node: keys, configurations, CNI plugins and, where wanted, the bare default network. */
export async function makeNode(context: ClusterContext, addresses: NodeAddresses): Promise<void> {
  const { id, layout } = context;
  const node = nodeLayoutOf(layout, addresses.name);
  for (const dir of [node.varLib, node.varLog, node.opt, node.etc, node.cniConf, node.cniBin]) {
    mkdirSync(dir, { recursive: true });
  }
  mkdirSync(join(node.dir, 'stage'), { recursive: true });
  mkdirSync(join(node.dir, 'imported'), { recursive: true });
  for (const name of [staticPodsDir, 'containerd', 'cni', 'weft'])
    mkdirSync(join(node.varLib, name), { recursive: true });
  for (const name of ['pods', 'containers']) mkdirSync(join(node.varLog, name), { recursive: true });
  writeFiles(node.dir, {
    ...nodeFiles(id, layout, node, addresses, snapshotterFor(node.dir)),
    'machine-id': `${machineId(id, addresses.name)}\n`,
    keep: lines(keptPaths(neededPaths(context))),
  });
  if (context.state.defaultNetwork) {
    writeFileSync(join(node.cniConf, bareConfName), bareNetworkConf(addresses.podCidr));
  }
  cpSync(context.tools.cniPlugins, node.cniBin, { recursive: true, dereference: true });
  await makeCertificates(
    layout.pki,
    nodeCertificates(addresses.name, addresses.address),
    context.environment(),
  );
  writeKubeconfig(layout, addresses.name, addresses.name);
}

/** An overlay on an overlay fails; containers' root file systems are of that type. */
function snapshotterFor(dir: string): Snapshotter {
  const overlay = 0x794c7630;
  return statfsSync(dir).type === overlay ? 'native' : 'overlayfs';
}

/** Writes `pki/NAME.kubeconfig` for the inside of the cluster, with the certificate of that name. */
export function writeKubeconfig(layout: Layout, name: string, certificate: string): void {
  const pem = (file: string): string => readFileSync(join(layout.pki, file), 'utf8');
  const text = kubeconfigText({
    server: `https://${network.controlPlane}:${network.apiPort}`,
    authority: pem('ca.crt'),
    certificate: pem(`${certificate}.crt`),
    key: pem(`${certificate}.key`),
  });
  writeFileSync(join(layout.pki, `${name}.kubeconfig`), text, { mode: 0o600 });
}

/**
 * Starts the first process of a node that was made and does not run, and gives it its links. containerd starts and
 * imports images; kubelet waits for letNodeGo.
 */
export async function bootNode(context: ClusterContext, addresses: NodeAddresses): Promise<void> {
  const { id, layout } = context;
  const node = nodeLayoutOf(layout, addresses.name);
  const groups = makeCgroups(machineHierarchies(), `${cgroupName(id)}/${addresses.name}/system`);
  writeFiles(node.dir, {
    cgroups: lines(groups),
    images: lines(context.state.images),
    'boot-id': `${randomUUID()}\n`,
  });
  const pid = await startFirstProcess(context, {
    node: addresses.name,
    log: logFile(node.dir, 'init'),
    argv: [
      ...['nsenter', `--target=${context.controlPlanePid()}`, '--mount', '--pid', '--ipc', '--'],
      ...['unshare', '--net', '--uts', ...firstProcessNamespaces, '--'],
      ...['bash', join(layout.scripts, 'node-init.sh'), node.dir, addresses.name],
    ],
  });
  await waitForSign(node, addresses.name, pid, 'prepared', 20_000);
  const env = context.environment();
  await runBatch(context.controlPlanePid(), cables(id, addresses, pid), env);
  await runBatch(pid, nodeLinks(id, addresses), env);
  await context.syncRoutes();
}

/** Makes the Node object with the pod CIDR that follows from the node's number, unless it is there. */
export async function createNodeObject(context: ClusterContext, addresses: NodeAddresses): Promise<void> {
  await context.api.create('/api/v1/nodes', {
    metadata: { name: addresses.name },
    spec: { podCIDR: addresses.podCidr, podCIDRs: [addresses.podCidr] },
  });
}

/** Lets a booted node start kubelet and kube-proxy; resolves when kubelet answers. */
export async function letNodeGo(context: ClusterContext, addresses: NodeAddresses): Promise<void> {
  const pid = context.nodePid(addresses.name);
  const node = nodeLayoutOf(context.layout, addresses.name);
  if (pid === undefined)
    throw new ClusterError(`${addresses.name} has died: ${lastWords(logFile(node.dir, 'init'))}`);
  writeFileSync(join(signs(pid), 'go'), '');
  await waitForSign(node, addresses.name, pid, 'kubelet-ready', 90_000);
}

/** Namespaces that every first process gets anew. When `unshare` is killed, it goes too. */
export const firstProcessNamespaces: readonly string[] = [
  '--mount',
  '--propagation=private',
  '--ipc',
  '--pid',
  '--fork',
  '--kill-child',
];

/** Starts a process that outlives us, and waits until the first process of the new namespaces is there. */
export async function startFirstProcess(
  context: ClusterContext,
  start: { readonly node: string; readonly log: string; readonly argv: readonly string[] },
): Promise<number> {
  const [program = '', ...args] = start.argv;
  const log = openSync(start.log, 'a');
  const child = spawn(program, args, {
    detached: true,
    cwd: '/',
    stdio: ['ignore', log, log],
    env: { ...context.environment(start.node) },
  });
  closeSync(log);
  let failed = '';
  child.on('error', (error) => {
    failed = error.message;
  });
  child.on('exit', (status, signal) => {
    failed ||= `ended with ${signal ?? status}: ${lastWords(start.log)}`;
  });
  child.unref();
  const depth = start.node === controlPlane ? 1 : 2;
  return waitFor(`the first process of ${start.node}`, { timeoutMs: 20_000, everyMs: 20 }, () => {
    if (failed !== '') throw new ClusterError(`${start.node} cannot start: ${failed}`);
    return firstProcess(context.id, start.node, depth);
  });
}

/** The last lines of a log, on one line. */
export function lastWords(log: string): string {
  if (!existsSync(log)) return '';
  return readFileSync(log, 'utf8').trimEnd().split('\n').slice(-4).join(' | ').slice(-600);
}

/** Where a node's first process gives and takes signs. */
function signs(pid: number): string {
  return `/proc/${pid}/root/run/weft-cluster`;
}

async function waitForSign(
  node: NodeLayout,
  name: string,
  pid: number,
  sign: string,
  timeoutMs: number,
): Promise<void> {
  const log = logFile(node.dir, 'init');
  const options = { timeoutMs, everyMs: 25, detail: () => lastWords(log) };
  await waitFor(`${name}: ${sign}`, options, () => {
    if (!existsSync(`/proc/${pid}/root/`)) throw new ClusterError(`${name} has died: ${lastWords(log)}`);
    return existsSync(join(signs(pid), sign)) || undefined;
  });
}

function neededPaths(context: ClusterContext): readonly string[] {
  const { tools } = context;
  const dirs = [tools.kubernetes, tools.etcd, tools.containerd, tools.runc, tools.crictl, tools.images];
  const behind = dirs.flatMap((dir) =>
    programs
      .map((name) => join(dir, name))
      .filter((path) => existsSync(path))
      .map((path) => dirname(realpathSync(path))),
  );
  return [checkoutRoot, context.layout.dir, ...dirs, ...behind];
}

function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
}

function lines(entries: readonly string[]): string {
  return entries.map((entry) => `${entry}\n`).join('');
}
