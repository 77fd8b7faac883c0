import { relative } from 'node:path';
import type { Cluster } from '../cluster/cluster.ts';
import { clusterTools } from '../toolchain/tools.ts';
import { demoNamespace, demoPods } from './cluster-networks.ts';
import type { Stage } from './stage.ts';
import { objectFile } from './story.ts';

/** Last scene: the cluster stays, and this is what one can do with it. */
export async function tellHowToGoOn(stage: Stage, cluster: Cluster): Promise<void> {
  const { name } = cluster;
  const pods = objectFile(cluster, 'pods');
  const [first] = demoPods;
  const node = first?.node ?? '';
  stage.scene('How to go on');
  stage.say('The cluster is still there, with weft and both networks. In this shell:');
  const { kubernetes } = await clusterTools(() => {});
  for (const line of [
    `export KUBECONFIG=${cluster.kubeconfig} PATH=$PATH:${kubernetes}`,
    `kubectl apply -f ${relative('.', pods)}    # the three pods again; change it as you like`,
    `kubectl get pods -n ${demoNamespace} -o wide`,
    `kubectl describe pod ${first?.name} -n ${demoNamespace}    # with its networks, its status and events`,
    `kubectl logs -n kube-system -l app.kubernetes.io/component=agent -c agent --prefix`,
    `make cluster-shell NAME=${name} NODE=${node}    # inside a node; try /opt/cni/bin/weft inspect`,
    `make cluster-logs NAME=${name}    # which logs there are`,
  ]) {
    stage.say(`  ${line}`);
  }
  stage.say('');
  stage.say(
    'This removes the cluster with everything in it, and leaves nothing on this machine but what was built:',
  );
  stage.say(`  make cluster-down NAME=${name}`);
}
