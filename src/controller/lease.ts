import type { RawObject } from '../kube/raw-object.ts';
import type { Resource } from '../kube/resource.ts';

/** The kind of object that says who leads. */
export const leaseResource: Resource = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

/** What a Lease says, as far as it is needed; whatever is not there or of another type counts as empty. */
export interface LeaseView {
  /** '': nobody. */
  readonly holder: string;
  /** Milliseconds for which the holder's word counts, from when it was seen. */
  readonly durationMs: number;
  /** RFC 3339 with microseconds, as it came; '' if there is none. */
  readonly acquireTime: string;
  readonly transitions: number;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** Reads a Lease. Never throws. */
export function leaseView({ metadata, spec }: RawObject): LeaseView {
  const said = (typeof spec === 'object' && spec !== null ? spec : {}) as Readonly<Record<string, unknown>>;
  const seconds = said['leaseDurationSeconds'];
  const transitions = said['leaseTransitions'];
  return {
    holder: textOf(said['holderIdentity']),
    durationMs: typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : 0,
    acquireTime: textOf(said['acquireTime']),
    transitions: typeof transitions === 'number' ? transitions : 0,
    uid: metadata.uid ?? '',
    resourceVersion: metadata.resourceVersion,
  };
}

/** What a holder writes. */
export interface LeaseClaim {
  /** '' gives the lease back. */
  readonly holder: string;
  readonly durationMs: number;
  /** Wall clock, milliseconds. */
  readonly now: number;
}

/**
 * `spec` of the Lease after the claim. Its times are for people: who observes it counts from when he saw it, by his own
 * clock. A lease that is given back stays valid for a second, as client-go writes it.
 */
export function claimedSpec(known: LeaseView | undefined, { holder, durationMs, now }: LeaseClaim): object {
  const time = microTime(now);
  const kept = known !== undefined && known.holder === holder && known.acquireTime !== '';
  const same = known === undefined || known.holder === holder || holder === '';
  return {
    // null removes the key.
    holderIdentity: holder === '' ? null : holder,
    leaseDurationSeconds: holder === '' ? 1 : Math.ceil(durationMs / 1000),
    renewTime: time,
    acquireTime: kept ? known.acquireTime : time,
    leaseTransitions: (known?.transitions ?? 0) + (same ? 0 : 1),
  };
}

function microTime(ms: number): string {
  return new Date(ms).toISOString().replace('Z', '000Z');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
