import type { RawObject } from '../../kube/raw-object.ts';
import { type PodRequest, podRequest } from '../networks/pod-request.ts';

/** What is kept of a pod that uses networks, or will. */
export interface UsingPod extends PodRequest {
  readonly uid: string;
  /** '': it has none yet. */
  readonly node: string;
}

/**
 * What is kept of an agent that is there: its container runs, and its pod is to stay. It need not be Ready: it is not where
 * the default network is missing, and whoever brings that must not be kept away for it. Of a node that has died the last
 * word stays, and Kubernetes taints that by itself.
 */
export interface AgentPod {
  /** Name of its node. */
  readonly agentOf: string;
}

/** What is kept of a pod. None is both: an agent is in the host's network, and such a pod uses no networks. */
export type WatchedPod = UsingPod | AgentPod;

/** The parts by which an agent is known; anything may be missing. */
interface AgentObject {
  readonly metadata: {
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly nodeName?: string; readonly hostNetwork?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly containerStatuses?: readonly { readonly state?: { readonly running?: object } }[];
  };
}

/**
 * The projection of the one watch over all pods; its result is undefined for pods that are neither, or not any more. Only
 * in the agents' namespace is a pod taken for an agent: tenants can give theirs any labels. Never throws.
 */
export function podProjection(agentNamespace: string): (object: RawObject) => WatchedPod | undefined {
  return (object) => {
    const request = podRequest(object);
    if (request === undefined) return agentPod(object, agentNamespace);
    const { nodeName = '' } = (object['spec'] ?? {}) as { readonly nodeName?: string };
    return { ...request, uid: object.metadata.uid ?? '', node: nodeName };
  };
}

function agentPod({ metadata, spec, status }: AgentObject, agentNamespace: string): AgentPod | undefined {
  if (metadata.namespace !== agentNamespace || spec?.hostNetwork !== true) return undefined;
  const { labels, deletionTimestamp } = metadata;
  // Those of config/agent/daemon-set.yaml.
  if (labels?.['app.kubernetes.io/name'] !== 'weft') return undefined;
  if (labels['app.kubernetes.io/component'] !== 'agent') return undefined;
  if (deletionTimestamp !== undefined || status?.phase === 'Succeeded' || status?.phase === 'Failed')
    return undefined;
  const runs = status?.containerStatuses?.some(({ state }) => state?.running !== undefined);
  return runs === true && spec.nodeName ? { agentOf: spec.nodeName } : undefined;
}
