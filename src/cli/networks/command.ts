import { Command } from 'commander';
import { parseWeftNode } from '../../api/weft-node.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import { type NodeMeans, nodeMeans } from '../../netconf/node-means.ts';
import { age } from '../age.ts';
import type { Cluster } from '../cluster.ts';
import { optionalList, readWeftConfig, widestList } from '../cluster-reads.ts';
import { networkResource, podResource, weftNodeResource } from '../kinds.ts';
import { projectPod } from '../pods/listed-pod.ts';
import { printViews, type ViewPrinter } from '../print-views.ts';
import type { Terminal } from '../terminal.ts';
import { named, noneFound, readCluster, wantedNamespace } from '../view-command.ts';
import { type NamespacedOptions, withNamespaceOptions } from '../view-options.ts';
import type { NetworkView, PodName } from './network-view.ts';
import { podUses } from './pod-uses.ts';

/** So many pods are named in a table; of more only the number. */
const namedPods = 5;

const notes = `
Examples:
  # The networks of this namespace
  kubectl weft networks

  # Of the whole cluster, with what is wrong and which pods have an older configuration
  kubectl weft networks -A -o wide

  # Everything that is known of one, all findings included
  kubectl weft networks storage -o yaml

VALID is what the operator would say: True, False, or Unknown where the configuration is a file of the nodes. NODES: on how
many nodes it can be attached. USERS: pods that ask for it or are given it. OUTDATED: pods that were attached with another
configuration; delete them to attach them anew. The operator is not needed.
Exit status: 0, also where a network is not valid; 1 if the API server failed or a network is not there; 2 if the command
line or the kubeconfig cannot be used.
`;

/** `networks`, which ends by WeftError where it cannot do what it is told. */
export function networksCommand(terminal: Terminal): Command {
  return withNamespaceOptions(
    new Command('networks')
      .summary('show networks, whether they are valid, where they can be used, and by whom they are')
      .description(
        'Show NetworkAttachmentDefinitions: whether they are valid, on which nodes they can be attached, which pods use ' +
          'them, and which of those were attached with an older configuration.',
      )
      .argument('[name...]', 'only these networks'),
  )
    .addHelpText('after', notes)
    .action((names: readonly string[], options: NamespacedOptions) => runNetworks(names, options, terminal));
}

async function runNetworks(
  names: readonly string[],
  options: NamespacedOptions,
  terminal: Terminal,
): Promise<void> {
  const { views, none } = await readCluster(options, terminal, 'networks', async (cluster) => {
    const namespace = wantedNamespace(options, cluster);
    return {
      views: await readViews(cluster, terminal, namespace, options.selector),
      none: noneFound(namespace),
    };
  });
  const shown = named(views, names, 'networks');
  const now = Date.now();
  await printViews(terminal, options.output, shown, { ...printer(options.allNamespaces, now), none });
}

async function readViews(
  cluster: Cluster,
  terminal: Terminal,
  namespace: string | undefined,
  selector: string | undefined,
): Promise<readonly NetworkView[]> {
  const reads = { cluster, terminal };
  // Loaded now, because the schemas of the plugins are of no use to most commands.
  const { comparedNetworks, listedNetwork, networkView } = await import('./network-view.ts');
  const scope = namespace === undefined ? {} : { namespace };
  const rows = await cluster.list(
    { resource: networkResource, ...scope, ...(selector !== undefined && { labelSelector: selector }) },
    listedNetwork,
  );
  const all = { resource: networkResource, namespace };
  const networks = await widestList(reads, all, listedNetwork, 'they are not compared with others');
  const using = { resource: podResource, namespace };
  const pods = await widestList(reads, using, projectPod, 'users elsewhere are not counted');
  const nodes = await optionalList(reads, { resource: weftNodeResource }, means, 'NODES is not known');
  const config = await readWeftConfig(reads);
  const hashes = new Map(
    networks.items.map(({ namespace: of, name, check }) => [`${of}/${name}`, check.configHash]),
  );
  const compared = comparedNetworks(networks.items);
  const { tenancy } = config;
  const context = { compared, tenancy, nodes, ...podUses(pods.items, config, hashes) };
  return rows.map((network) => networkView(network, context));
}

/** A node whose object nobody can read has reported nothing. */
function means(object: RawObject): NodeMeans | undefined {
  try {
    return nodeMeans(parseWeftNode(object));
  } catch {
    return undefined;
  }
}

function printer(allNamespaces: boolean, now: number): ViewPrinter<NetworkView> {
  return {
    head: (wide) => [
      ...(allNamespaces ? ['NAMESPACE'] : []),
      ...['NAME', 'TYPE', 'VALID', 'NODES', 'USERS', 'OUTDATED', 'AGE'],
      ...(wide ? ['OUTDATED PODS', 'REASON', 'MESSAGE'] : []),
    ],
    row: (network, wide) => [
      ...(allNamespaces ? [network.namespace] : []),
      ...[network.name, network.type, network.valid],
      network.nodes === undefined ? '' : `${network.nodes.able}/${network.nodes.total}`,
      ...[String(network.users.length), String(network.outdated.length), age(network.created, now)],
      ...(wide ? [podNames(network), network.reason, messageOf(network)] : []),
    ],
    name: ({ name }) => `networkattachmentdefinition.k8s.cni.cncf.io/${name}`,
  };
}

function podNames({ namespace, outdated }: NetworkView): string {
  const names = outdated
    .slice(0, namedPods)
    .map((pod: PodName) => (pod.namespace === namespace ? pod.name : `${pod.namespace}/${pod.name}`));
  const more = outdated.length - names.length;
  return [...names, ...(more > 0 ? [`${more} more`] : [])].join(',');
}

function messageOf({ findings, nodes }: NetworkView): string {
  const said = findings.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  return [...said, ...(nodes === undefined || nodes.missing === '' ? [] : [nodes.missing])].join('; ');
}
