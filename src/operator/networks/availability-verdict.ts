import type { Availability } from '../../netconf/network-availability.ts';
import type { Verdict } from './network-verdict.ts';

/** The condition `Available`, with what the column NODES shows. */
export interface AvailabilityVerdict extends Verdict {
  /** `2/3`; undefined: not known. */
  readonly nodes?: string;
}

/**
 * `availability` undefined: what the network needs is not known, because its configuration is on the nodes or cannot be
 * read. True where one node at least can attach it: which ones cannot is in the message, and how many in `nodes`.
 */
export function availabilityVerdict(
  valid: Verdict,
  availability: Availability | undefined,
  total: number,
): AvailabilityVerdict {
  if (total === 0) {
    return { status: 'Unknown', reason: 'NoNodes', message: 'no agent has reported its node' };
  }
  if (valid.status === 'False') {
    const message = 'its configuration cannot be used on any node: see Valid';
    return { status: 'False', reason: 'NotValid', message, nodes: `0/${total}` };
  }
  if (availability === undefined) {
    return { status: 'Unknown', reason: 'ConfigOnNode', message: 'its configuration is on the nodes' };
  }
  const { able, missing, lack } = availability;
  const nodes = `${able}/${total}`;
  if (lack === undefined) return { status: 'True', reason: 'AllNodes', message: '', nodes };
  if (able > 0) return { status: 'True', reason: 'SomeNodes', message: missing, nodes };
  return { status: 'False', reason: lack, message: missing, nodes };
}
