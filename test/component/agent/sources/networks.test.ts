import { describe, expect, it } from 'vitest';
import { resultOrRefusal } from '../../../harness/thrown.ts';
import { KubeScene, networkObject } from './kube-scene.ts';

const lan = 'default/lan';

/** What a lookup gives or throws, once it is settled; 'waiting' until then. */
class Asked {
  #result: unknown = 'waiting';

  constructor(scene: KubeScene, key: string, waitMs?: number) {
    void scene.plan.networks([key], scene.budget(waitMs)).then(async (current) => {
      const [namespace = '', name = ''] = key.split('/');
      const lookup = await current();
      this.#result = resultOrRefusal(() => lookup(namespace, name));
    });
  }

  get result(): unknown {
    return this.#result;
  }
}

const found = { metadata: { name: 'lan', namespace: 'default' }, spec: { config: '{}' } };

describe('a network', () => {
  it('that the watch has brought is there at once, without a call', async () => {
    const scene = new KubeScene();
    await scene.allListed(networkObject('lan'));
    const asked = new Asked(scene, lan);
    await scene.clock.pass(0);
    expect([asked.result, scene.gets]).toEqual([found, []]);
  });

  it('that comes while a request waits for it is there at once, without a call', async () => {
    const scene = new KubeScene();
    const watch = await scene.allListed();
    const asked = [new Asked(scene, lan), new Asked(scene, lan)];
    await scene.clock.pass(1_999);
    expect(asked.map(({ result }) => result)).toEqual(['waiting', 'waiting']);
    await watch.send({ type: 'ADDED', object: scene.version(networkObject('lan')) });
    expect(asked.map(({ result }) => result)).toEqual([found, found]);
    await scene.clock.pass(10_000);
    expect(scene.gets).toEqual([]);
  });

  it('is waited for, too, when the first list has not come', async () => {
    const scene = new KubeScene();
    const asked = new Asked(scene, lan);
    await scene.clock.pass(1_000);
    await scene.allListed(networkObject('lan'));
    expect([asked.result, scene.gets]).toEqual([found, []]);
  });

  it('that does not come is asked for once after two seconds, by all who wait for it', async () => {
    const scene = new KubeScene();
    await scene.allListed();
    const asked = Array.from({ length: 5 }, () => new Asked(scene, lan));
    await scene.clock.pass(1_999);
    expect(scene.gets).toEqual([]);
    await scene.clock.pass(1);
    expect(scene.gets).toEqual([
      '/apis/k8s.cni.cncf.io/v1/namespaces/default/network-attachment-definitions/lan',
    ]);
    const late = new Asked(scene, lan, 0);
    await (await scene.call('networks')).answer(200, scene.version(networkObject('lan')));
    expect([...asked, late].map(({ result }) => result)).toEqual(Array.from({ length: 6 }, () => found));
    expect(scene.gets.length).toBe(1);
  });

  it('that the API server does not have does not exist', async () => {
    const scene = new KubeScene();
    await scene.allListed();
    const asked = new Asked(scene, lan, 0);
    await (await scene.call('networks')).answer(404, { kind: 'Status', reason: 'NotFound' });
    expect(asked.result).toBeUndefined();
  });

  it('of which the API server says nothing in time is refused with its name and the reason', async () => {
    const scene = new KubeScene();
    await scene.allListed();
    const hanging = new Asked(scene, lan);
    await scene.clock.pass(3_999);
    expect(hanging.result).toBe('waiting');
    await scene.clock.pass(1);
    expect(hanging.result).toMatchObject({ reason: 'ApiTimeout', message: expect.stringContaining(lan) });
    const broken = new Asked(scene, lan, 0);
    await scene.call('networks');
    await (await scene.call('networks')).break(new Error('connect ECONNREFUSED'));
    expect(broken.result).toMatchObject({
      reason: 'ApiUnreachable',
      code: 11,
      message: expect.stringMatching(/^network default\/lan, look up the network: .*ECONNREFUSED.*; check/),
    });
  });

  it('that is invalid is refused as invalid, not as missing', async () => {
    const scene = new KubeScene();
    await scene.allListed(networkObject('lan', { type: 'bridge' }));
    const asked = new Asked(scene, lan);
    await scene.clock.pass(0);
    expect(asked.result).toMatchObject({ reason: 'NetworkInvalid', message: expect.stringContaining(lan) });
    expect(scene.gets).toEqual([]);
  });

  it('in a cluster without the kind is refused with how to install it', async () => {
    const scene = new KubeScene();
    await (await scene.call('networks')).answer(404, '404 page not found');
    const asked = new Asked(scene, lan, 0);
    await (await scene.call('networks')).answer(404, '404 page not found');
    expect(asked.result).toMatchObject({
      reason: 'NetworkNotFound',
      message: expect.stringContaining('kubectl create -k config/crd'),
    });
    expect(scene.sources.problems()[0]).toContain('networks were not read');
  });
});

describe('the API server', () => {
  it('is asked for pages of networks, and for the pods of this node in one', async () => {
    const scene = new KubeScene();
    await scene.clock.pass(0);
    expect(scene.paths).toEqual([
      '/apis/k8s.cni.cncf.io/v1/network-attachment-definitions?limit=50',
      '/api/v1/pods?limit=500&fieldSelector=spec.nodeName%3Dn1',
      '/apis/weft.dev/v1alpha1/weftconfigs?limit=500&fieldSelector=metadata.name%3Ddefault',
    ]);
  });

  it('that goes away makes a warning of what was read, and one line of the log until it is back', async () => {
    const scene = new KubeScene();
    expect(scene.sources.problems().length).toBe(3);
    const watch = await scene.allListed(networkObject('lan'));
    expect([scene.sources.problems(), scene.sources.warnings()]).toEqual([[], []]);
    await watch.break();
    for (let tried = 0; tried < 3; tried += 1) {
      await scene.clock.pass(5_000);
      await (await scene.call('networks')).break();
    }
    expect(scene.sources.problems()).toEqual([]);
    expect(scene.sources.warnings()).toEqual([
      expect.stringContaining('watch network-attachment-definitions'),
    ]);
    const warned = scene.lines.filter(({ level }) => level === 'warn');
    expect(warned).toEqual([expect.objectContaining({ message: 'API server', reason: 'ApiUnreachable' })]);
    const failures =
      'weft_api_failures_total{resource="network-attachment-definitions.k8s.cni.cncf.io",reason="ApiUnreachable"}';
    expect(await scene.metric(failures)).toBe(4);
    expect([await scene.metric('weft_networks'), await scene.metric('weft_api_lists_total')]).toEqual([1, 3]);
  });
});
