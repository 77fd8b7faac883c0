import { describe, expect, it } from 'vitest';
import type { WeftConfigSpec } from '../../../../src/api/weft-config.ts';
import { KubeScene } from './kube-scene.ts';

function configObject(spec: object): object {
  return { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftConfig', metadata: { name: 'default' }, spec };
}

const isolated = configObject({ isolation: { enabled: true } });

/** What a request gets; undefined until it is there. */
class Asked {
  result: WeftConfigSpec | Error | undefined;

  constructor(scene: KubeScene, asks: boolean) {
    scene.plan.config(scene.budget(), asks).then(
      (config) => {
        this.result = config;
      },
      (error: Error) => {
        this.result = error;
      },
    );
  }
}

describe('the WeftConfig of the cluster', () => {
  it('is in force when the watch brings it, with the defaults for what it leaves out, until it is deleted', async () => {
    const scene = new KubeScene();
    const changes: boolean[] = [];
    scene.sources.onConfigChange(() =>
      changes.push(scene.sources.config?.current().isolation.enabled ?? false),
    );
    const watch = await scene.listed('config');
    expect(scene.sources.config?.current().isolation.enabled).toBe(false);
    await watch.send({ type: 'ADDED', object: scene.version(isolated) });
    expect(scene.sources.config?.current()).toMatchObject({
      isolation: { enabled: true },
      timeBudgets: { plan: 4800 },
    });
    await watch.send({ type: 'DELETED', object: scene.version(isolated) });
    expect(changes).toEqual([true, false]);
  });

  it('that cannot be used leaves the last good one in force, with a warning', async () => {
    const scene = new KubeScene();
    const watch = await scene.listed('config', isolated);
    const bad = configObject({ isolation: { enabled: 'yes' } });
    await watch.send({ type: 'MODIFIED', object: scene.version(bad) });
    const { config } = scene.sources;
    expect(config?.current().isolation.enabled).toBe(true);
    expect(config?.problem).toContain('WeftConfig default: spec.isolation.enabled must be a boolean');
    expect(scene.lines.at(-1)).toMatchObject({ level: 'warn', message: 'configuration change not in force' });
    await watch.send({ type: 'MODIFIED', object: scene.version(configObject({})) });
    expect([config?.problem, config?.current().isolation.enabled]).toEqual([undefined, false]);
  });

  it('that cannot be used holds up pods that ask for networks where there was no good one before it', async () => {
    const scene = new KubeScene();
    const watch = await scene.listed('config', configObject({ isolation: { enabled: 'yes' } }));
    const [asks, plain] = [new Asked(scene, true), new Asked(scene, false)];
    await scene.clock.pass(0);
    const words = { message: expect.stringContaining('spec.isolation.enabled') };
    expect([asks.result, plain.result]).toEqual([
      expect.objectContaining(words),
      expect.objectContaining({ isolation: expect.objectContaining({ enabled: false }) }),
    ]);
    expect(scene.sources.problems().join()).toContain('spec.isolation.enabled');
    await watch.send({ type: 'MODIFIED', object: scene.version(isolated) });
    const mended = new Asked(scene, true);
    await scene.clock.pass(0);
    expect(mended.result).toMatchObject({ isolation: { enabled: true } });
  });

  it('of which the cluster has no kind is none: one line in the log, no failure', async () => {
    const scene = new KubeScene();
    for (let tried = 0; tried < 4; tried += 1) {
      await (await scene.call('config')).answer(404, '404 page not found');
      await scene.clock.pass(60_000);
    }
    const lines = scene.lines.filter(({ message }) => message !== 'API server');
    expect(lines.map(({ level }) => level)).toEqual(['info']);
    expect(scene.sources.problems().join()).not.toContain('WeftConfig');
    const asked = new Asked(scene, true);
    // The API server going away afterwards takes nothing of what is known.
    await (await scene.call('config')).break();
    await scene.clock.pass(0);
    expect(asked.result).toMatchObject({ isolation: { enabled: false } });
    expect(scene.sources.problems().join()).not.toContain('WeftConfig');
  });

  it('is waited for by the first requests, so that isolation holds from the start', async () => {
    const scene = new KubeScene();
    const asked = [new Asked(scene, true), new Asked(scene, false)];
    await scene.clock.pass(1_500);
    expect(asked.map(({ result }) => result)).toEqual([undefined, undefined]);
    await scene.listed('config', isolated);
    expect(asked.map(({ result }) => result)).toEqual(
      asked.map(() =>
        expect.objectContaining({ isolation: { enabled: true, globalNamespaces: ['default'] } }),
      ),
    );
  });

  it('that nobody can tell holds up only pods that ask for networks, and those with the reason', async () => {
    const scene = new KubeScene();
    await (await scene.call('config')).break(new Error('connect ECONNREFUSED'));
    const [asks, plain] = [new Asked(scene, true), new Asked(scene, false)];
    await scene.clock.pass(0);
    expect(plain.result).toMatchObject({ isolation: { enabled: false } });
    expect(asks.result).toMatchObject({
      reason: 'ApiUnreachable',
      message: expect.stringContaining('read WeftConfig'),
    });
  });

  it('is waited for two seconds in all, not by each request, where the API server hangs', async () => {
    const scene = new KubeScene();
    const first = new Asked(scene, false);
    await scene.clock.pass(2_000);
    expect(first.result).toMatchObject({ isolation: { enabled: false } });
    const second = new Asked(scene, false);
    await scene.clock.pass(0);
    expect(second.result).toMatchObject({ isolation: { enabled: false } });
  });

  it('is not asked for where a file stands for it', async () => {
    const scene = new KubeScene('none');
    const asked = new Asked(scene, true);
    await scene.clock.pass(60_000);
    expect(asked.result).toMatchObject({ isolation: { enabled: false } });
    expect(scene.paths.join()).not.toContain('weftconfigs');
  });
});
