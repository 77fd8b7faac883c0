import { networkHashesAnnotation } from '../../api/network-hashes.ts';
import {
  type NetworksReady,
  type NodePod,
  networkStatusAnnotation,
  networksReadyCondition,
} from '../sources/kube/node-pod.ts';
import { mergeNetworkStatus } from './network-status-merge.ts';
import { attachedVerdict, type Verdict } from './networks-ready.ts';

/** What the API has of a pod's status; nothing of either where the pod is not known yet. */
export type StatusInApi = Pick<NodePod, 'networkStatus' | 'networkHashes' | 'condition'>;

/** What a pod's status shall be. */
export interface WantedStatus {
  /** The pod's own entries, a JSON list; undefined: the annotation stays as it is (NPWG-337, 338). */
  readonly own: string | undefined;
  /** The value of `weft.dev/network-hashes`; '': there is to be none; absent: it stays as it is. */
  readonly hashes?: string;
  readonly verdict: Verdict;
}

/** What one PATCH has to change. */
export interface StatusChange {
  /** Absent: the annotation stays. */
  readonly annotation?: string;
  /** Of `weft.dev/network-hashes`; null: it goes; absent: it stays. */
  readonly hashes?: string | null;
  /** Why the annotation that was there could not be kept. */
  readonly discarded?: string;
  /** Absent: the condition stays. */
  readonly condition?: Verdict & { readonly lastTransitionTime?: string };
}

/** All networks are there: all entries, and True. `own` as PodRecord.status, `hashes` as WantedStatus. */
export function attachedStatus(own: string, hashes = ''): WantedStatus {
  return { own, hashes, verdict: attachedVerdict(own) };
}

/** The difference between what shall be and what is; undefined: none. `now`: wall clock, milliseconds. */
export function statusChange(
  wanted: WantedStatus,
  found: StatusInApi | undefined,
  now: number,
): StatusChange | undefined {
  const merged = wanted.own === undefined ? undefined : mergeNetworkStatus(found?.networkStatus, wanted.own);
  const condition = conditionChange(wanted.verdict, found?.condition, now);
  const hashes = hashesChange(wanted.hashes, found?.networkHashes);
  if (merged?.text === undefined && condition === undefined && hashes === undefined) return undefined;
  return {
    ...(hashes === undefined ? {} : { hashes }),
    ...(merged?.text === undefined ? {} : { annotation: merged.text }),
    ...(merged?.discarded === undefined ? {} : { discarded: merged.discarded }),
    ...(condition === undefined ? {} : { condition }),
  };
}

/** A strategic merge patch of `pods/status`, for the pod with this `metadata.uid` only, which touches nothing else. */
export function patchBody(uid: string, { annotation, hashes, condition }: StatusChange): object {
  const annotations = {
    ...(annotation === undefined ? {} : { [networkStatusAnnotation]: annotation }),
    ...(hashes === undefined ? {} : { [networkHashesAnnotation]: hashes }),
  };
  return {
    metadata: { uid, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    ...(condition === undefined
      ? {}
      : { status: { conditions: [{ type: networksReadyCondition, ...condition }] } }),
  };
}

function hashesChange(wanted: string | undefined, found: string | undefined): StatusChange['hashes'] {
  if (wanted === undefined || wanted === (found ?? '')) return undefined;
  return wanted === '' ? null : wanted;
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
