import { spawn } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { join } from 'node:path';
import type { ClusterTools } from '../toolchain/tools.ts';
import { network, nodeAddresses } from './addresses.ts';
import {
  bootNode,
  createNodeObject,
  firstProcessNamespaces,
  lastWords,
  letNodeGo,
  makeNode,
  startFirstProcess,
  writeKubeconfig,
} from './boot.ts';
import { machineHierarchies, makeCgroups } from './cgroups.ts';
import { writeState } from './cluster-state.ts';
import type { ClusterContext } from './context.ts';
import { controlPlaneFiles } from './control-plane.ts';
import { dnsDeployment, dnsObjects } from './dns.ts';
import { cgroupName, controlPlane } from './identity.ts';
import { keepArchive, toolchainImages } from './image-archives.ts';
import { kubeconfigText } from './kubeconfig.ts';
import { type Layout, logFile } from './layout.ts';
import { controlPlaneLinks, runBatch } from './network.ts';
import { ClusterNode } from './node.ts';
import { makePki } from './pki.ts';
import { waitFor } from './wait.ts';

/** What startCluster needs to know. */
export interface Startup {
  readonly tools: ClusterTools;
  /** Numbers of the first nodes. */
  readonly indexes: readonly number[];
  readonly defaultNetwork: boolean;
  readonly etcdFsync?: boolean;
  readonly auditLog?: boolean;
  readonly images?: readonly string[];
}

const initScripts: readonly string[] = ['supervise.sh', 'control-plane-init.sh', 'node-init.sh'];

/** Makes a cluster where nothing is; resolves when it can be used. Whatever it makes carries the cluster's id. */
export async function startCluster(
  context: ClusterContext,
  startup: Startup,
  progress: (line: string) => void,
): Promise<void> {
  const { layout } = context;
  for (const dir of [layout.dir, layout.scripts, layout.controlPlane, layout.nodes]) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
  }
  const outside = await listen();
  try {
    prepareFiles(context, startup, (outside.address() as AddressInfo).port);
    await startControlPlane(context, outside);
  } finally {
    outside.close();
  }
  progress('control plane starts');
  const nodes = startup.indexes.map((index) => nodeAddresses(index));
  // Nodes get as far as they can without an API server while that starts. The first failure ends the waiting.
  const abort = new AbortController();
  await Promise.all([
    apiServerReady(context, abort.signal).then(() => progress('API server is ready')),
    ...nodes.map(async (addresses) => {
      await makeNode(context, addresses);
      await bootNode(context, addresses);
      progress(`${addresses.name}: booted`);
    }),
  ]).catch((error: unknown) => {
    abort.abort();
    throw error;
  });
  await Promise.all(nodes.map((addresses) => createNodeObject(context, addresses)));
  for (const [collection, object] of dnsObjects()) await context.api.create(collection, object);
  await Promise.all(
    nodes.map(async (addresses) => {
      await letNodeGo(context, addresses);
      const node = new ClusterNode(context, addresses);
      await (startup.defaultNetwork ? node.waitReady() : node.waitRegistered());
      progress(`${addresses.name}: ${startup.defaultNetwork ? 'Ready' : 'registered'}`);
    }),
  );
  if (startup.defaultNetwork && nodes.length > 0) {
    await dnsReady(context);
    progress('DNS answers');
  }
  context.update({ upSince: new Date().toISOString() });
}

/** A socket of the machine's own namespace, on a port that the kernel chooses. */
function listen(): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ host: '127.0.0.1', port: 0, backlog: 512 }, () => resolve(server));
  });
}

function prepareFiles(context: ClusterContext, startup: Startup, port: number): void {
  const { layout } = context;
  for (const script of initScripts) cpSync(join(import.meta.dirname, script), join(layout.scripts, script));
  writeState(layout, {
    format: 1,
    id: context.id,
    name: context.name,
    port,
    nodes: startup.indexes,
    defaultNetwork: startup.defaultNetwork,
    images: [
      ...toolchainImages.map((name) => join(startup.tools.images, name)),
      ...(startup.images ?? []).map((archive) => keepArchive(layout, archive)),
    ],
    tools: startup.tools,
  });
  const groups = makeCgroups(machineHierarchies(), `${cgroupName(context.id)}/${controlPlane}`);
  const files = {
    ...controlPlaneFiles(layout, {
      etcdFsync: startup.etcdFsync ?? true,
      auditLog: startup.auditLog ?? false,
    }),
    cgroups: `${groups.join('\n')}\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(layout.controlPlane, name), text);
}

async function startControlPlane(context: ClusterContext, outside: Server): Promise<void> {
  const { layout } = context;
  const env = context.environment();
  const [pid] = await Promise.all([
    startFirstProcess(context, {
      node: controlPlane,
      log: logFile(layout.controlPlane, 'init'),
      argv: [
        ...['unshare', '--net', ...firstProcessNamespaces, '--'],
        ...['bash', join(layout.scripts, 'control-plane-init.sh'), layout.controlPlane],
      ],
    }),
    makePki(layout.pki, env),
  ]);
  for (const component of ['kube-controller-manager', 'kube-scheduler', 'kube-proxy']) {
    writeKubeconfig(layout, component, component);
  }
  writeKubeconfig(layout, 'inside', 'admin');
  writeAdminKubeconfig(layout, context);
  await runBatch(pid, controlPlaneLinks(), env);
  startForwarder(context, pid, outside);
  writeFileSync(join(layout.controlPlane, 'network-ready'), '');
}

function writeAdminKubeconfig(layout: Layout, context: ClusterContext): void {
  const pem = (file: string): string => readFileSync(join(layout.pki, file), 'utf8');
  const text = kubeconfigText({
    name: `weft-${context.name}`,
    server: `https://127.0.0.1:${context.state.port}`,
    authority: pem('ca.crt'),
    certificate: pem('admin.crt'),
    key: pem('admin.key'),
  });
  writeFileSync(layout.kubeconfig, text, { mode: 0o600 });
}

/** It lives in the cluster's process namespace, so it ends with the cluster. `setsid --fork` lets nsenter end. */
function startForwarder(context: ClusterContext, pid: number, outside: Server): void {
  const log = openSync(logFile(context.layout.controlPlane, 'forwarder'), 'a');
  const script = join(import.meta.dirname, 'forwarder.ts');
  const child = spawn(
    'nsenter',
    [
      ...[`--target=${pid}`, '--net', '--pid', '--', 'setsid', '--fork'],
      ...[process.execPath, script, '127.0.0.1', String(network.apiPort)],
    ],
    {
      cwd: '/',
      stdio: ['ignore', log, log, descriptorOf(outside)],
      env: { ...context.environment(controlPlane) },
    },
  );
  child.unref();
  closeSync(log);
}

/** Node has no public way to hand a listening socket on to a program that is not started by fork(). */
function descriptorOf(server: Server): number {
  const { fd } = (server as unknown as { readonly _handle: { readonly fd?: unknown } })._handle;
  if (typeof fd !== 'number' || fd < 0) throw new Error('this Node does not tell the descriptor of a socket');
  return fd;
}

async function apiServerReady(context: ClusterContext, signal: AbortSignal): Promise<void> {
  const log = logFile(context.layout.controlPlane, 'kube-apiserver');
  const options = { timeoutMs: 90_000, everyMs: 150, detail: () => lastWords(log), signal };
  await waitFor('the API server', options, async () => (await context.api.healthy('/readyz')) || undefined);
  writeFileSync(join(context.layout.controlPlane, 'api-ready'), '');
}

async function dnsReady(context: ClusterContext): Promise<void> {
  await waitFor('CoreDNS', { timeoutMs: 90_000, everyMs: 200 }, async () => {
    const found = await context.api.find<{ status?: { readyReplicas?: number } }>(dnsDeployment);
    return (found?.status?.readyReplicas ?? 0) > 0 || undefined;
  });
}
