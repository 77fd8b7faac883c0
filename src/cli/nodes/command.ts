import { Command } from 'commander';
import { age } from '../age.ts';
import { optionalList } from '../cluster-reads.ts';
import { nodeResource, weftNodeResource } from '../kinds.ts';
import { printViews, type ViewPrinter } from '../print-views.ts';
import type { Terminal } from '../terminal.ts';
import { named, noneFound, readCluster } from '../view-command.ts';
import { type ClusterOptions, withClusterOptions } from '../view-options.ts';
import { listedNode, type NodeView, nodeViews, reportedNode } from './node-view.ts';

/** The command line of `kubectl weft nodes`. */
interface NodesOptions extends ClusterOptions {
  readonly selector?: string;
}

const notes = `
Examples:
  # What weft is and has on each node
  kubectl weft nodes

  # And why a node is not ready, or odd
  kubectl weft nodes -o wide

  # Plugins and links of one node
  kubectl weft nodes worker-1 -o yaml

Nodes from which no agent has reported are shown too, where you may list nodes. OUTDATED: attachments that were made with a
configuration that their network no longer has; "kubectl weft pods -A --differing" names the pods.
Exit status: 0, also where a node is not ready; 1 if the API server failed or a node is not there; 2 if the command line or
the kubeconfig cannot be used.
`;

/** `nodes`, which ends by WeftError where it cannot do what it is told. */
export function nodesCommand(terminal: Terminal): Command {
  return withClusterOptions(
    new Command('nodes')
      .summary('show what weft is and has on each node')
      .description('Show what weft is and has on each node, and nodes without an agent.')
      .argument('[name...]', 'only these nodes')
      .option('-l, --selector <selector>', 'only nodes with these labels, such as pool=edge'),
    ['table', 'wide', 'json', 'yaml', 'name'],
  )
    .addHelpText('after', notes)
    .action((names: readonly string[], options: NodesOptions) => runNodes(names, options, terminal));
}

async function runNodes(names: readonly string[], options: NodesOptions, terminal: Terminal): Promise<void> {
  const { selector: labelSelector } = options;
  const views = await readCluster(options, terminal, 'nodes', async (cluster) => {
    const reports = await cluster.list({ resource: weftNodeResource }, reportedNode);
    if (labelSelector !== undefined) {
      // The labels are those of the Node.
      const nodes = await cluster.list({ resource: nodeResource, labelSelector }, listedNode);
      const chosen = new Set(nodes.map(({ name }) => name));
      return nodeViews(
        nodes,
        reports.filter(({ name }) => chosen.has(name)),
      );
    }
    const without = 'nodes without an agent are not shown';
    const nodes = await optionalList({ cluster, terminal }, { resource: nodeResource }, listedNode, without);
    return nodeViews(nodes, reports);
  });
  const shown = named(views, names, 'nodes');
  await printViews(terminal, options.output, shown, { ...printer(Date.now()), none: noneFound(undefined) });
}

function printer(now: number): ViewPrinter<NodeView> {
  return {
    head: (wide) => [
      ...['NAME', 'VERSION', 'DEFAULT NETWORK', 'PLUGINS', 'ATTACHMENTS', 'OUTDATED', 'LEFTOVERS', 'READY'],
      ...['AGE', ...(wide ? ['FIRST CONF', 'REASON', 'MESSAGE'] : [])],
    ],
    row: (node, wide) => {
      const { plugins, attachments, leftovers, conf } = node.status ?? {};
      return [
        ...[node.name, node.version, node.defaultNetwork, counted(plugins?.count)],
        ...[counted(attachments?.count), counted(attachments?.outdated), counted(leftovers?.count)],
        ...[node.ready, age(node.created, now)],
        ...(wide ? [firstConf(conf), node.reason, node.message] : []),
      ];
    },
    name: ({ name }) => `weftnode.weft.dev/${name}`,
  };
}

/** The file that the runtime takes. */
function firstConf(
  conf: { readonly first: boolean; readonly remove?: readonly string[] } | undefined,
): string {
  if (conf === undefined) return '';
  return conf.first ? 'weft' : (conf.remove?.[0] ?? 'none');
}

function counted(count: number | undefined): string {
  return count === undefined ? '' : String(count);
}
