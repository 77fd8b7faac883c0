import { Command } from 'commander';
import { isObject } from '../../cni/json.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import { configHash } from '../../netconf/config-hash.ts';
import { age } from '../age.ts';
import type { Cluster } from '../cluster.ts';
import { readWeftConfig, widestList } from '../cluster-reads.ts';
import { networkResource, podResource } from '../kinds.ts';
import { printViews, type ViewPrinter } from '../print-views.ts';
import type { Terminal } from '../terminal.ts';
import { named, noneFound, readCluster, wantedNamespace } from '../view-command.ts';
import { type NamespacedOptions, withNamespaceOptions } from '../view-options.ts';
import { projectPod } from './listed-pod.ts';
import type { AskedNetwork, AttachedNetwork } from './pod-networks.ts';
import { isWorthShowing, type PodContext, type PodView, podView } from './pod-view.ts';

/** The command line of `kubectl weft pods`. */
interface PodsOptions extends NamespacedOptions {
  readonly differing: boolean;
}

const notes = `
Examples:
  # What the pods of this namespace asked for and have
  kubectl weft pods

  # In the whole cluster, only pods where something is not as it should be
  kubectl weft pods -A --differing

  # Delete those, so that their controllers make them anew
  kubectl weft pods --differing -o name | xargs kubectl delete

Pods that have only the default network are left out, and so are those of the host's network, finished ones and those that
are being deleted. READY is the condition weft.dev/NetworksReady. Exit status: 0, also where something differs; 1 if the API
server failed or a pod is not there; 2 if the command line or the kubeconfig cannot be used.
`;

/** `pods`, which ends by WeftError where it cannot do what it is told. */
export function podsCommand(terminal: Terminal): Command {
  return withNamespaceOptions(
    new Command('pods')
      .summary('show which networks pods asked for and have')
      .description('Show which networks pods asked for, which they have, and in what the two differ.')
      .argument('[name...]', 'only these pods, also if they have only the default network')
      .option('--differing', 'only pods where something differs', false),
  )
    .addHelpText('after', notes)
    .action((names: readonly string[], options: PodsOptions) => runPods(names, options, terminal));
}

async function runPods(names: readonly string[], options: PodsOptions, terminal: Terminal): Promise<void> {
  const { views, none } = await readCluster(options, terminal, 'pods', async (cluster) => {
    const namespace = wantedNamespace(options, cluster);
    const { selector: labelSelector = '' } = options;
    const pods = await cluster.list(
      { resource: podResource, labelSelector, ...(namespace !== undefined && { namespace }) },
      projectPod,
    );
    const context = await readContext(cluster, terminal, namespace);
    return { views: pods.map((pod) => podView(pod, context)), none: noneFound(namespace) };
  });
  const wanted =
    names.length > 0 ? named(views, names, 'pods with networks of their own') : views.filter(isWorthShowing);
  const shown = options.differing ? wanted.filter(({ differs }) => differs.length > 0) : wanted;
  const now = Date.now();
  await printViews(terminal, options.output, shown, { ...printer(options.allNamespaces, now), none });
}

/** Networks may be in any namespace: what a user may not see is not compared. */
async function readContext(
  cluster: Cluster,
  terminal: Terminal,
  namespace: string | undefined,
): Promise<PodContext> {
  const reads = { cluster, terminal };
  const without = 'networks of others are not compared';
  const networks = await widestList(reads, { resource: networkResource, namespace }, projectHash, without);
  return {
    config: await readWeftConfig(reads),
    hashes: new Map(networks.items.map(({ key, hash }) => [key, hash])),
    knows: (of) => networks.within === undefined || networks.within === of,
  };
}

function projectHash({ metadata, spec }: RawObject): { readonly key: string; readonly hash: string } {
  const config = isObject(spec) ? spec['config'] : undefined;
  const hash = typeof config === 'string' && config !== '' ? configHash(config) : '';
  return { key: `${metadata.namespace ?? ''}/${metadata.name}`, hash };
}

function printer(allNamespaces: boolean, now: number): ViewPrinter<PodView> {
  return {
    head: (wide) => [
      ...(allNamespaces ? ['NAMESPACE'] : []),
      ...['NAME', 'READY', 'ASKED', 'HAS'],
      ...(wide ? ['ADDRESSES', 'NODE'] : []),
      ...['AGE', 'DIFFERS'],
    ],
    row: (pod, wide) => [
      ...(allNamespaces ? [pod.namespace] : []),
      ...[pod.name, pod.ready],
      cells(pod.asked.map((one) => place(one, pod.namespace))),
      cells(pod.attached.map((one) => place(one, pod.namespace))),
      ...(wide ? [cells(pod.attached.flatMap(({ ips = [] }) => ips)), pod.node] : []),
      age(pod.created, now),
      pod.differs.map(({ message }) => message).join('; '),
    ],
    name: (pod) => `pod/${pod.name}`,
  };
}

/** `net1=a`; a namespace only where it is another one than the pod's. */
function place({ network, interface: name }: AskedNetwork | AttachedNetwork, namespace: string): string {
  const own = `${namespace}/`;
  const label = network.startsWith(own) ? network.slice(own.length) : network;
  return name === undefined ? label : `${name}=${label}`;
}

function cells(texts: readonly string[]): string {
  return texts.join(',');
}
