import { shortHash } from '../../api/network-hashes.ts';
import { networkStatusOf } from '../../attachment/network-status.ts';
import type { PodRef } from '../../attachment/plan.ts';
import type { AttachmentRecord } from '../../attachment/record.ts';
import { isLive } from '../../attachment/teardown.ts';

/**
 * - `attached`: ADD has succeeded, and no DEL has failed since.
 * - `adding`: ADD runs, or was killed.
 * - `other`: something may exist, but not all of it.
 * - `unclear`: all is attached, but a result cannot be understood; a newer weft may have written it.
 */
export type PodRecordState = 'attached' | 'adding' | 'other' | 'unclear';

/** What status needs to know of a record; 250 of them are in memory. */
export interface PodRecord {
  readonly pod: PodRef;
  /** Container ID of the sandbox. */
  readonly sandbox: string;
  readonly bootId: string;
  /** Wall clock of ADD, milliseconds. */
  readonly createdAt: number;
  readonly sequence: number;
  readonly state: PodRecordState;
  /** Wall clock at which what is going on with it began: its ADD, or the first DEL that failed. Milliseconds. */
  readonly busySince: number;
  /** JSON of the pod's own entries of `network-status`, a list of at least one; '' unless attached. */
  readonly status: string;
  /** One for each attachment, in their order; none unless attached. */
  readonly networks: readonly RecordedNetwork[];
}

/** The network of one attachment. */
export interface RecordedNetwork {
  /** `namespace/name` of the NAD, or the CNI name of a network from a file. */
  readonly network: string;
  /** Of its configuration at ADD, as NadRef; '' for a network from a file. */
  readonly hash: string;
}

/**
 * Marks an entry of `network-status` as weft's, with the start of the sandbox's container ID as its value. So that what
 * weft wrote for an earlier sandbox goes when a later one has fewer networks, also where the agent was restarted in
 * between. Keys of one's own have a name of this form (NPWG-153).
 */
export const sandboxKey = 'dev.weft.sandbox';

/** Undefined where the record is of no pod. Never throws for a record whose core fields are there. */
export function podRecordOf(record: AttachmentRecord): PodRecord | undefined {
  const { pod, sandbox, bootId, createdAt, sequence } = record;
  if (pod === undefined) return undefined;
  const status = isLive(record) ? statusText(record) : '';
  const state = isLive(record) && status === '' ? 'unclear' : stateOf(record);
  return {
    pod: { namespace: pod.namespace, name: pod.name, uid: pod.uid },
    sandbox: sandbox.containerId,
    bootId,
    createdAt,
    sequence,
    state,
    busySince: record.teardown?.firstAt ?? createdAt,
    status,
    networks: state === 'attached' ? networksOf(record) : [],
  };
}

/** What the annotation of NAD hashes says of the attachments. */
export function networkHashesOf({ networks }: Pick<PodRecord, 'networks'>): ReadonlyMap<string, string> {
  const fromObjects = networks.filter(({ hash }) => hash !== '');
  return new Map(fromObjects.map(({ network, hash }) => [network, shortHash(hash)]));
}

/** True if both say the same of the same attachments. */
export function samePodRecord(left: PodRecord, right: PodRecord): boolean {
  return (
    left.sandbox === right.sandbox &&
    left.sequence === right.sequence &&
    left.state === right.state &&
    left.bootId === right.bootId &&
    left.pod.uid === right.pod.uid &&
    left.status === right.status
  );
}

function stateOf(record: AttachmentRecord): PodRecordState {
  if (isLive(record)) return 'attached';
  const begun = record.steps.some(({ state }) => state === 'pending' || state === 'running');
  const ended = record.failure !== undefined || record.teardown !== undefined;
  return begun && !ended && record.steps.every(({ state }) => state !== 'deleting') ? 'adding' : 'other';
}

function networksOf({ steps }: AttachmentRecord): readonly RecordedNetwork[] {
  return steps.flatMap(({ step }) => {
    if (step.kind !== 'delegate') return [];
    const { nad, network } = step;
    return nad === undefined
      ? [{ network, hash: '' }]
      : [{ network: `${nad.namespace}/${nad.name}`, hash: nad.hash }];
  });
}

/** '' where a result cannot be understood. */
function statusText(record: AttachmentRecord): string {
  const mark = record.sandbox.containerId.slice(0, 13);
  try {
    return JSON.stringify(networkStatusOf(record).map((entry) => ({ ...entry, [sandboxKey]: mark })));
  } catch {
    return '';
  }
}
