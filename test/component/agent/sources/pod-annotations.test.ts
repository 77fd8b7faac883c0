import { describe, expect, it } from 'vitest';
import { networksAnnotation } from '../../../../src/selection/invalid-annotation.ts';
import { KubeScene } from './kube-scene.ts';

const ref = { namespace: 'default', name: 'web', uid: 'u-1' };
const getPath = '/api/v1/namespaces/default/pods/web';

function podObject(uid: string, networks: string, annotations: object = {}): object {
  return {
    metadata: {
      name: 'web',
      namespace: 'default',
      uid,
      annotations: { [networksAnnotation]: networks, ...annotations },
    },
  };
}

/** The annotations or the error; undefined until they are there. */
class Asked {
  result: unknown;

  constructor(scene: KubeScene, pod: typeof ref | undefined) {
    scene.plan.annotations(pod, scene.budget()).then(
      (annotations) => {
        this.result = annotations;
      },
      (error: unknown) => {
        this.result = error;
      },
    );
  }
}

async function watching(pod: object): Promise<KubeScene> {
  const scene = new KubeScene();
  await scene.listed('networks');
  await scene.listed('pods', pod);
  return scene;
}

describe('the annotations of a pod', () => {
  it.each([
    ['its uid', podObject('u-1', 'a'), 'u-1'],
    ['the hash of a static pod', podObject('mirror', 'a', { 'kubernetes.io/config.hash': 'hash' }), 'hash'],
    ['no uid at all, from an old runtime', podObject('u-1', 'a'), ''],
  ])('come from the watch for %s', async (_, pod, uid) => {
    const scene = await watching(pod);
    const asked = new Asked(scene, { ...ref, uid });
    await scene.clock.pass(0);
    expect([asked.result, scene.gets]).toEqual([{ [networksAnnotation]: 'a' }, []]);
  });

  it('are read once where the watch has not brought the pod yet', async () => {
    const scene = new KubeScene();
    await scene.listed('pods');
    const asked = new Asked(scene, ref);
    await (await scene.call('pods')).answer(200, scene.version(podObject('u-1', 'b')));
    expect([asked.result, scene.gets]).toEqual([{ [networksAnnotation]: 'b' }, [getPath]]);
  });

  it('are read once where the watch still has the pod before this one', async () => {
    const scene = await watching(podObject('old', 'a'));
    const asked = new Asked(scene, ref);
    await (await scene.call('pods')).answer(200, scene.version(podObject('u-1', 'b')));
    expect(asked.result).toEqual({ [networksAnnotation]: 'b' });
  });

  it.each([
    ['another pod', 200, podObject('new', 'b'), 'uid new'],
    ['no pod', 404, { kind: 'Status', reason: 'NotFound' }, 'none of that name'],
  ])('are refused, to be tried again, where %s has its name', async (_, status, body, words) => {
    const scene = await watching(podObject('old', 'a'));
    const asked = new Asked(scene, ref);
    await (await scene.call('pods')).answer(status, status === 200 ? scene.version(body) : body);
    expect(asked.result).toMatchObject({
      reason: 'PodMismatch',
      code: 11,
      retry: 'later',
      message: expect.stringContaining(words),
    });
  });

  it('are refused within a second where nobody can tell', async () => {
    const scene = await watching(podObject('old', 'a'));
    const asked = new Asked(scene, ref);
    await scene.clock.pass(1_000);
    expect(asked.result).toMatchObject({
      reason: 'ApiTimeout',
      message: expect.stringContaining('pod default/web'),
    });
  });

  it('are none for a request without a pod', async () => {
    const scene = new KubeScene();
    const asked = new Asked(scene, undefined);
    await scene.clock.pass(0);
    expect([asked.result, scene.gets]).toEqual([{}, []]);
  });
});

describe('the pods of a node', () => {
  it('are found by either uid for as long as they are there, and every listener is told', async () => {
    const scene = new KubeScene();
    const told: string[] = [];
    for (const who of ['first', 'second']) {
      scene.sources.pods.onChange((pod, gone) => {
        told.push(`${who} ${pod.uid}${gone ? ' gone' : ''}`);
        if (who === 'first') throw new Error('a faulty listener');
      });
    }
    const hash = { 'kubernetes.io/config.hash': 'hash' };
    const watch = await scene.listed('pods', podObject('m-1', 'a', hash));
    const { pods } = scene.sources;
    expect([pods.byUid('m-1')?.uid, pods.byUid('hash')?.uid]).toEqual(['m-1', 'm-1']);
    // A mirror pod made anew: the same hash, another uid.
    await watch.send({ type: 'DELETED', object: scene.version(podObject('m-1', 'a', hash)) });
    await watch.send({ type: 'ADDED', object: scene.version(podObject('m-2', 'a', hash)) });
    expect([pods.byUid('m-1')?.uid, pods.byUid('hash')?.uid]).toEqual([undefined, 'm-2']);
    await watch.send({ type: 'MODIFIED', object: scene.version(podObject('m-2', 'a')) });
    expect([pods.byUid('m-2')?.uid, pods.byUid('hash')?.uid]).toEqual(['m-2', undefined]);
    await watch.send({ type: 'DELETED', object: scene.version(podObject('m-2', 'a')) });
    expect([pods.byUid('m-2'), [...pods.values()]]).toEqual([undefined, []]);
    const each = ['m-1', 'm-1 gone', 'm-2', 'm-2', 'm-2 gone'];
    expect(told).toEqual(each.flatMap((change) => [`first ${change}`, `second ${change}`]));
  });
});
