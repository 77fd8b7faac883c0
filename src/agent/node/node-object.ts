import { isDeepStrictEqual } from 'node:util';
import type { Condition } from '../../api/condition.schema.ts';
import type { WeftNodeStatus } from '../../api/weft-node.ts';
import type { RawObject } from '../../kube/raw-object.ts';
import { nodeConditions, ownConditions } from './node-conditions.ts';
import type { NodeCounts, NodeState } from './node-facts.ts';

/** A WeftNode as the API has it; only what is compared. */
export interface FoundNode {
  /** `metadata.uid` of its owners. */
  readonly owners: readonly string[];
  /** Of whatever shape. */
  readonly status: Readonly<Record<string, unknown>>;
}

/** The Node that a WeftNode belongs to. */
export interface NodeIdentity {
  readonly name: string;
  /** `metadata.uid` of the Node; undefined: not known, and the WeftNode outlives its Node. */
  readonly uid: string | undefined;
}

/** What is kept of the object. */
export function projectNode({ metadata, status }: RawObject): FoundNode {
  const { ownerReferences: owners } = metadata;
  return {
    owners: Array.isArray(owners) ? owners.map((owner: { uid?: unknown }) => String(owner?.uid)) : [],
    status: typeof status === 'object' && status !== null ? (status as FoundNode['status']) : {},
  };
}

/** What WeftNode's status shall be. `now`: wall clock, milliseconds. */
export function nodeStatus(
  state: NodeState,
  counts: NodeCounts,
  found: FoundNode | undefined,
  now: number,
): WeftNodeStatus {
  const { version, defaultNetwork, conf } = state;
  return {
    version,
    ...(defaultNetwork && { defaultNetwork }),
    conf,
    ...counts,
    conditions: nodeConditions(state, conditionsOf(found), now),
  };
}

/** The whole object for server-side apply, which creates it where there is none. */
export function nodeObject({ name, uid }: NodeIdentity, status: WeftNodeStatus): object {
  const owner = { apiVersion: 'v1', kind: 'Node', name, uid };
  return {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftNode',
    metadata: { name, ...(uid !== undefined && { ownerReferences: [owner] }) },
    status,
  };
}

/** True if the API has all of it and nothing else; conditions of others do not count. */
export function isAsWanted(
  { uid }: NodeIdentity,
  wanted: WeftNodeStatus,
  found: FoundNode | undefined,
): boolean {
  if (found === undefined || (uid !== undefined && !found.owners.includes(uid))) return false;
  const conditions = conditionsOf(found).filter(({ type }) => ownConditions.includes(type));
  const now = { ...found.status, conditions: byType(conditions) };
  return isDeepStrictEqual(now, { ...wanted, conditions: byType(wanted.conditions ?? []) });
}

function conditionsOf(found: FoundNode | undefined): readonly Condition[] {
  const conditions = found?.status['conditions'];
  return Array.isArray(conditions) ? (conditions as readonly Condition[]) : [];
}

function byType(conditions: readonly Condition[]): Readonly<Record<string, Condition>> {
  return Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
}
