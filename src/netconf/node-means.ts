import type { WeftNode } from '../api/weft-node.ts';
import { maxListed } from '../api/weft-node-limits.ts';

/** What of a node decides which networks can be attached there. Attachments and conditions are no part of it. */
export interface NodeMeans {
  readonly name: string;
  /** Types of plugins; undefined: not known, so that any may be there. */
  readonly plugins: ReadonlySet<string> | undefined;
  /** Names of links; undefined: not known. */
  readonly links: ReadonlySet<string> | undefined;
}

/**
 * Reads them from what the node's agent has written. Where the agent cannot look into a directory of plugins, or there
 * are more links than it lists, what it does not name may be there all the same.
 */
export function nodeMeans({ metadata, status }: WeftNode): NodeMeans {
  const { plugins, links } = status ?? {};
  const seesAll = plugins !== undefined && (plugins.unseen ?? []).length === 0;
  const listsAll = links !== undefined && links.length < maxListed;
  return {
    name: metadata.name,
    plugins: seesAll ? new Set(plugins.types) : undefined,
    links: listsAll ? new Set(links.map(({ name }) => name)) : undefined,
  };
}
