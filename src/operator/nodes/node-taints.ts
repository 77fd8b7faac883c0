import { agentAwayTaint } from '../../api/agent-away-taint.ts';
import type { RawObject } from '../../kube/raw-object.ts';

/** A taint as it is in a Node; what else is in it is kept. */
export interface Taint {
  readonly key?: unknown;
  readonly effect?: unknown;
  readonly [field: string]: unknown;
}

/** All taints of a Node, in their order. Never throws. */
export function taintsOf({ spec }: RawObject): readonly Taint[] {
  const { taints } = (spec ?? {}) as { readonly taints?: unknown };
  return Array.isArray(taints) ? (taints as readonly unknown[]).filter(isTaint) : [];
}

/** Whether ours is among them. A node has one of each key and effect at most, so one with a value is in its place. */
export function hasOurs(taints: readonly Taint[]): boolean {
  return taints.some(isOurs);
}

/** With ours at the end, all others as they are. */
export function withOurs(taints: readonly Taint[]): readonly Taint[] {
  return hasOurs(taints) ? taints : [...taints, { ...agentAwayTaint }];
}

/** Without ours, all others as they are. */
export function withoutOurs(taints: readonly Taint[]): readonly Taint[] {
  return taints.filter((taint) => !isOurs(taint));
}

function isTaint(taint: unknown): taint is Taint {
  return typeof taint === 'object' && taint !== null;
}

function isOurs({ key, effect }: Taint): boolean {
  return key === agentAwayTaint.key && effect === agentAwayTaint.effect;
}
