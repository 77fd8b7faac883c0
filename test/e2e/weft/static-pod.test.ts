import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { eventually } from '../eventually.ts';
import { attachedPod, expectAttached, networkStatus } from './attached-pod.ts';
import { networkedPod } from './networked-pod.ts';
import { allThree } from './networks.ts';
import { weftSuite } from './weft-suite.ts';

const suite = weftSuite('static-pod');
const node = 'node2';
/** kubelet appends the name of its node. */
const mirror = `manifest-${node}`;

function manifest(): string {
  return join(suite.cluster.node(node).paths.staticPods, 'manifest.json');
}

afterAll(() => rmSync(manifest(), { force: true }));

describe('a static pod with networks', () => {
  it('has them, and its mirror pod says so', async () => {
    const pod = networkedPod('manifest', { networks: allThree }) as { metadata: object };
    const text = JSON.stringify({ ...pod, metadata: { ...pod.metadata, namespace: suite.kube.name } });
    // kubelet leaves out what begins with a dot; it must not read half of a file.
    const hidden = join(suite.cluster.node(node).paths.staticPods, '.manifest');
    writeFileSync(hidden, text);
    renameSync(hidden, manifest());
    await eventually('the mirror pod', 60_000, () => attachedPod(suite.kube, mirror));
    await suite.kube.untilReady(mirror);
    const { pod: found } = await expectAttached(suite.kube, mirror);
    expect(networkStatus(found).map((entry) => entry.interface)).toEqual(['eth0', 'net1', 'net2', 'net3']);
    // What the runtime calls its uid is not the mirror pod's.
    expect(found.metadata.annotations?.['kubernetes.io/config.hash']).not.toBe(found.metadata.uid);
  });

  it('leaves nothing when its manifest goes', async () => {
    rmSync(manifest());
    await eventually('the end of the mirror pod', 60_000, async () => {
      const left = await suite.kube.kubectl('get', 'pods', '--output=name');
      if (left.trim() !== '') throw new Error(left);
    });
    expect(await suite.leftovers()).toEqual([]);
  });
});
