import type { Condition } from '../../api/condition.schema.ts';
import type { NetworkAttachmentDefinitionStatus } from '../../api/network-attachment-definition-status.schema.ts';
import type { NetworkCheck } from '../../netconf/check-network.ts';
import type { WatchedNetwork } from '../sources/watched-network.ts';
import type { AvailabilityVerdict } from './availability-verdict.ts';
import type { Verdict } from './network-verdict.ts';

/** Everything that is to be said of a network. */
export interface NetworkVerdicts {
  readonly check: NetworkCheck;
  readonly valid: Verdict;
  readonly available: AvailabilityVerdict;
  readonly inUse: Verdict;
}

/** `status` as it is to be; `now`: wall clock, milliseconds. What weft does not write is not in it. */
export function networkStatus(
  network: WatchedNetwork,
  { check, valid, available, inUse }: NetworkVerdicts,
  now: number,
): NetworkAttachmentDefinitionStatus {
  const { generation } = network.metadata;
  const condition = (type: string, { status, reason, message }: Verdict): Condition => {
    const known = knownCondition(network, type);
    return {
      type,
      status,
      observedGeneration: generation,
      lastTransitionTime: known?.status === status ? known.lastTransitionTime : rfc3339(now),
      reason,
      message,
    };
  };
  return {
    observedGeneration: generation,
    ...(check.type !== undefined && { type: check.type }),
    ...(check.configHash !== '' && { configHash: check.configHash }),
    ...(available.nodes !== undefined && { nodes: available.nodes }),
    conditions: [condition('Valid', valid), condition('Available', available), condition('InUse', inUse)],
  };
}

/**
 * Why no node can attach the network, as the condition `Available` of its present generation says; undefined: some can, it is
 * not known, or its configuration is what is wrong.
 */
export function unavailability(network: WatchedNetwork): string | undefined {
  const { status, reason, message, observedGeneration } = knownCondition(network, 'Available') ?? {};
  if (status !== 'False' || observedGeneration !== network.metadata.generation) return undefined;
  return reason === 'NotValid' || typeof message !== 'string' ? undefined : message;
}

/** True if the object says already what `wanted` says, so that nothing has to be written. */
export function saysAlready(network: WatchedNetwork, wanted: NetworkAttachmentDefinitionStatus): boolean {
  const { status } = network;
  if (status === undefined) return false;
  const { observedGeneration, type, configHash, nodes } = wanted;
  if (status.observedGeneration !== observedGeneration || status.nodes !== nodes) return false;
  if (status.type !== type || status.configHash !== configHash) return false;
  return (wanted.conditions ?? []).every((condition) => {
    const known = knownCondition(network, condition.type);
    return (
      known?.status === condition.status &&
      known.reason === condition.reason &&
      known.message === condition.message &&
      known.observedGeneration === condition.observedGeneration
    );
  });
}

/** Of the object; another product's status may be anything. */
export function knownCondition({ status }: WatchedNetwork, type: string): Condition | undefined {
  const conditions: unknown = status?.conditions;
  if (!Array.isArray(conditions)) return undefined;
  return (conditions as readonly (Condition | null)[]).find((entry) => entry?.type === type) ?? undefined;
}

/** metav1.Time has whole seconds. */
function rfc3339(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
