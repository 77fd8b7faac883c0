import { WeftError } from '../errors/weft-error.ts';
import type { Condition } from './condition.schema.ts';
import { violation } from './schema-validator.ts';
import { validateWeftNode } from './weft-node.generated.js';

/**
 * `weft.dev/v1alpha1` WeftNode: what weft is and has on one node, written by the node's agent alone (DESIGN §3.7). It
 * goes with the Node, which owns it.
 */
export interface WeftNode {
  readonly apiVersion: 'weft.dev/v1alpha1';
  readonly kind: 'WeftNode';
  /** `name`: the Node's. */
  readonly metadata: { readonly name: string };
  readonly status?: WeftNodeStatus;
}

/** Conditions, conf state and default network are of now; everything else may be some 75 seconds old. */
export interface WeftNodeStatus {
  /** Of the agent. */
  readonly version?: string;
  readonly plugins?: NodePlugins;
  /** By name. Links that are there for one pod are left out. */
  readonly links?: readonly HostLink[];
  /** Absent: there is none, and `Ready` says why. */
  readonly defaultNetwork?: NodeDefaultNetwork;
  readonly conf?: NodeConf;
  readonly attachments?: NodeAttachments;
  readonly leftovers?: NodeLeftovers;
  /** `Ready`, `Degraded`; others' may be there too. */
  readonly conditions?: readonly Condition[];
}

/** The CNI plugins that the agent sees. */
export interface NodePlugins {
  readonly count: number;
  /** File names, which are the types that configurations name; in byte order. */
  readonly types: readonly string[];
  /** Directories that the agent cannot look into; a plugin may be there all the same. Absolute paths. */
  readonly unseen?: readonly string[];
}

/** A link of the host that a network may name as its parent (`master`, `device`). */
export interface HostLink {
  readonly name: string;
}

/** The cluster default network as this node has it. */
export interface NodeDefaultNetwork {
  /** The CNI network name. */
  readonly name: string;
  /** Absolute path of the file, or `namespace/name` of the NetworkAttachmentDefinition that it comes from. */
  readonly source: string;
}

/** Whether the runtime calls weft. */
export interface NodeConf {
  /** True: weft's file is there, and the runtime takes it before all others. */
  readonly first: boolean;
  /** Files that come before it, in the runtime's order; absolute paths. For weft to be called they must go. */
  readonly remove?: readonly string[];
}

/** What is attached to the pods of this node. */
export interface NodeAttachments {
  /** Of all networks. */
  readonly count: number;
  /** Those whose network has another configuration today. */
  readonly outdated: number;
  /** By network; of very many those with the most attachments. */
  readonly networks?: readonly NetworkAttachments[];
}

/** The attachments of one network. */
export interface NetworkAttachments {
  /** `namespace/name` of the NetworkAttachmentDefinition, or the CNI name of a network from a file. */
  readonly network: string;
  readonly count: number;
  readonly outdated: number;
}

/** What no DEL could undo. */
export interface NodeLeftovers {
  readonly count: number;
  /** RFC 3339: when the undo of the oldest failed first. Absent: there is none, or it cannot be read. */
  readonly oldest?: string;
}

/** Checks one parsed object and leaves it as it is. ApiInvalid names the field; unknown keys are tolerated. */
export function parseWeftNode(document: unknown): WeftNode {
  const fault = violation(validateWeftNode, document);
  if (fault !== undefined) throw new WeftError('ApiInvalid', { step: 'read WeftNode', cause: fault });
  return document as WeftNode;
}
