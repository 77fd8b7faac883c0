import { Cluster, type ClusterOptions } from '../../hack/cluster/cluster.ts';
import { marksOf } from './clusters.ts';
import { endsOfLogs } from './failure-report.ts';

/** A cluster with the bare default network. When it does not come up, the ends of its logs are printed. */
export async function startCluster(
  name: string,
  nodes: number,
  more: Pick<ClusterOptions, 'auditLog'> = {},
): Promise<Cluster> {
  const said: string[] = [];
  try {
    return await Cluster.up({ name, nodes, defaultNetwork: true, ...more }, (line) => said.push(line));
  } catch (error) {
    console.error(`${name} came this far:\n${said.join('\n')}\n${endsOfLogs(marksOf(name).stateDir)}`);
    throw error;
  }
}
