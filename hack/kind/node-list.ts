/** The part of `kubectl get nodes -o json` that is read here. */
export interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string };
    readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** Which of `containers` (`kind get nodes`) have no Node object yet. A load balancer in front of several control planes is none. */
export function missingNodes(containers: readonly string[], list: NodeList): readonly string[] {
  const registered = new Set(list.items.map((node) => node.metadata.name));
  return containers.filter((name) => !name.endsWith('-external-load-balancer') && !registered.has(name));
}

/** One line for people. */
export function describeNodes(list: NodeList): string {
  const nodes = list.items.map((node) => ({ name: node.metadata.name, ready: isReady(node) }));
  const line = nodes.map(({ name, ready }) => `${name} ${ready ? 'Ready' : 'NotReady'}`).join(', ');
  return nodes.every(({ ready }) => ready)
    ? line
    : `${line} (NotReady until a CNI configuration is on the node)`;
}

function isReady(node: NodeList['items'][number]): boolean {
  return (node.status?.conditions ?? []).some(({ type, status }) => type === 'Ready' && status === 'True');
}
