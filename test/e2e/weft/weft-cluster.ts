import { Cluster } from '../../../hack/cluster/cluster.ts';
import { type DeployOptions, deployWeft } from '../../../hack/deploy/deploy-weft.ts';
import { names, removeCluster } from '../clusters.ts';
import { KubeNamespace } from '../kube-namespace.ts';
import { startCluster } from '../start-cluster.ts';
import { expectAttached } from './attached-pod.ts';
import { networkedPod } from './networked-pod.ts';
import { allThree, asked, createNetworks } from './networks.ts';

/**
 * Two nodes with weft, the networks of networks.ts and an audit log. The first suite that asks starts it; it stands to
 * the end of these files (global-setup.ts) and every suite leaves it as it found it.
 */
export async function weftCluster(): Promise<Cluster> {
  const standing = await Cluster.open(names.weft).catch(() => undefined);
  if (standing !== undefined) return standing;
  const cluster = await startCluster(names.weft, 2, { auditLog: true });
  try {
    await installWeft(cluster);
  } catch (error) {
    // The next suite would take it for one with weft.
    await removeCluster(names.weft, () => {});
    throw error;
  }
  return cluster;
}

/** Puts weft and the networks on a cluster, and each network to use once on every node. */
export async function installWeft(cluster: Cluster, options: DeployOptions = {}): Promise<void> {
  await deployWeft(cluster, (line) => console.log(`${cluster.name}: ${line}`), options);
  await createNetworks(cluster);
  await prime(cluster);
}

/** Bridges and base chains stay after their first use: from then on nodes show only what a pod leaves. */
async function prime(cluster: Cluster): Promise<void> {
  const kube = await KubeNamespace.create(cluster, 'prime');
  const portMappings = [{ hostPort: 18_099, containerPort: 8080, protocol: 'tcp' }];
  const networks = [asked('bridged', { portMappings }), ...allThree.slice(1)];
  const nodes = cluster.nodes.map((node) => node.name);
  await kube.apply(...nodes.map((node) => networkedPod(node, { networks, node, hostPort: 18_098 })));
  for (const node of nodes) {
    await kube.untilReady(node);
    await expectAttached(kube, node);
  }
  await kube.empty();
}
