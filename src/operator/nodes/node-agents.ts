import type { KubeClock } from '../../kube/kube-clock.ts';

/**
 * On which nodes weft's agent is, and since when it is not where it has been. Filled by the informers over pods and
 * WeftNodes; in every replica from the start, so that the next leader knows already.
 */
export class NodeAgents {
  readonly #clock: Pick<KubeClock, 'monotonic'>;
  readonly #listeners: ((node: string) => void)[] = [];
  /** Node by the key of an agent's pod. */
  readonly #pods = new Map<string, string>();
  /** Agents' pods by node: two for a moment, when one is replaced by hand. */
  readonly #counts = new Map<string, number>();
  /** Nodes that have one: since when there has been one without a break, `monotonic()`. */
  readonly #there = new Map<string, number>();
  /** Nodes that have a WeftNode. */
  readonly #reported = new Set<string>();
  /** Of those, the ones without an agent: since when that has been seen, `monotonic()`. */
  readonly #away = new Map<string, number>();
  #known = false;
  #seen = false;

  constructor(clock: Pick<KubeClock, 'monotonic'>) {
    this.#clock = clock;
  }

  /** Called with a node's name when its agent comes or goes, and when it gets or loses its WeftNode. */
  onChange(listener: (node: string) => void): void {
    this.#listeners.push(listener);
  }

  /** All agents that there are have been told. Before, none is known to be away. */
  allKnown(): void {
    this.#known = true;
    this.#lookAtAll();
  }

  /** The pod `key` is an agent that works on this node. */
  came(key: string, node: string): void {
    if (this.#pods.get(key) === node) return;
    this.went(key);
    this.#pods.set(key, node);
    this.#counts.set(node, (this.#counts.get(node) ?? 0) + 1);
    if (!this.#there.has(node)) this.#there.set(node, this.#clock.monotonic());
    this.#look(node);
    if (!this.#seen) this.#firstSeen();
  }

  /** The pod `key` is none any more. */
  went(key: string): void {
    const node = this.#pods.get(key);
    if (node === undefined) return;
    this.#pods.delete(key);
    const left = (this.#counts.get(node) ?? 0) - 1;
    if (left > 0) {
      this.#counts.set(node, left);
    } else {
      this.#counts.delete(node);
      this.#there.delete(node);
    }
    this.#look(node);
  }

  /** The node has a WeftNode. */
  reported(node: string): void {
    if (this.#reported.has(node)) return;
    this.#reported.add(node);
    this.#look(node);
  }

  /** It has none any more. */
  forgotten(node: string): void {
    if (!this.#reported.delete(node)) return;
    this.#look(node);
  }

  /**
   * Whether this process has ever seen an agent, on any node. Whoever looks in the wrong namespace, or for the wrong labels,
   * sees all of them away.
   */
  get seen(): boolean {
    return this.#seen;
  }

  isReported(node: string): boolean {
    return this.#reported.has(node);
  }

  /** Since when this process has seen no agent on a node that has a WeftNode, `monotonic()`; undefined: it has not. */
  awaySince(node: string): number | undefined {
    return this.#away.get(node);
  }

  /** Since when this process has seen an agent on a node without a break, `monotonic()`; undefined: there is none. */
  thereSince(node: string): number | undefined {
    return this.#there.get(node);
  }

  /** Nodes that have a WeftNode and no agent. */
  away(): Iterable<string> {
    return this.#away.keys();
  }

  /** What was away until now may have been somewhere that nobody looked. */
  #firstSeen(): void {
    this.#seen = true;
    this.#away.clear();
    this.#lookAtAll();
  }

  #lookAtAll(): void {
    for (const node of this.#reported) this.#look(node);
  }

  #look(node: string): void {
    if (!this.#reported.has(node) || this.#counts.has(node)) this.#away.delete(node);
    else if (this.#known && !this.#away.has(node)) this.#away.set(node, this.#clock.monotonic());
    for (const listener of this.#listeners) listener(node);
  }
}
