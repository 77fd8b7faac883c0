import { describe, expect, it } from 'vitest';
import { sleep } from '../../harness/run.ts';
import { chance, seed } from '../chance.ts';
import { long } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { attachedPod, attachedPods, expectAttached, sandboxesOf } from './attached-pod.ts';
import { processOf } from './frozen.ts';
import { networkedPod } from './networked-pod.ts';
import { allThree } from './networks.ts';
import { weftSuite } from './weft-suite.ts';

const suite = weftSuite('dying-runtime');
const moments = chance();

function pod(name: string): object {
  return networkedPod(name, { networks: allThree, node: 'node1', restartPolicy: 'Always' });
}

/** kill -9; it is started again a second later. */
function killRuntime(): void {
  process.kill(processOf(suite.cluster, { node: 'node1', program: 'containerd' }), 'SIGKILL');
}

/** Five times, at moments of chance. */
async function killRuntimeAgain(): Promise<void> {
  for (let kill = 0; kill < 5; kill += 1) {
    await sleep(500 + 1_500 * moments.next().value);
    await eventually('the runtime', 10_000, async () => killRuntime());
  }
}

describe('pods under a runtime that dies in part or as a whole', () => {
  it('get their networks and their status again in the next sandbox, and leave nothing of either', async () => {
    await suite.kube.apply(pod('orphan'));
    await suite.kube.untilReady('orphan');
    const node = suite.cluster.node('node1');
    const { pod: first } = await expectAttached(suite.kube, 'orphan');
    const [sandbox = ''] = await sandboxesOf(node, first);
    const { info } = JSON.parse(await node.exec(['crictl', 'inspectp', sandbox])) as {
      info: { pid: number };
    };
    expect(info.pid).toBeGreaterThan(1);
    await node.exec(['kill', '-9', String(info.pid)]);
    await eventually('the next sandbox', 60_000, async () => {
      const now = await attachedPod(suite.kube, 'orphan');
      const [status] = now.status.containerStatuses ?? [];
      expect(status).toMatchObject({ ready: true, restartCount: 1 });
      const { view } = await expectAttached(suite.kube, 'orphan');
      expect(view.links.map((link) => link.name)).toEqual(['eth0', 'net1', 'net2', 'net3']);
      expect(await sandboxesOf(node, now)).not.toContain(sandbox);
    });
    await suite.kube.kubectl('delete', 'pod', 'orphan');
    expect(await suite.leftovers()).toEqual([]);
  });

  // A kubelet whose runtime was gone waits for ten seconds and more before it tries again: too long for the usual run.
  it.each(long ? [30] : [])(
    'have all of their networks where it is killed while %i of them start, and leave nothing where it is while they go',
    {
      timeout: 300_000,
    },
    async (count) => {
      process.stdout.write(`moments of the kills: WEFT_SEED=${seed}\n`);
      const names = Array.from({ length: count }, (_, index) => `p${index}`);
      const kills = killRuntimeAgain();
      await suite.kube.apply(...names.map(pod));
      await kills;
      await suite.kube.kubectl('wait', '--for=condition=Ready', 'pods', '--all', '--timeout=120s');
      for (const name of names) {
        const { view } = await expectAttached(suite.kube, name);
        expect(view.links.map((link) => link.name)).toEqual(['eth0', 'net1', 'net2', 'net3']);
      }
      const going = killRuntimeAgain();
      await suite.kube.kubectl('delete', 'pods', '--all', '--wait=false');
      await going;
      await eventually('the end of the pods', 120_000, async () =>
        expect(await attachedPods(suite.kube)).toEqual([]),
      );
      expect(await suite.leftovers()).toEqual([]);
    },
  );
});
