import { networkHashesAnnotation } from '../../../api/network-hashes.ts';
import type { RawObject } from '../../../kube/raw-object.ts';
import { requestAnnotations } from '../../../selection/asks-for-networks.ts';

/** Where NPWG section 5 puts the status of a pod's attachments. */
export const networkStatusAnnotation = 'k8s.v1.cni.cncf.io/network-status';

/** The pod condition that says whether a pod has all its networks (DESIGN §3.5). */
export const networksReadyCondition = 'weft.dev/NetworksReady';

/** The kubelet's own id of a static pod, which the runtime hands over instead of the mirror pod's uid. */
const configHashAnnotation = 'kubernetes.io/config.hash';

/** What weft keeps of a pod of its node. */
export interface NodePod {
  readonly namespace: string;
  readonly name: string;
  /** `metadata.uid`: of the mirror pod, where the pod is a static one. */
  readonly uid: string;
  /** What the runtime has as K8S_POD_UID: `kubernetes.io/config.hash` of a static pod, otherwise `uid`. */
  readonly runtimeUid: string;
  /** Those annotations that decide what a pod gets. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The annotation `network-status` as it is in the API now. */
  readonly networkStatus: string | undefined;
  /** The annotation `weft.dev/network-hashes` as it is in the API now; absent: there is none. */
  readonly networkHashes?: string;
  readonly condition: NetworksReady | undefined;
  readonly hostNetwork: boolean;
  /** A container of it, an init container too, runs, or waits for its next try after it crashed. */
  readonly started: boolean;
  /** Its phase is Succeeded or Failed. */
  readonly finished: boolean;
  /** It has a deletion timestamp. */
  readonly deleting: boolean;
}

/** The condition `weft.dev/NetworksReady` as it is in the API now; '' for what it does not have. */
export interface NetworksReady {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  readonly lastTransitionTime: string;
}

/** The pods of this node as the watch has them. They may be behind the API server by some milliseconds. */
export interface NodePods {
  /** True once the first list has been read; stays true. */
  readonly synced: boolean;
  /** By `namespace/name`. */
  get(key: string): NodePod | undefined;
  /** By `uid` or `runtimeUid`. */
  byUid(uid: string): NodePod | undefined;
  /** In no particular order. Not to be kept across an await. */
  values(): IterableIterator<NodePod>;
  /** `listener` is told of each change after the caches have it; `gone`: the pod is no more. More than one may listen. */
  onChange(listener: (pod: NodePod, gone: boolean) => void): void;
}

/** The part of a pod that is looked at. Anything may be missing. */
interface PodObject {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly hostNetwork?: boolean };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly (Partial<NetworksReady> & { readonly type?: string })[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

interface ContainerStatus {
  readonly state?: { readonly running?: object; readonly waiting?: { readonly reason?: string } };
}

/** What is kept of a pod as the API serves it. */
export function projectPod(object: RawObject): NodePod {
  const { name, namespace = '', uid = '' } = object.metadata;
  const { metadata, spec, status } = object as unknown as PodObject;
  const annotations = metadata.annotations ?? {};
  const phase = status?.phase ?? '';
  const networkHashes = annotations[networkHashesAnnotation];
  return {
    namespace,
    name,
    uid,
    runtimeUid: annotations[configHashAnnotation] ?? uid,
    annotations: requestsOf(annotations),
    networkStatus: annotations[networkStatusAnnotation],
    ...(networkHashes !== undefined && { networkHashes }),
    condition: conditionOf(status),
    hostNetwork: spec?.hostNetwork === true,
    started: [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].some(
      hasStarted,
    ),
    finished: phase === 'Succeeded' || phase === 'Failed',
    deleting: metadata.deletionTimestamp !== undefined,
  };
}

function requestsOf(annotations: Readonly<Record<string, string>>): NodePod['annotations'] {
  const kept = requestAnnotations.flatMap((key) => {
    const value = annotations[key];
    return value === undefined ? [] : [[key, value] as const];
  });
  return Object.fromEntries(kept);
}

/**
 * An ID alone does not say it: after a reboot of the node the containers of the boot before still have theirs, as
 * terminated ones, while the kubelet is making the sandbox anew.
 */
function hasStarted({ state }: ContainerStatus): boolean {
  return state?.running !== undefined || state?.waiting?.reason === 'CrashLoopBackOff';
}

function conditionOf(status: PodObject['status']): NetworksReady | undefined {
  const found = status?.conditions?.find(({ type }) => type === networksReadyCondition);
  if (found === undefined) return undefined;
  const { status: value = '', reason = '', message = '', lastTransitionTime = '' } = found;
  return { status: value, reason, message, lastTransitionTime };
}
