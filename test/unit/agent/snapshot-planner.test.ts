import { describe, expect, it } from 'vitest';
import type { PlanSources, WaitBudget } from '../../../src/agent/sources/plan-sources.ts';
import { SnapshotPlanner } from '../../../src/agent/sources/snapshot-planner.ts';
import type { Labels } from '../../../src/api/label-selector.ts';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../src/api/weft-config.ts';
import { delegatesOf } from '../../../src/attachment/plan.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { networksAnnotation } from '../../../src/selection/invalid-annotation.ts';
import { requestFrame } from '../../component/agent/raw-client.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const cluster = parseNetwork('{"cniVersion":"1.0.0","name":"cluster","type":"bridge"}', 'the test');

const nicAnnotation = { 'k8s.v1.cni.cncf.io/resourceName': 'weft.test/nic' };

/** A planner whose sources are the test, and what they were asked. */
class Scene {
  readonly clock: FakeClock = new FakeClock();
  readonly budgets: WaitBudget[] = [];
  readonly asked: string[] = [];
  readonly planner: SnapshotPlanner;
  config: WeftConfigSpec = defaultWeftConfig();
  labels: Labels | WeftError = {};
  /** By which every network opens itself. */
  selector: string | undefined;
  /** Which networks use devices. */
  ofResource: (name: string) => boolean = () => false;

  constructor(planMs: number) {
    const { clock } = this;
    this.planner = new SnapshotPlanner({
      sources: this.#sources(),
      planMs: () => planMs,
      defaultNetwork: () => ({ network: cluster, warnings: [] }),
      unknownDefault: () => undefined,
      ready: async () => {},
      files: { read: () => ({ files: [], problems: [], missing: undefined }) },
      devices: {
        devicesOf: async ({ namespace, name }, timeoutMs) => {
          this.asked.push(`devices of ${namespace}/${name} within ${timeoutMs} ms`);
          return new Map([['weft.test/nic', ['nic-a', 'nic-b']]]);
        },
      },
      clock,
    });
  }

  #annotations(name: string): Readonly<Record<string, string>> {
    return {
      ...(this.ofResource(name) && nicAnnotation),
      ...(this.selector !== undefined && { 'weft.dev/allowed-namespaces': this.selector }),
    };
  }

  #sources(): PlanSources {
    return {
      config: async (budget, asks) => {
        this.budgets.push(budget);
        this.asked.push(`config${asks ? ' with networks' : ''}`);
        return this.config;
      },
      annotations: async (pod) => {
        this.asked.push(`annotations of ${pod?.name}`);
        return { [networksAnnotation]: 'lan' };
      },
      namespaceLabels: async (namespace) => {
        this.asked.push(`labels of ${namespace}`);
        return this.labels;
      },
      networks: async (names) => {
        this.asked.push(`networks ${names.join()}`);
        return async () => (namespace, name) => ({
          metadata: { namespace, name, annotations: this.#annotations(name) },
          spec: { config: '{"type":"macvlan"}' },
        });
      },
    };
  }
}

describe('a planner', () => {
  it.each([
    [4_800, 2_000],
    [30_000, 2_000],
    [1_000, 420],
  ])('of %d ms for a plan leaves %d to the watch and as much to a call', async (planMs, part) => {
    const scene = new Scene(planMs);
    const start = scene.clock.monotonic();
    await scene.planner.prepare(requestFrame({ annotations: {} }));
    expect(scene.budgets).toEqual([{ until: start + part, callMs: part }]);
  });

  it('asks for no annotations that the runtime hands over', async () => {
    const scene = new Scene(4_800);
    await scene.planner.prepare(requestFrame({ annotations: { [networksAnnotation]: 'wan,wan@x' } }));
    expect(scene.asked).toEqual(['config with networks', 'networks default/wan']);
  });

  it('asks for annotations that the runtime does not hand over', async () => {
    const scene = new Scene(4_800);
    const prepared = await scene.planner.prepare(requestFrame());
    expect(scene.asked).toEqual(['annotations of web', 'config with networks', 'networks default/lan']);
    const { plan } = await prepared.plan();
    expect(plan.steps.map((step) => ('network' in step ? step.network : ''))).toEqual([
      'cluster',
      'default/lan',
    ]);
  });

  it('settles networks that the configuration gives to every pod', async () => {
    const scene = new Scene(4_800);
    scene.config = { ...scene.config, defaultNetworks: ['infra/storage'] };
    await scene.planner.prepare(requestFrame({ annotations: {} }));
    expect(scene.asked).toEqual(['config', 'networks infra/storage']);
  });

  it('refuses an annotation that cannot be read before anything is waited for', async () => {
    const scene = new Scene(4_800);
    const prepared = scene.planner.prepare(requestFrame({ annotations: { [networksAnnotation]: '[{' } }));
    await expect(prepared).rejects.toMatchObject({ reason: 'InvalidAnnotation' });
    expect(scene.asked).toEqual(['config with networks']);
  });
});

describe('the kubelet', () => {
  const nics = (networks: string): ReturnType<typeof requestFrame> =>
    requestFrame({ annotations: { [networksAnnotation]: networks } });
  const asksOf = (scene: Scene): readonly string[] =>
    scene.asked.filter((what) => what.startsWith('devices'));

  it('is not asked for a pod whose networks need no device', async () => {
    const scene = new Scene(4_800);
    const prepared = await scene.planner.prepare(nics('lan,wan'));
    await prepared.plan();
    expect(asksOf(scene)).toEqual([]);
  });

  it('is asked once, before the request takes its turn, however many networks need devices', async () => {
    const scene = new Scene(4_800);
    scene.ofResource = (name) => name.startsWith('nic');
    const prepared = await scene.planner.prepare(nics('nic-a,lan,nic-b'));
    expect(asksOf(scene)).toEqual(['devices of default/web within 2000 ms']);
    const { plan } = await prepared.plan();
    expect(delegatesOf(plan.steps).map(({ device }) => device?.id)).toEqual([
      undefined,
      'nic-a',
      undefined,
      'nic-b',
    ]);
    expect(asksOf(scene)).toHaveLength(1);
  });

  it('is asked late for a network that began to need devices while the request waited', async () => {
    const scene = new Scene(4_800);
    const prepared = await scene.planner.prepare(nics('lan'));
    scene.ofResource = () => true;
    const { plan } = await prepared.plan();
    expect(asksOf(scene)).toEqual(['devices of default/web within 200 ms']);
    expect(delegatesOf(plan.steps)[1]?.device?.id).toBe('nic-a');
  });

  it('gets what is left of the time for a plan, and a moment in any case', async () => {
    for (const [planMs, left] of [
      [1_000, 950],
      [100, 200],
    ] as const) {
      const scene = new Scene(planMs);
      scene.ofResource = () => true;
      await scene.planner.prepare(nics('lan'));
      expect(asksOf(scene)).toEqual([`devices of default/web within ${left} ms`]);
    }
  });

  it('is not asked about a request that names no pod', async () => {
    const scene = new Scene(4_800);
    scene.ofResource = () => true;
    const annotations = { [networksAnnotation]: 'lan' };
    const prepared = await scene.planner.prepare(requestFrame({ annotations, args: '' }));
    await expect(prepared.plan()).rejects.toMatchObject({ reason: 'DeviceNotAllocated' });
    expect(asksOf(scene)).toEqual([]);
  });
});

describe('the labels of a namespace', () => {
  const isolation = { enabled: true, globalNamespaces: [] };
  const foreign = requestFrame({ annotations: { [networksAnnotation]: 'infra/lan' } });

  it('are asked for after the networks, where one opens itself by a selector', async () => {
    const scene = new Scene(4_800);
    scene.config = { ...scene.config, isolation };
    scene.selector = 'team=red';
    scene.labels = { team: 'red' };
    const prepared = await scene.planner.prepare(foreign);
    expect(scene.asked).toEqual(['config with networks', 'networks infra/lan', 'labels of default']);
    const { plan } = await prepared.plan();
    expect(delegatesOf(plan.steps)).toHaveLength(2);
    expect(scene.asked).toHaveLength(3);
  });

  it('are asked for in the last moment, too, where the network begins to need them then', async () => {
    const scene = new Scene(4_800);
    scene.config = { ...scene.config, isolation };
    scene.labels = { team: 'blue' };
    const prepared = await scene.planner.prepare(foreign);
    expect(scene.asked).not.toContain('labels of default');
    scene.selector = 'team=red';
    await expect(prepared.plan()).rejects.toMatchObject({ reason: 'NetworkForbidden' });
    expect(scene.asked).toContain('labels of default');
  });

  it('that cannot be known refuse the request', async () => {
    const scene = new Scene(4_800);
    scene.config = { ...scene.config, isolation };
    scene.selector = 'team=red';
    scene.labels = new WeftError('ApiTimeout', { cause: 'no answer' });
    const prepared = await scene.planner.prepare(foreign);
    await expect(prepared.plan()).rejects.toMatchObject({ reason: 'ApiTimeout' });
  });

  it('are not asked for without isolation', async () => {
    const scene = new Scene(4_800);
    scene.selector = 'team=red';
    await (await scene.planner.prepare(foreign)).plan();
    expect(scene.asked).not.toContain('labels of default');
  });
});
