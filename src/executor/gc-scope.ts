import { delegatesOf } from '../attachment/plan.ts';
import type { AttachmentRecord, StepRecord } from '../attachment/record.ts';
import { isParked, isUndone } from '../attachment/teardown.ts';
import { unique, type ValidAttachment } from '../cni/valid-attachments.ts';
import type { KnownRecord, Survey } from './gc-survey.ts';

/** A runtime that makes a sandbox lists it only later: until then its record is no orphan (DESIGN §3.4). */
const youngMs = 300_000;

/** What a GC has to do. */
export interface GcScope {
  /** Records that stand for nothing any more, oldest first, leftovers last: those have failed before. */
  readonly stale: readonly KnownRecord[];
  /** What every delegate is told to leave alone: one superset for all, as networks may share name and plugin. */
  readonly valid: readonly ValidAttachment[];
  /**
   * Which networks may be asked at all. `default`: a sandbox has attachments of which there is no record, so that GC
   * of other networks could take them away. `none`: not even its interface towards the runtime is known.
   */
  readonly networks: 'all' | 'default' | 'none';
}

/** Decides it, from the runtime's list and all records. `nowMs`: wall clock. */
export function gcScope(
  listed: readonly ValidAttachment[],
  { known, unreadable, hasNameless }: Survey,
  nowMs: number,
): GcScope {
  const containers = new Set(listed.map(({ containerID }) => containerID));
  // A listed container keeps all its attachments: the runtime knows its first interface only (CNI-113).
  const isUsed = (record: AttachmentRecord): boolean =>
    containers.has(record.sandbox.containerId) || isYoung(record, nowMs);
  const stale = known.filter(({ record }) => !isUsed(record) && isCollectable(record));
  const kept = known.flatMap(({ record }) => attachmentsOf(record, isUsed(record)));
  const recorded = new Set(known.map(({ record }) => nameOf(record)));
  const isComplete =
    unreadable.length === 0 && listed.every((item) => recorded.has(`${item.containerID}/${item.ifname}`));
  return {
    stale: [...stale].sort(byAge),
    valid: unique([...listed, ...kept, ...unreadable]),
    networks: hasNameless ? 'none' : isComplete ? 'all' : 'default',
  };
}

/** True for an attachment that GC must not touch, because its network wants none (`disableGC`, CNI-311). */
export function isSpared({ step }: StepRecord): boolean {
  return step.kind === 'delegate' && step.disableGC === true;
}

/** A clock that was set back makes a record look as if it came from the future: it counts as young. */
function isYoung(record: AttachmentRecord, nowMs: number): boolean {
  return !(nowMs - record.createdAt >= youngMs);
}

/**
 * False for a record in which nothing is left for GC to do: one that stands for damaged bytes stays for a person, one
 * with attachments of networks without GC for the runtime's DEL, once all others are gone.
 */
function isCollectable(record: AttachmentRecord): boolean {
  if (record.damaged !== undefined && isUndone(record)) return false;
  const spares = record.steps.some((step) => isSpared(step) && step.state !== 'pending');
  if (!spares) return true;
  return !isParked(record) && record.steps.some((step) => !isSpared(step) && isLeft(step));
}

function isLeft({ step, state }: StepRecord): boolean {
  return step.kind === 'delegate' && state !== 'pending';
}

/** All of a sandbox that is in use, otherwise what GC must not touch. */
function attachmentsOf(record: AttachmentRecord, isUsed: boolean): readonly ValidAttachment[] {
  const steps = record.steps.filter((step) => isUsed || isSpared(step));
  const { containerId } = record.sandbox;
  const delegates = delegatesOf(steps.map(({ step }) => step));
  return delegates.map(({ ifname }) => ({ containerID: containerId, ifname }));
}

function nameOf({ sandbox }: AttachmentRecord): string {
  return `${sandbox.containerId}/${sandbox.ifname}`;
}

function byAge(left: KnownRecord, right: KnownRecord): number {
  const later = Number(isParked(left.record)) - Number(isParked(right.record));
  return later || left.record.createdAt - right.record.createdAt;
}
