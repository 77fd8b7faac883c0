import type { PodName } from '../networks/network-users.ts';
import { type AdmissionRequest, admitted, type Caller, type Verdict } from './admission-review.ts';
import type { ClusterView } from './cluster-view.ts';

/** Set to "true" on a NetworkAttachmentDefinition by whoever wants it deleted though pods use it. */
export const allowDeleteAnnotation = 'weft.dev/allow-delete';

/**
 * Those who delete what has no owner or no namespace any more: they would only try again, and a namespace would never
 * end. The last one is both, where the controller manager does not run with an account for each controller.
 */
const cleaners: readonly string[] = [
  'system:serviceaccount:kube-system:namespace-controller',
  'system:serviceaccount:kube-system:generic-garbage-collector',
  'system:kube-controller-manager',
];

/** How many pods a message names. */
const namedPods = 5;

/** Who may see what, asked of the API server. */
export interface Sight {
  /** True if the caller may list the pods of the namespace; false also where that cannot be found out. */
  mayListPods(caller: Caller, namespace: string, signal: AbortSignal): Promise<boolean>;
}

/** DELETE of a NetworkAttachmentDefinition, also each one of a collection: refused while pods use it. */
export async function reviewDeletion(
  request: AdmissionRequest,
  view: ClusterView,
  sight: Sight,
  signal: AbortSignal,
): Promise<Verdict> {
  const { oldObject = {}, namespace, name, userInfo } = request;
  const metadata = (oldObject['metadata'] ?? {}) as OldMetadata;
  if (metadata.deletionTimestamp !== undefined) return admitted;
  const network = `${namespace}/${name || (metadata.name ?? '')}`;
  const users = view.users.usersOf(network);
  if (users.length === 0) return admitted;
  const excuse = excuseOf(userInfo, metadata, view.namespace(namespace)?.terminating === true);
  if (excuse !== undefined) {
    const warning = `network ${network} is used by ${podCount(users.length)} and is deleted because ${excuse}; their interfaces stay until they are deleted`;
    return { warnings: [warning] };
  }
  const visible = await visibleNamespaces(users, userInfo, sight, signal);
  return {
    refusal: { message: complaint(network, users, visible), reason: 'Forbidden', code: 403 },
    warnings: [],
  };
}

interface OldMetadata {
  readonly name?: string;
  readonly deletionTimestamp?: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Why it may go all the same. */
function excuseOf(caller: Caller, { annotations }: OldMetadata, terminating: boolean): string | undefined {
  if (terminating) return 'its namespace is being deleted';
  if (cleaners.includes(caller.username)) return `${caller.username} deletes it`;
  if (annotations?.[allowDeleteAnnotation] === 'true')
    return `it has the annotation ${allowDeleteAnnotation}`;
  return undefined;
}

/** Of the namespaces that would be named, those whose pods the caller may list. They are few, and asked at once. */
async function visibleNamespaces(
  users: readonly PodName[],
  caller: Caller,
  sight: Sight,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const namespaces = [...new Set(users.map(({ namespace }) => namespace))].slice(0, namedPods);
  const answers = await Promise.all(
    namespaces.map(async (namespace) => ({
      namespace,
      may: await sight.mayListPods(caller, namespace, signal).catch(() => false),
    })),
  );
  return new Set(answers.filter(({ may }) => may).map(({ namespace }) => namespace));
}

function complaint(network: string, users: readonly PodName[], visible: ReadonlySet<string>): string {
  const named = users.filter(({ namespace }) => visible.has(namespace)).slice(0, namedPods);
  const others = users.length - named.length;
  const names = named.map(({ namespace, name }) => `${namespace}/${name}`).join(', ');
  const rest = named.length === 0 || others === 0 ? '' : ` and ${others} more`;
  const who = named.length === 0 ? '' : `: ${names}${rest}`;
  return `network ${network} is used by ${podCount(users.length)}${who}; delete ${users.length === 1 ? 'it' : 'them'} first, or set the annotation ${allowDeleteAnnotation}: "true" on the network`;
}

function podCount(count: number): string {
  return count === 1 ? '1 pod' : `${count} pods`;
}
