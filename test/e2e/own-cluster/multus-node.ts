import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cluster } from '../../../hack/cluster/cluster.ts';
import { bareConfName } from '../../../hack/cluster/default-network.ts';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { multusBinary } from '../../harness/toolchain.ts';

/** Where Multus's own installer puts its configuration; it sorts before weft's. */
const confName = '00-multus.conflist';

/** As in Multus's deployments/multus-daemonset.yml. */
const rights = [
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'multus', namespace: 'kube-system' } },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRole',
    metadata: { name: 'multus' },
    rules: [
      { apiGroups: ['k8s.cni.cncf.io'], resources: ['*'], verbs: ['*'] },
      { apiGroups: [''], resources: ['pods', 'pods/status'], verbs: ['get', 'list', 'update', 'watch'] },
      { apiGroups: ['', 'events.k8s.io'], resources: ['events'], verbs: ['create', 'patch', 'update'] },
    ],
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'multus' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'multus' },
    subjects: [{ kind: 'ServiceAccount', name: 'multus', namespace: 'kube-system' }],
  },
];

/**
 * Puts Multus (thin) on a node, as its DaemonSet does: plugin, kubeconfig with a token, and the default network's
 * configuration wrapped in its own. Needs the kind NetworkAttachmentDefinition.
 */
export async function installMultus(cluster: Cluster, node: ClusterNode): Promise<void> {
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: rights });
  await cluster.kubectl(['apply', '--filename=-'], list);
  const token = await cluster.kubectl([
    ...['--namespace', 'kube-system', 'create', 'token', 'multus', '--duration=24h'],
  ]);
  const { optCniBin, etcCniNetd } = node.paths;
  copyFileSync(multusBinary(), join(optCniBin, 'multus'));
  chmodSync(join(optCniBin, 'multus'), 0o755);
  mkdirSync(join(etcCniNetd, 'multus.d'), { recursive: true });
  const inside = await node.exec(['sh', '-c', 'cat "$KUBECONFIG"']);
  writeFileSync(join(etcCniNetd, 'multus.d/multus.kubeconfig'), withToken(inside, token.trim()), {
    mode: 0o600,
  });
  bringMultus(node);
}

/** Puts Multus's configuration in front of all others; the runtime calls it from then on. */
export function bringMultus(node: ClusterNode): void {
  const { etcCniNetd } = node.paths;
  const primary = JSON.parse(readFileSync(join(etcCniNetd, bareConfName), 'utf8')) as object;
  const plugin = {
    type: 'multus',
    capabilities: { portMappings: true },
    kubeconfig: '/etc/cni/net.d/multus.d/multus.kubeconfig',
    logLevel: 'error',
    logToStderr: true,
    delegates: [primary],
  };
  const conflist = { cniVersion: '1.0.0', name: 'multus-cni-network', plugins: [plugin] };
  writeFileSync(join(etcCniNetd, confName), JSON.stringify(conflist));
}

/** Takes Multus's configuration away; its plugin and what it knows of pods stay on the node. */
export function takeMultusAway(node: ClusterNode): void {
  rmSync(join(node.paths.etcCniNetd, confName));
}

interface Kubeconfig {
  readonly clusters: readonly object[];
  readonly contexts: readonly { readonly context: { readonly cluster: string } }[];
}

/** The same server, for the token's account. */
function withToken(kubeconfig: string, token: string): string {
  const { clusters, contexts } = JSON.parse(kubeconfig) as Kubeconfig;
  const cluster = contexts[0]?.context.cluster ?? '';
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters,
    users: [{ name: 'multus', user: { token } }],
    contexts: [{ name: 'multus', context: { cluster, user: 'multus' } }],
    'current-context': 'multus',
  });
}
