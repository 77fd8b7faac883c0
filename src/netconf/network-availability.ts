import type { NetworkFacts } from './network-facts.ts';
import type { NodeMeans } from './node-means.ts';

/** What a node must have for a network. */
export interface NetworkNeeds {
  /** Types of plugins, those for addresses among them; sorted, each once. */
  readonly plugins: readonly string[];
  /** Links of the node; sorted, each once. */
  readonly links: readonly string[];
}

/** On which nodes a network can be attached. */
export interface Availability {
  /** Nodes that have what it needs. */
  readonly able: number;
  /** All nodes whose agent has reported. */
  readonly total: number;
  /** What is missing where, for people; '' where nothing is. */
  readonly missing: string;
  /** Of the need that most nodes lack; undefined: nothing is missing. */
  readonly lack: 'MissingPlugin' | 'MissingParent' | undefined;
}

/** Nodes that are named for one cause; of more only the number. */
const namedNodes = 3;

/** Causes that are named. */
const namedCauses = 5;

/** Bridges come into being with the first pod, and devices are the kubelet's to find: neither is asked for. */
export function networkNeeds({ plugins, ipams, parents }: NetworkFacts): NetworkNeeds {
  const links = parents.filter(({ kind, inPod }) => kind === 'link' && inPod !== true);
  return { plugins: distinct([...plugins, ...ipams]), links: distinct(links) };
}

/** Compares what a network needs with what the nodes have. The same nodes in another order give the same. */
export function availabilityOf(needs: NetworkNeeds, nodes: readonly NodeMeans[]): Availability {
  const sorted = nodes.toSorted((left, right) => (left.name < right.name ? -1 : 1));
  const lacks = [
    ...needs.plugins.map((type) => ({
      lack: 'MissingPlugin' as const,
      what: `no plugin ${type}`,
      nodes: sorted.filter(({ plugins }) => plugins?.has(type) === false),
    })),
    ...needs.links.map((link) => ({
      lack: 'MissingParent' as const,
      what: `no interface ${link}`,
      nodes: sorted.filter(({ links }) => links?.has(link) === false),
    })),
  ].filter((cause) => cause.nodes.length > 0);
  const unable = new Set(lacks.flatMap((cause) => cause.nodes));
  // Stable: of two causes that are as frequent the first one stays the first.
  const byWeight = lacks.toSorted((left, right) => right.nodes.length - left.nodes.length);
  const causes = byWeight.map((cause) => `${cause.what} on ${listed(cause.nodes)}`);
  const more = causes.length - namedCauses;
  return {
    able: nodes.length - unable.size,
    total: nodes.length,
    missing: [...causes.slice(0, namedCauses), ...(more > 0 ? [`and ${more} more`] : [])].join('; '),
    lack: byWeight[0]?.lack,
  };
}

function listed(nodes: readonly NodeMeans[]): string {
  const more = nodes.length - namedNodes;
  const names = nodes.slice(0, namedNodes).map(({ name }) => name);
  return more > 0 ? `${names.join(', ')} and ${more} more` : names.join(', ');
}

function distinct(located: readonly { readonly value: string }[]): readonly string[] {
  return [...new Set(located.map(({ value }) => value))].sort();
}
