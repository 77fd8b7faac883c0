import type { Condition } from '../../api/condition.schema.ts';
import type { NodeState } from './node-facts.ts';

/** Pods of the node can be attached. */
const readyCondition = 'Ready';

/** Something is odd but keeps no pod from starting. */
const degradedCondition = 'Degraded';

/** The types that are weft's in a WeftNode. */
export const ownConditions: readonly string[] = [readyCondition, degradedCondition];

/** Of one message, characters: many sentences must not fill the object. */
const maxMessage = 1024;

/**
 * The conditions of a node. `before`: those that WeftNode has, from which the time of an unchanged status stays.
 * `now`: wall clock, milliseconds.
 */
export function nodeConditions(
  { complaints, warnings }: Pick<NodeState, 'complaints' | 'warnings'>,
  before: readonly Condition[],
  now: number,
): readonly Condition[] {
  const [gravest] = complaints;
  return [
    timed(
      {
        type: readyCondition,
        status: gravest === undefined ? 'True' : 'False',
        reason: gravest?.reason ?? 'Ready',
        message: sentences(complaints.map(({ message }) => message)),
      },
      before,
      now,
    ),
    timed(
      {
        type: degradedCondition,
        status: warnings.length === 0 ? 'False' : 'True',
        reason: warnings.length === 0 ? 'NoWarnings' : 'Warnings',
        message: sentences(warnings),
      },
      before,
      now,
    ),
  ];
}

/** The time moves only with the status. */
function timed(
  condition: Omit<Condition, 'lastTransitionTime'>,
  before: readonly Condition[],
  now: number,
): Condition {
  const old = before.find(({ type }) => type === condition.type);
  const time = old?.status === condition.status ? old.lastTransitionTime : rfc3339(now);
  return { ...condition, lastTransitionTime: time };
}

/** metav1.Time has whole seconds. `at`: wall clock, milliseconds. */
export function rfc3339(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function sentences(list: readonly string[]): string {
  const text = [...new Set(list)].join('; ');
  return text.length <= maxMessage ? text : `${text.slice(0, maxMessage - 1)}…`;
}
