import { describe, expect, it } from 'vitest';
import { CommandError } from '../../../hack/cluster/command.ts';
import { operatorNamespace, operatorReady, operatorSelector } from '../../../hack/deploy/operator-pods.ts';
import { commandOf } from '../../harness/audit/proc.ts';
import { run } from '../../harness/run.ts';
import { cliBinary } from '../../harness/toolchain.ts';
import { eventually } from '../eventually.ts';
import { expectAttached } from './attached-pod.ts';
import { networkedPod } from './networked-pod.ts';
import { asked } from './networks.ts';
import { processesOf } from './node-audit.ts';
import { recordsOf } from './records.ts';
import { weftSuite } from './weft-suite.ts';

const suite = weftSuite('operator');

function network(name: string, config: object): object {
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name },
    spec: { config: JSON.stringify({ cniVersion: '1.0.0', ...config }) },
  };
}

/** Leaves nothing on a node once its pod is gone. */
const good = {
  type: 'macvlan',
  master: 'eth1',
  ipam: { type: 'static', addresses: [{ address: '10.77.1.2/24' }] },
};

/** What is said against it. */
async function refusal(work: Promise<unknown>): Promise<string> {
  const end = await work.catch((error: unknown) => error);
  if (!(end instanceof CommandError)) throw new Error(`it was not refused: ${String(end)}`);
  return end.stderr;
}

function operatorKubectl(...args: readonly string[]): Promise<string> {
  return suite.cluster.kubectl(['--namespace', operatorNamespace, ...args]);
}

/** Pods that were attached with an older configuration of a network, as `kubectl weft networks` names them. */
async function outdatedPods(name: string): Promise<unknown> {
  const argv = [cliBinary(), 'networks', name, '-n', 'operator', '-o', 'json'];
  const { status, stdout, stderr } = await run(argv, {
    env: { PATH: process.env['PATH'] ?? '', KUBECONFIG: suite.cluster.kubeconfig },
  });
  if (status !== 0) throw new Error(stderr);
  const [view] = JSON.parse(stdout) as readonly { readonly outdated: unknown }[];
  return view?.outdated;
}

/** Does something while every replica stands still. Its own records stay, as they would not if it were deleted. */
async function whileHanging(action: () => Promise<void>): Promise<void> {
  const { cluster } = suite;
  const pids = cluster.nodes
    .flatMap((node) => processesOf(cluster, node))
    .filter((pid) => commandOf(pid).includes('/weft/operator.mjs'));
  expect(pids).toHaveLength(2);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  try {
    await action();
  } finally {
    for (const pid of pids) process.kill(pid, 'SIGCONT');
  }
}

describe('the operator on a cluster', () => {
  it('runs twice, on two nodes, and one of them leads', async () => {
    await operatorReady(suite.cluster, 30_000);
    const nodes = await operatorKubectl(
      ...['get', 'pods', `--selector=${operatorSelector}`],
      '--output=jsonpath={.items[*].spec.nodeName}',
    );
    expect(nodes.split(' ').sort()).toEqual(['node1', 'node2']);
    const holder = await operatorKubectl(
      ...['get', 'lease', 'weft-operator', '--output=jsonpath={.spec.holderIdentity}'],
    );
    expect(holder).toMatch(/^weft-operator-\S+_\S+$/);
  });

  it('refuses a broken network with the place and what to write instead', async () => {
    const broken = network('broken', { ...good, mode: 'brigde' });
    expect(await refusal(suite.kube.apply(broken))).toContain(
      'spec.config.mode: mode is "brigde"; write "bridge"',
    );
  });

  it('tells who applies a pod that no node has what its network needs', async () => {
    await suite.kube.apply(network('nowhere', { ...good, master: 'eth9' }));
    const asks = '--annotations=k8s.v1.cni.cncf.io/networks=nowhere';
    const create = (): Promise<string> =>
      suite.kube.kubectl('run', 'early', '--image=none', asks, '--dry-run=server', '--warnings-as-errors');
    await eventually('its status', 20_000, async () =>
      expect(await refusal(create())).toContain(
        'Warning: network operator/nowhere can be attached on no node: no interface eth9 on node1, node2; until then',
      ),
    );
  });

  it('protects a network while a pod has it, names the pod, also as one of an older configuration, and tears it down when the network was forced away', async () => {
    await suite.kube.apply(network('guarded', good));
    await suite.kube.apply(networkedPod('holder', { networks: [{ name: 'guarded' }] }));
    await suite.kube.untilReady('holder');
    const remove = (): Promise<string> => suite.kube.kubectl('delete', 'net-attach-def', 'guarded');
    expect(await refusal(remove())).toContain('is used by 1 pod: operator/holder');
    expect(await outdatedPods('guarded')).toEqual([]);
    await suite.kube.apply(network('guarded', { ...good, mode: 'private' }));
    // By the hash that the agent has left with the status.
    expect(await outdatedPods('guarded')).toEqual([{ namespace: 'operator', name: 'holder' }]);
    await suite.kube.kubectl('annotate', 'net-attach-def', 'guarded', 'weft.dev/allow-delete=true');
    await remove();
    await suite.kube.kubectl('delete', 'pod', 'holder');
    const holders = (): readonly unknown[] =>
      suite.cluster.nodes.flatMap(recordsOf).filter(({ pod }) => pod?.name === 'holder');
    await eventually('the end of its record', 20_000, async () => expect(holders()).toEqual([]));
  });

  it('keeps no pod from starting while it hangs, and lets nobody change a network unseen', async () => {
    await whileHanging(async () => {
      await suite.kube.apply(networkedPod('alone', { networks: [asked('bridged')] }));
      await suite.kube.untilReady('alone');
      await expectAttached(suite.kube, 'alone');
      expect(await refusal(suite.kube.apply(network('unseen', good)))).toContain('networks.weft.dev');
      const malformed = networkedPod('malformed', { networks: [{ namespace: 'networks' }] });
      expect(await refusal(suite.kube.apply(malformed))).toContain('the key "name" is missing');
    });
    await operatorReady(suite.cluster, 30_000);
    await suite.kube.apply(network('seen', good));
    await suite.kube.kubectl('delete', 'pods', '--all');
    expect(await suite.leftovers()).toEqual([]);
  });
});
