import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { toolDirectory } from '../toolchain/tools.ts';
import { chooseEngine, probeEngine } from './engine.ts';
import { downKindCluster, type KindCluster, upKindCluster } from './kind-cluster.ts';

/** make kind-up, make kind-down. */

const root: string = resolve(import.meta.dirname, '../..');

const help = `Kubernetes in containers, for machines with Docker. Without it: make cluster-up.

  node hack/kind/main.ts up [--name=weft] [--config=FILE] [--kubeconfig=FILE]
  node hack/kind/main.ts down [--name=weft] [--kubeconfig=FILE]

up makes one control plane and two workers without a default CNI plugin (hack/kind/cluster.yaml), loads localhost/weft:dev
if it was built, and waits until all nodes are registered. A cluster that is there already is kept: the image is loaded
anew. The kubeconfig is .cluster/kind-NAME.kubeconfig unless another is named. kind itself is built on first use.

KIND_NODE_IMAGE             image of the nodes instead of the configuration's: another version of Kubernetes
KIND_EXPERIMENTAL_PROVIDER  podman, to use podman instead of Docker
`;

function say(line: string): void {
  process.stdout.write(`kind: ${line}\n`);
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      name: { type: 'string', default: 'weft' },
      config: { type: 'string', default: join(root, 'hack/kind/cluster.yaml') },
      kubeconfig: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(help);
    return;
  }
  const [command, ...rest] = positionals;
  if ((command !== 'up' && command !== 'down') || rest.length > 0)
    throw new Error('say "up" or "down"; see --help');
  const cluster: KindCluster = {
    name: values.name,
    // Before kind is built: that takes a while, and is for nothing without an engine.
    engine: chooseEngine(process.env['KIND_EXPERIMENTAL_PROVIDER'], probeEngine),
    kind: join(await toolDirectory('kind', (line) => console.error(line)), 'kind'),
    kubeconfig: resolve(values.kubeconfig ?? join(root, `.cluster/kind-${values.name}.kubeconfig`)),
  };
  if (command === 'down') {
    downKindCluster(cluster);
    if (values.kubeconfig === undefined) rmSync(cluster.kubeconfig, { force: true });
    return;
  }
  const nodeImage = process.env['KIND_NODE_IMAGE'] || undefined;
  await upKindCluster(cluster, { config: values.config, nodeImage, say });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`kind: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
