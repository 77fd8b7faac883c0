import type { RawObject } from '../../kube/raw-object.ts';
import { hasOurs, taintsOf } from '../nodes/node-taints.ts';

/** What is kept of a Node. It is read anew before it is written, so this is enough. */
export interface WatchedNode {
  /** The adapter of reconcilers looks at it. */
  readonly metadata: { readonly name: string };
  /** It has the taint of an agent that is away. */
  readonly tainted: boolean;
}

/** Never throws. */
export function projectNode(node: RawObject): WatchedNode {
  return { metadata: { name: node.metadata.name }, tainted: hasOurs(taintsOf(node)) };
}
