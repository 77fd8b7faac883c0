import type { Clock } from '../../daemon/clock.ts';
import type { NodePod, NodePods } from '../sources/kube/node-pod.ts';
import type { RecordsSource } from '../sources/records-directory.ts';
import { isAttachedByOthers } from './attached-by-others.ts';
import { mustBeAttached, notAttachedVerdict } from './networks-ready.ts';
import type { WantedStatus } from './status-change.ts';

/**
 * A pod may be known to run before its record is: so long nothing is said. Where it had a record a moment ago, its
 * sandbox is being made anew, and the kubelet takes its time.
 */
const graceMs = { neverAttached: 3_000, attachedBefore: 7_000 };
/**
 * So long after its start an agent gives a pod that weft had attached before: the node may have booted, the kubelet may
 * have taken the old sandbox down already, and the API server still shows the containers of the boot before as running.
 */
const returnMs = 60_000;

interface Suspect {
  /** `monotonic()` from which on it is said. */
  readonly due: number;
  /** Set once it is said. */
  verdict: WantedStatus | undefined;
}

/**
 * Finds the pods that run without the networks that they ask for (DESIGN §1, rule 2): started before weft was there, or
 * their record is lost. Nothing is said before the pods and after that the records were read.
 */
export class BarePods {
  readonly #pods: NodePods;
  readonly #records: RecordsSource;
  readonly #clock: Clock;
  /** `monotonic()` of the agent's start. */
  readonly #start: number;
  /** By the uid that the runtime knows. */
  readonly #suspects = new Map<string, Suspect>();

  constructor(pods: NodePods, records: RecordsSource, clock: Clock) {
    this.#pods = pods;
    this.#records = records;
    this.#clock = clock;
    this.#start = clock.monotonic();
  }

  /** How many run without their networks. */
  get count(): number {
    let count = 0;
    for (const { verdict } of this.#suspects.values()) if (verdict !== undefined) count += 1;
    return count;
  }

  /** What the status of such a pod shall be; undefined: it is none. */
  verdict(uid: string): WantedStatus | undefined {
    return this.#suspects.get(uid)?.verdict;
  }

  /** Looks at a pod; `attachedBefore`: it had a record while this agent ran. */
  look(pod: NodePod, attachedBefore: boolean): void {
    const uid = pod.runtimeUid;
    if (!this.#isBare(pod)) this.#suspects.delete(uid);
    else if (!this.#suspects.has(uid)) {
      this.#suspects.set(uid, { due: this.#due(pod, attachedBefore), verdict: undefined });
    }
  }

  /** The pod is no more. */
  forget(uid: string): void {
    this.#suspects.delete(uid);
  }

  /** Judges whoever is due, after another look at the records. Returns who is new among the bare ones. */
  judge(): readonly NodePod[] {
    const now = this.#clock.monotonic();
    const due = [...this.#suspects].filter(([, { due, verdict }]) => verdict === undefined && due <= now);
    if (due.length === 0 || !this.#pods.synced) return [];
    this.#records.refresh();
    if (!this.#records.complete) return [];
    return due.flatMap(([uid, suspect]) => {
      const pod = this.#pods.byUid(uid);
      if (pod === undefined || !this.#isBare(pod)) {
        this.#suspects.delete(uid);
        return [];
      }
      suspect.verdict = { own: undefined, verdict: notAttachedVerdict(pod) };
      return [pod];
    });
  }

  #due({ condition }: NodePod, attachedBefore: boolean): number {
    const now = this.#clock.monotonic();
    if (attachedBefore) return now + graceMs.attachedBefore;
    return Math.max(now + graceMs.neverAttached, condition?.status === 'True' ? this.#start + returnMs : 0);
  }

  #isBare(pod: NodePod): boolean {
    if (!mustBeAttached(pod) || this.#records.attached(pod.runtimeUid) !== undefined) return false;
    if (isAttachedByOthers(pod)) return false;
    return !this.#records.unsettled(pod.runtimeUid, pod.namespace, pod.name);
  }
}
