import { Cluster, type ClusterOptions } from '../cluster.ts';
import { type Call, type CliCommand, nameOption, wholeNumber } from './command-line.ts';

/** `up`: makes a cluster. */
export const upCommand: CliCommand = {
  name: 'up',
  summary: 'Make a cluster',
  help: `Makes a cluster; removes the debris of a dead one of that name first, refuses if a live one stands.

  up [-n NAME] [--nodes N] [options]

  -n, --name NAME         name of the cluster (default: dev)
      --nodes N           how many nodes (default: 2)
      --no-network        no default network: nodes are NotReady until a CNI conf is there
      --no-fsync          etcd does not wait for the disk: quicker, but latencies are not real
      --audit-log         log requests to .cluster/NAME/audit.log
      --image FILE        import this image archive into every node; may be repeated`,
  options: {
    ...nameOption,
    nodes: { type: 'string', default: '2' },
    'no-network': { type: 'boolean' },
    'no-fsync': { type: 'boolean' },
    'audit-log': { type: 'boolean' },
    image: { type: 'string', multiple: true },
  },
  words: { least: 0, most: 0 },
  run: async (call) => {
    const name = call.value('name') ?? '';
    const started = performance.now();
    const progress = (line: string): void => {
      console.log(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${line}`);
    };
    // Half a cluster is of no use: end it as `down` would.
    let abandoned: Promise<never> | undefined;
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.once(signal, () => {
        abandoned ??= abandon(name, signal);
      });
    }
    const cluster = await Cluster.up(optionsOf(call, name), progress).catch((error: unknown) => {
      // What fails now fails because its processes were ended.
      if (abandoned !== undefined) return abandoned;
      throw error;
    });
    progress(`cluster ${name} is up`);
    console.log(`export KUBECONFIG=${cluster.kubeconfig}`);
    return 0;
  },
};

function optionsOf(call: Call, name: string): ClusterOptions {
  return {
    name,
    nodes: wholeNumber(call.value('nodes') ?? '', 'nodes'),
    defaultNetwork: !call.flag('no-network'),
    etcdFsync: !call.flag('no-fsync'),
    auditLog: call.flag('audit-log'),
    images: call.values('image'),
  };
}

/** Ends this process and whatever of the cluster it has made. */
async function abandon(name: string, signal: NodeJS.Signals): Promise<never> {
  console.error(`${signal}: removing what was made of cluster ${name}`);
  try {
    await Cluster.abandon(name);
  } finally {
    process.exit(130);
  }
}
