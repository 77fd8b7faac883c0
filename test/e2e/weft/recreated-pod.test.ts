import { describe, expect, it } from 'vitest';
import { sleep } from '../../harness/run.ts';
import { chance, seed } from '../chance.ts';
import { long } from '../clusters.ts';
import { eventually } from '../eventually.ts';
import { attachedPods, expectAttached } from './attached-pod.ts';
import { podTemplate } from './networked-pod.ts';
import { allThree } from './networks.ts';
import { weftSuite } from './weft-suite.ts';

const rounds = long ? 50 : 5;
const suite = weftSuite('recreated-pod');

/** A StatefulSet with one pod, `db-0`, which must stay on one node: its former sandbox goes while the next one comes. */
function statefulSet(): object {
  const labels = { app: 'db' };
  const template = podTemplate({ networks: allThree, labels, node: 'node1', restartPolicy: 'Always' });
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db' },
    spec: { serviceName: 'db', replicas: 1, selector: { matchLabels: labels }, template },
  };
}

/** Waits for a pod of that name that is Ready and none of those seen; resolves with its uid. */
function incarnation(seen: ReadonlySet<string>): Promise<string> {
  return eventually('the next db-0', 60_000, async () => {
    const [pod] = await attachedPods(suite.kube, 'app=db');
    const ready = pod?.status.containerStatuses?.[0]?.ready === true;
    if (
      pod === undefined ||
      !ready ||
      seen.has(pod.metadata.uid) ||
      pod.metadata.deletionTimestamp !== undefined
    )
      throw new Error(JSON.stringify(pod?.status));
    return pod.metadata.uid;
  });
}

describe('a StatefulSet whose pod is deleted again and again', () => {
  it(`has the right interfaces in each of ${rounds + 1} incarnations and leaves nothing`, {
    timeout: 120_000 + rounds * 15_000,
  }, async () => {
    await suite.kube.apply(statefulSet());
    process.stdout.write(`moments of the deletions: WEFT_SEED=${seed}\n`);
    const moments = chance();
    const seen = new Set<string>();
    for (let round = 0; ; round += 1) {
      seen.add(await incarnation(seen));
      const { view } = await expectAttached(suite.kube, 'db-0');
      expect(view.links.map((link) => link.name)).toEqual(['eth0', 'net1', 'net2', 'net3']);
      if (round === rounds) break;
      // Every other time by force: then the API forgets it at once, and two sandboxes of one name overlap.
      const force = round % 2 === 0 ? ['--force', '--grace-period=0'] : ['--grace-period=1'];
      await suite.kube.kubectl('delete', 'pod', 'db-0', '--wait=false', ...force);
      // Quickly: some pods go before they have come.
      if (round % 3 === 2) await deleteNext(500 + 1_000 * moments.next().value);
    }
    await suite.kube.kubectl('delete', 'statefulset', 'db', '--cascade=foreground', '--timeout=60s');
    expect(await suite.leftovers()).toEqual([]);
  });
});

/** Deletes the next incarnation as soon as it has a sandbox, or is about to. */
async function deleteNext(afterMs: number): Promise<void> {
  await sleep(afterMs);
  await suite.kube.kubectl(
    'delete',
    'pod',
    'db-0',
    '--wait=false',
    '--force',
    '--grace-period=0',
    '--ignore-not-found',
  );
}
