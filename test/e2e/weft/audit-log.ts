import { readFileSync } from 'node:fs';
import type { Cluster } from '../../../hack/cluster/cluster.ts';

/** A request to the API server as its audit log has it, once it was answered. */
export interface Request {
  readonly stage: string;
  /** get, list, watch, create, patch, … */
  readonly verb: string;
  readonly requestURI: string;
  readonly user: { readonly username: string };
  readonly objectRef?: {
    readonly resource?: string;
    readonly subresource?: string;
    readonly namespace?: string;
    readonly name?: string;
  };
  readonly responseStatus?: { readonly code?: number };
}

const agentUser = 'system:serviceaccount:kube-system:weft-agent';

/** A moment of a cluster's audit log: its length. */
export function auditMark(cluster: Cluster): number {
  return readFileSync(cluster.auditLog).length;
}

/** What the agents of all nodes have asked the API server since that moment. A watch counts when it begins and ends. */
export function agentRequests(cluster: Cluster, since: number): readonly Request[] {
  return readFileSync(cluster.auditLog)
    .subarray(since)
    .toString('utf8')
    .split('\n')
    .filter((line) => line.endsWith('}'))
    .map((line) => JSON.parse(line) as Request)
    .filter((request) => request.user.username === agentUser);
}
