import type { ServingCertificate } from './certificate.ts';

/** One certificate of the series, as the Secret keeps it. Times in milliseconds since 1970. */
export interface Generation extends ServingCertificate {
  readonly notBefore: number;
  readonly notAfter: number;
  /**
   * When its authority was seen in the webhook configuration first. Absent: it is not known to be there, so the API
   * server may not trust it yet.
   */
  readonly publishedAt?: number;
}

/** Milliseconds. */
export interface ScheduleTimings {
  /** How long a certificate is good. */
  readonly lifeMs: number;
  /** So long before its end the next one is made. */
  readonly renewBeforeMs: number;
  /** From publication until every API server trusts the new authority, also with clocks that differ; then it is served. */
  readonly settleMs: number;
  /** From publication until the authorities before it are taken back; a replica that is cut off for longer fails. */
  readonly keepMs: number;
}

const minute = 60_000;
const day = 24 * 60 * minute;

export const defaultTimings: ScheduleTimings = {
  lifeMs: 90 * day,
  renewBeforeMs: 30 * day,
  settleMs: 5 * minute,
  keepMs: day,
};

/** Clocks of other machines may be behind by as much. */
export const backdateMs: number = 60 * minute;

/** What is to be done with the Secret now; the oldest generation first, as in all lists of them. */
export interface SecretChange {
  /** Those that stay. */
  readonly keep: readonly Generation[];
  /** True: one more has to be made. */
  readonly make: boolean;
}

/**
 * What the Secret should hold, as a function of what it holds and of the time alone, so that replicas agree without
 * talking to each other.
 */
export function secretChange(
  generations: readonly Generation[],
  now: number,
  timings: ScheduleTimings,
): SecretChange {
  const newest = generations.at(-1);
  const make = newest === undefined || !isGood(newest, now) || newest.notAfter - now <= timings.renewBeforeMs;
  const last = lastWhere(generations, (one) => age(one, now) >= timings.keepMs && isGood(one, now));
  const keep = generations.filter(
    (one, index) => index >= last && (isGood(one, now) || index === generations.length - 1),
  );
  return { keep, make };
}

/**
 * The one to serve: the newest that every API server trusts by now. Where there is none, the oldest that is good: its
 * authority is in the webhook configuration for longest. undefined: there is none at all.
 */
export function servedGeneration(
  generations: readonly Generation[],
  now: number,
  timings: ScheduleTimings,
): Generation | undefined {
  const good = generations.filter((one) => isGood(one, now));
  const settled = good.filter((one) => age(one, now) >= timings.settleMs);
  return settled.at(-1) ?? good[0] ?? generations.at(-1);
}

/** What goes into the webhook configuration as caBundle: every authority of the Secret. */
export function bundleOf(generations: readonly Generation[]): string {
  return generations.map(({ ca }) => ca).join('');
}

/** The same with the time of publication, where that was not known. */
export function published(generations: readonly Generation[], now: number): readonly Generation[] {
  return generations.map((one) => (one.publishedAt === undefined ? { ...one, publishedAt: now } : one));
}

/** A publication in the future is the word of a clock that was wrong: it counts from now on. */
function age({ publishedAt }: Generation, now: number): number {
  return publishedAt === undefined ? -1 : now - publishedAt;
}

function isGood({ notBefore, notAfter }: Generation, now: number): boolean {
  return now >= notBefore && now < notAfter;
}

/** Index of the last one for which it holds; 0 if there is none. */
function lastWhere<T>(items: readonly T[], holds: (item: T) => boolean): number {
  return Math.max(0, items.findLastIndex(holds));
}
