import {
  type NetworksReady,
  type NodePod,
  networkStatusAnnotation,
  networksReadyCondition,
} from '../sources/kube/node-pod.ts';
import { mergeNetworkStatus } from './network-status-merge.ts';
import { attachedVerdict, type Verdict } from './networks-ready.ts';

/** What the API has of a pod's status; nothing of either where the pod is not known yet. */
export type StatusInApi = Pick<NodePod, 'networkStatus' | 'condition'>;

/** What a pod's status shall be. */
export interface WantedStatus {
  /** The pod's own entries, a JSON list; undefined: the annotation stays as it is (NPWG-337, 338). */
  readonly own: string | undefined;
  readonly verdict: Verdict;
}

/** What one PATCH has to change. */
export interface StatusChange {
  /** Absent: the annotation stays. */
  readonly annotation?: string;
  /** Why the annotation that was there could not be kept. */
  readonly discarded?: string;
  /** Absent: the condition stays. */
  readonly condition?: Verdict & { readonly lastTransitionTime?: string };
}

/** All networks are there: all entries, and True. `own` as PodRecord.status. */
export function attachedStatus(own: string): WantedStatus {
  return { own, verdict: attachedVerdict(own) };
}

/** The difference between what shall be and what is; undefined: none. `now`: wall clock, milliseconds. */
export function statusChange(
  wanted: WantedStatus,
  found: StatusInApi | undefined,
  now: number,
): StatusChange | undefined {
  const merged = wanted.own === undefined ? undefined : mergeNetworkStatus(found?.networkStatus, wanted.own);
  const condition = conditionChange(wanted.verdict, found?.condition, now);
  if (merged?.text === undefined && condition === undefined) return undefined;
  return {
    ...(merged?.text === undefined ? {} : { annotation: merged.text }),
    ...(merged?.discarded === undefined ? {} : { discarded: merged.discarded }),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** A strategic merge patch of `pods/status`, for the pod with this `metadata.uid` only, which touches nothing else. */
export function patchBody(uid: string, { annotation, condition }: StatusChange): object {
  return {
    metadata: {
      uid,
      ...(annotation === undefined ? {} : { annotations: { [networkStatusAnnotation]: annotation } }),
    },
    ...(condition === undefined
      ? {}
      : { status: { conditions: [{ type: networksReadyCondition, ...condition }] } }),
  };
}

/** The time moves only with the status; without it in the patch the API server keeps what is there. */
function conditionChange(
  { status, reason, message }: Verdict,
  found: NetworksReady | undefined,
  now: number,
): StatusChange['condition'] | undefined {
  const same = found?.status === status && found.lastTransitionTime !== '';
  if (same && found.reason === reason && found.message === message) return undefined;
  return { status, reason, message, ...(same ? {} : { lastTransitionTime: rfc3339(now) }) };
}

/** metav1.Time has whole seconds. */
function rfc3339(now: number): string {
  return `${new Date(now).toISOString().slice(0, 19)}Z`;
}
