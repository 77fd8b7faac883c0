import { parseNetworkHashes, shortHash } from '../../api/network-hashes.ts';
import type { WeftConfigSpec } from '../../api/weft-config.ts';
import type { ListedPod } from './listed-pod.ts';
import { type Difference, statusDifferences } from './pod-differences.ts';
import { type AskedNetwork, type AttachedNetwork, askedNetworks, attachedNetworks } from './pod-networks.ts';

/** What a pod asks for, has, and in what the two differ. */
export interface PodView {
  readonly namespace: string;
  readonly name: string;
  /** '': it has none yet. */
  readonly node: string;
  /** RFC 3339. */
  readonly created: string;
  /** Of the condition weft.dev/NetworksReady: `True`, `False`; '': there is none. */
  readonly ready: string;
  readonly asked: readonly AskedNetwork[];
  readonly attached: readonly AttachedNetwork[];
  readonly differs: readonly Difference[];
}

/** What a pod is held against. */
export interface PodContext {
  readonly config: WeftConfigSpec;
  /**
   * SHA-256 of the configuration of each network by `namespace/name`, '' where it has none of its own. A namespace that is
   * not in `known` could not be read.
   */
  readonly hashes: ReadonlyMap<string, string>;
  /** True if the networks of this namespace are in `hashes`. */
  readonly knows: (namespace: string) => boolean;
}

/** Never throws. */
export function podView(pod: ListedPod, context: PodContext): PodView {
  const { namespace, name, node, created, condition } = pod;
  const { asked, fault } = askedNetworks(pod, context.config);
  const { attached, fault: statusFault } = attachedNetworks(pod.status);
  const differs: readonly Difference[] = [
    ...(fault === undefined ? [] : [{ code: 'InvalidAnnotation' as const, message: fault }]),
    ...(statusFault === undefined ? [] : [{ code: 'InvalidStatus' as const, message: statusFault }]),
    // What cannot be read asks for nothing, and what is there is then no surprise.
    ...(fault === undefined && statusFault === undefined ? statusDifferences(asked, attached) : []),
    ...asked.flatMap((one) => goneNetwork(one, context)),
    ...outdatedNetworks(pod, context).map((network) => ({
      code: 'Outdated' as const,
      network,
      message: `${network} has another configuration since; delete the pod to attach it anew`,
    })),
    ...(condition?.status === 'False'
      ? [{ code: 'NotReady' as const, message: `${condition.reason}: ${condition.message}` }]
      : []),
  ];
  return { namespace, name, node, created, ready: condition?.status ?? '', asked, attached, differs };
}

/** True if there is something to be said of its networks: most pods have the default network and nothing else. */
export function isWorthShowing({ asked, attached, differs }: PodView): boolean {
  return differs.length > 0 || asked.some((one) => !one.default || one.by === 'pod') || attached.length > 1;
}

/** Networks, `namespace/name`, whose configuration was another one when the pod was attached. */
export function outdatedNetworks(
  { hashes: text }: Pick<ListedPod, 'hashes'>,
  { hashes }: Pick<PodContext, 'hashes'>,
): readonly string[] {
  return [...parseNetworkHashes(text)].flatMap(([network, hash]) => {
    const now = hashes.get(network) ?? '';
    return now !== '' && shortHash(now) !== hash ? [network] : [];
  });
}

function goneNetwork({ network }: AskedNetwork, { hashes, knows }: PodContext): readonly Difference[] {
  const [namespace = '', name] = network.split('/');
  if (name === undefined || hashes.has(network) || !knows(namespace)) return [];
  return [{ code: 'NetworkGone', network, message: `there is no NetworkAttachmentDefinition ${network}` }];
}
