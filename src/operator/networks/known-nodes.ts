import type { WeftNode } from '../../api/weft-node.ts';
import { type NodeMeans, nodeMeans } from '../../netconf/node-means.ts';

/** The means of all nodes, without what changes with each pod. */
export class KnownNodes {
  readonly #nodes = new Map<string, NodeMeans>();
  readonly #onChange: () => void;

  /** `onChange`: networks may be available on other nodes now. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** In no particular order. */
  all(): readonly NodeMeans[] {
    return [...this.#nodes.values()];
  }

  /** A node that is new or has changed. */
  put(node: WeftNode): void {
    const means = nodeMeans(node);
    const known = this.#nodes.get(means.name);
    if (known !== undefined && same(known.plugins, means.plugins) && same(known.links, means.links)) return;
    this.#nodes.set(means.name, means);
    this.#onChange();
  }

  /** A node that is gone. */
  remove({ metadata }: WeftNode): void {
    if (this.#nodes.delete(metadata.name)) this.#onChange();
  }
}

function same(left: ReadonlySet<string> | undefined, right: ReadonlySet<string> | undefined): boolean {
  if (left === undefined || right === undefined) return left === right;
  return left.size === right.size && [...left].every((value) => right.has(value));
}
