import type {
  HostLink,
  NodeAttachments,
  NodeConf,
  NodeDefaultNetwork,
  NodeLeftovers,
  NodePlugins,
} from '../../api/weft-node.ts';
import type { Complaint } from '../complaint.ts';

/** What WeftNode says of the node at once when it changes. */
export interface NodeState {
  /** Of the agent. */
  readonly version: string;
  readonly defaultNetwork: NodeDefaultNetwork | undefined;
  readonly conf: NodeConf;
  /** The gravest first; empty: the node is ready. */
  readonly complaints: readonly Complaint[];
  /** Sentences about what is odd but keeps no pod from starting. */
  readonly warnings: readonly string[];
}

/** What WeftNode says of the node from time to time, because it changes with each pod or costs a look at files. */
export interface NodeCounts {
  readonly plugins: NodePlugins;
  readonly links: readonly HostLink[];
  readonly attachments: NodeAttachments;
  readonly leftovers: NodeLeftovers;
}
