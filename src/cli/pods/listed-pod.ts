import { networkHashesAnnotation } from '../../api/network-hashes.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import { requestAnnotations } from '../../selection/asks-for-networks.ts';

/** Where NPWG section 5 puts what a pod has. */
const networkStatusAnnotation = 'k8s.v1.cni.cncf.io/network-status';

/** What is kept of a pod. */
export interface ListedPod {
  readonly namespace: string;
  readonly name: string;
  /** '': it has none yet. */
  readonly node: string;
  /** RFC 3339. */
  readonly created: string;
  /** Those annotations that ask for networks. */
  readonly requests: Readonly<Record<string, string>>;
  /** The annotations that say what it has; absent: they are not there. */
  readonly status?: string;
  readonly hashes?: string;
  /** The condition `weft.dev/NetworksReady`. */
  readonly condition?: { readonly status: string; readonly reason: string; readonly message: string };
}

/** The parts of a pod that are looked at; anything may be missing. */
interface PodObject {
  readonly metadata: {
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: string;
    readonly deletionTimestamp?: string;
  };
  readonly spec?: { readonly hostNetwork?: boolean; readonly nodeName?: string };
  readonly status?: {
    readonly phase?: string;
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
  };
}

/** undefined for pods that have no networks of their own: of the host's network, finished, or being deleted. */
export function projectPod(object: RawObject): ListedPod | undefined {
  const { metadata, spec, status } = object as unknown as PodObject;
  if (spec?.hostNetwork === true || metadata.deletionTimestamp !== undefined) return undefined;
  if (status?.phase === 'Succeeded' || status?.phase === 'Failed') return undefined;
  const { annotations = {} } = metadata;
  const requests = Object.entries(annotations).filter(([key]) => requestAnnotations.includes(key));
  const networkStatus = annotations[networkStatusAnnotation];
  const hashes = annotations[networkHashesAnnotation];
  const condition = status?.conditions?.find(({ type }) => type === 'weft.dev/NetworksReady');
  return {
    namespace: object.metadata.namespace ?? '',
    name: object.metadata.name,
    node: spec?.nodeName ?? '',
    created: metadata.creationTimestamp ?? '',
    requests: Object.fromEntries(requests),
    ...(networkStatus !== undefined && { status: networkStatus }),
    ...(hashes !== undefined && { hashes }),
    ...(condition && {
      condition: {
        status: condition.status ?? '',
        reason: condition.reason ?? '',
        message: condition.message ?? '',
      },
    }),
  };
}
