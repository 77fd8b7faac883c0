import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { mustRun, sleep, tryRun } from '../../test/harness/run.ts';
import type { Engine } from './engine.ts';
import { describeNodes, missingNodes, type NodeList } from './node-list.ts';

/** Where a cluster is and what drives it. */
export interface KindCluster {
  readonly name: string;
  readonly engine: Engine;
  /** Path of the kind program. */
  readonly kind: string;
  /** kind writes the cluster into it on up, and takes it out on down. */
  readonly kubeconfig: string;
}

/** What up takes besides. */
export interface UpOptions {
  /** Path of a kind configuration. */
  readonly config: string;
  /** Image for all nodes instead of the configuration's. */
  readonly nodeImage: string | undefined;
  readonly say: (line: string) => void;
}

/** Our own image, loaded where it was built. */
const weftImage = 'localhost/weft:dev';

/** Milliseconds that nodes have to register after kind has joined them. */
const registerMs = 120_000;

/** Makes the cluster if it is not there, loads our image, waits until every node is registered with the API server. */
export async function upKindCluster(cluster: KindCluster, options: UpOptions): Promise<void> {
  if (kindOutput(cluster, ['get', 'clusters']).includes(cluster.name)) {
    options.say(`cluster ${cluster.name} is there already; make kind-down removes it`);
  } else {
    mkdirSync(dirname(cluster.kubeconfig), { recursive: true });
    const image = options.nodeImage === undefined ? [] : ['--image', options.nodeImage];
    runKind(cluster, ['create', 'cluster', '--config', options.config, ...kubeconfigOf(cluster), ...image]);
  }
  loadImage(cluster, options.say);
  options.say(describeNodes(await waitForNodes(cluster)));
  options.say(`export KUBECONFIG=${cluster.kubeconfig}`);
}

/** Removes its containers and its entries of the kubeconfig, which may hold others too; nothing to remove is fine. */
export function downKindCluster(cluster: KindCluster): void {
  runKind(cluster, ['delete', 'cluster', ...kubeconfigOf(cluster)]);
}

function loadImage(cluster: KindCluster, say: (line: string) => void): void {
  if (tryRun([cluster.engine, 'image', 'inspect', weftImage]) === undefined) {
    say(`${weftImage} is not built on this machine, so it is not loaded`);
    return;
  }
  // By an archive: `kind load docker-image` asks docker, whichever engine runs the nodes.
  const dir = mkdtempSync(join(tmpdir(), 'weft-kind-'));
  try {
    const archive = join(dir, 'weft.tar');
    mustRun([cluster.engine, 'save', '-o', archive, weftImage]);
    runKind(cluster, ['load', 'image-archive', archive, '--name', cluster.name]);
    say(`${weftImage} is loaded into every node`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** kind's own --wait waits for Ready, which no node becomes without a CNI configuration. */
async function waitForNodes(cluster: KindCluster): Promise<NodeList> {
  const wanted = kindOutput(cluster, ['get', 'nodes', '--name', cluster.name]);
  const kubectl = ['kubectl', '--kubeconfig=/etc/kubernetes/admin.conf', 'get', 'nodes', '-o', 'json'];
  const deadline = performance.now() + registerMs;
  for (;;) {
    // In the node, so that this machine needs no kubectl.
    const text = tryRun([cluster.engine, 'exec', `${cluster.name}-control-plane`, ...kubectl]);
    const list = text === undefined ? { items: [] } : (JSON.parse(text) as NodeList);
    const missing = missingNodes(wanted, list);
    if (missing.length === 0) return list;
    if (performance.now() > deadline) {
      throw new Error(
        `not registered after ${registerMs / 1000} s: ${missing.join(', ')}; see: ${cluster.engine} logs ${missing[0]}`,
      );
    }
    await sleep(500);
  }
}

function kubeconfigOf(cluster: KindCluster): readonly string[] {
  return ['--name', cluster.name, '--kubeconfig', cluster.kubeconfig];
}

function kindEnvironment(cluster: KindCluster): NodeJS.ProcessEnv {
  return { ...process.env, KIND_EXPERIMENTAL_PROVIDER: cluster.engine };
}

function runKind(cluster: KindCluster, args: readonly string[]): void {
  const end = spawnSync(cluster.kind, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: kindEnvironment(cluster),
  });
  if (end.status !== 0)
    throw new Error(`"kind ${args.join(' ')}" ended with ${end.signal ?? end.status}; see above`);
}

/** Lines on standard output; that nothing was found kind says on standard error. */
function kindOutput(cluster: KindCluster, args: readonly string[]): readonly string[] {
  const end = spawnSync(cluster.kind, args, { encoding: 'utf8', env: kindEnvironment(cluster) });
  if (end.status !== 0) throw new Error(`"kind ${args.join(' ')}": ${end.stderr.trim()}`);
  return end.stdout.split('\n').filter((line) => line !== '');
}
