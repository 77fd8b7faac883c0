import { describe, expect, it } from 'vitest';
import type { Labels } from '../../../../src/api/label-selector.ts';
import { WeftError } from '../../../../src/errors/weft-error.ts';
import { KubeScene, networkObject } from './kube-scene.ts';

const list = '/api/v1/namespaces?limit=50';

/** A network that opens itself by a selector. */
function opened(name: string, selector: string): object {
  const object = networkObject(name) as { readonly metadata: object };
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { 'weft.dev/allowed-namespaces': selector } },
  };
}

function namespace(name: string, labels?: Labels): object {
  return { metadata: { name, ...(labels && { labels }), annotations: { big: 'x' } }, spec: {}, status: {} };
}

function isolated(enabled: boolean): object {
  return {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftConfig',
    metadata: { name: 'default' },
    spec: { isolation: { enabled } },
  };
}

/** What a request gets for its namespace; 'waiting' until it is settled. */
class Asked {
  result: Labels | WeftError | 'waiting' = 'waiting';

  constructor(scene: KubeScene, name: string, waitMs?: number) {
    void scene.plan.namespaceLabels(name, scene.budget(waitMs)).then((labels) => {
      this.result = labels;
    });
  }
}

/** Networks and configuration are there; gives their watches. */
async function scenario(enabled: boolean, ...networks: readonly object[]) {
  const scene = new KubeScene();
  const watch = await scene.listed('networks', ...networks);
  await scene.listed('pods');
  const config = await scene.listed('config', isolated(enabled));
  return { scene, watch, config };
}

describe('the namespaces of the cluster', () => {
  it('are not watched while no network uses a selector', async () => {
    const { scene } = await scenario(true, networkObject('lan'), opened('all', '*'), opened('bad', 'a in b'));
    await scene.clock.pass(60_000);
    scene.sources.look();
    expect(scene.paths.filter((path) => path.includes('/namespaces?'))).toEqual([]);
    expect(await scene.metric('weft_namespaces')).toBe(0);
  });

  it('are not watched without isolation, and are from the moment on that it is switched on', async () => {
    const { scene, config } = await scenario(false, opened('lan', 'team=red'));
    expect(scene.paths).not.toContain(list);
    await config.send({ type: 'MODIFIED', object: scene.version(isolated(true)) });
    await scene.listed('namespaces', namespace('shop', { team: 'red' }));
    expect(await scene.metric('weft_namespaces')).toBe(1);
    await config.send({ type: 'MODIFIED', object: scene.version(isolated(false)) });
    expect(await scene.metric('weft_namespaces')).toBe(0);
  });

  it('are watched while a network uses a selector, and until the last one is gone', async () => {
    const { scene, watch } = await scenario(true);
    await watch.send({ type: 'ADDED', object: scene.version(opened('lan', 'team=red')) });
    const namespaces = await scene.listed('namespaces', namespace('shop', { team: 'red' }));
    await watch.send({ type: 'ADDED', object: scene.version(opened('wan', 'team')) });
    await watch.send({ type: 'MODIFIED', object: scene.version(networkObject('lan')) });
    expect([namespaces.aborted, await scene.metric('weft_namespaces')]).toEqual([false, 1]);
    await watch.send({ type: 'DELETED', object: scene.version(opened('wan', 'team')) });
    expect([namespaces.aborted, await scene.metric('weft_namespaces')]).toEqual([true, 0]);
    const lists = await scene.metric('weft_api_lists_total');
    await watch.send({ type: 'ADDED', object: scene.version(opened('lan', 'team=red')) });
    await scene.listed('namespaces');
    expect(await scene.metric('weft_api_lists_total')).toBe(lists + 1);
  });
});

describe('the labels of a namespace', () => {
  it('that the watch has brought are there at once, without a call, and new ones too', async () => {
    const { scene } = await scenario(true, opened('lan', 'team=red'));
    const watch = await scene.listed('namespaces', namespace('shop', { team: 'red' }), namespace('bare'));
    const asked = [new Asked(scene, 'shop'), new Asked(scene, 'bare')];
    await scene.clock.pass(0);
    expect(asked.map(({ result }) => result)).toEqual([{ team: 'red' }, {}]);
    await watch.send({ type: 'MODIFIED', object: scene.version(namespace('shop', { team: 'blue' })) });
    const later = new Asked(scene, 'shop');
    await scene.clock.pass(0);
    expect([later.result, scene.gets]).toEqual([{ team: 'blue' }, []]);
  });

  it('that the watch does not bring are waited for, and asked for once after two seconds', async () => {
    const { scene } = await scenario(true, opened('lan', 'team=red'));
    const watch = await scene.listed('namespaces');
    const asked = Array.from({ length: 3 }, () => new Asked(scene, 'shop'));
    const other = new Asked(scene, 'new');
    await scene.clock.pass(1_000);
    await watch.send({ type: 'ADDED', object: scene.version(namespace('new', { a: 'b' })) });
    expect(other.result).toEqual({ a: 'b' });
    await scene.clock.pass(1_000);
    expect(scene.gets).toEqual(['/api/v1/namespaces/shop']);
    await (await scene.call('namespaces')).answer(200, scene.version(namespace('shop', { team: 'red' })));
    expect(asked.map(({ result }) => result)).toEqual(Array.from({ length: 3 }, () => ({ team: 'red' })));
  });

  it('are asked for at once where nothing is watched yet, and refused with the reason where nobody answers', async () => {
    const { scene } = await scenario(true);
    const asked = new Asked(scene, 'shop');
    const call = await scene.call('namespaces');
    expect(call.path).toBe('/api/v1/namespaces/shop');
    await scene.clock.pass(2_000);
    expect(asked.result).toBeInstanceOf(WeftError);
    expect(asked.result).toMatchObject({ reason: 'ApiTimeout', retry: 'later' });
  });

  it('that were known stay so while the API server is away, and the agent says that they may be old', async () => {
    const { scene } = await scenario(true, opened('lan', 'team=red'));
    const watch = await scene.listed('namespaces', namespace('shop', { team: 'red' }));
    await watch.break(new Error('gone'));
    await scene.clock.pass(0);
    const asked = new Asked(scene, 'shop');
    await scene.clock.pass(0);
    expect(asked.result).toEqual({ team: 'red' });
    expect(scene.sources.warnings().join()).toContain('what the API server says now is not known');
  });
});
