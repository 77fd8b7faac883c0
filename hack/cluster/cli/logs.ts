import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ClusterError } from '../cluster-error.ts';
import { contextOf } from '../context.ts';
import { type Layout, nodeLayoutOf } from '../layout.ts';
import { type CliCommand, nameOption, wholeNumber } from './command-line.ts';
import { table } from './status.ts';

/** `logs`: what the components say. */
export const logsCommand: CliCommand = {
  name: 'logs',
  summary: 'Show the log of a component, or which logs there are',
  help: `Shows the log of a component. Without COMPONENT: which logs there are. Works for dead clusters too.

  logs [-n NAME] [--node NODE] [COMPONENT] [-f] [--tail N]

  -n, --name NAME         name of the cluster (default: dev)
      --node NODE         a node's component: kubelet, containerd, kube-proxy, init;
                          without it the control plane's: etcd, kube-apiserver, ...
  -f, --follow            go on showing what is added
      --tail N            only the last N lines (default: all)`,
  options: {
    ...nameOption,
    node: { type: 'string' },
    follow: { type: 'boolean', short: 'f' },
    tail: { type: 'string' },
  },
  words: { least: 0, most: 1 },
  run: async (call) => {
    const context = contextOf(call.value('name') ?? '');
    if (!existsSync(context.layout.dir)) throw new ClusterError(`there is no cluster '${context.name}'`);
    const [component] = call.words;
    const node = call.value('node');
    const logs = logsOf(context.layout).filter(
      (log) => component === undefined || log.component === component,
    );
    const found = logs.filter((log) => (component === undefined && node === undefined) || log.node === node);
    if (component === undefined) {
      const rows = found.map((log) => [log.node ?? '-', log.component, String(log.bytes), log.path]);
      console.log(table([['NODE', 'COMPONENT', 'BYTES', 'FILE'], ...rows]).join('\n'));
      return 0;
    }
    const [log] = found;
    if (log === undefined) {
      throw new ClusterError(
        `no log of ${component}${node === undefined ? '' : ` on ${node}`}; 'logs' alone lists them`,
      );
    }
    const tail = call.value('tail');
    const count = tail === undefined ? '+1' : String(wholeNumber(tail, 'tail'));
    return show(['-n', count, ...(call.flag('follow') ? ['-F'] : []), log.path]);
  },
};

interface Log {
  readonly node: string | undefined;
  readonly component: string;
  readonly path: string;
  readonly bytes: number;
}

function logsOf(layout: Layout): readonly Log[] {
  const nodes = existsSync(layout.nodes) ? readdirSync(layout.nodes).sort() : [];
  return [
    ...logsIn(layout.controlPlane, undefined),
    ...nodes.flatMap((node) => logsIn(nodeLayoutOf(layout, node).dir, node)),
  ];
}

function logsIn(dir: string, node: string | undefined): readonly Log[] {
  const files = existsSync(dir) ? readdirSync(dir).sort() : [];
  return files
    .filter((file) => file.endsWith('.log'))
    .map((file) => {
      const path = join(dir, file);
      return { node, component: file.slice(0, -'.log'.length), path, bytes: statSync(path).size };
    });
}

function show(args: readonly string[]): Promise<number> {
  const child = spawn('tail', args, { stdio: 'inherit' });
  process.on('SIGINT', () => {});
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (status) => resolve(status ?? 0));
  });
}
