import { describe, expect, it } from 'vitest';
import type { PlanSources, WaitBudget } from '../../../src/agent/sources/plan-sources.ts';
import { SnapshotPlanner } from '../../../src/agent/sources/snapshot-planner.ts';
import { defaultWeftConfig, type WeftConfigSpec } from '../../../src/api/weft-config.ts';
import { parseNetwork } from '../../../src/cni/network-list.ts';
import { networksAnnotation } from '../../../src/selection/invalid-annotation.ts';
import { requestFrame } from '../../component/agent/raw-client.ts';
import { FakeClock } from '../../fakes/fake-clock.ts';

const cluster = parseNetwork('{"cniVersion":"1.0.0","name":"cluster","type":"bridge"}', 'the test');

/** A planner whose sources are the test, and what they were asked. */
class Scene {
  readonly clock: FakeClock = new FakeClock();
  readonly budgets: WaitBudget[] = [];
  readonly asked: string[] = [];
  readonly planner: SnapshotPlanner;
  config: WeftConfigSpec = defaultWeftConfig();

  constructor(planMs: number) {
    const { clock } = this;
    this.planner = new SnapshotPlanner({
      sources: this.#sources(),
      planMs: () => planMs,
      defaultNetwork: () => ({ network: cluster, warnings: [] }),
      files: { read: () => ({ files: [], problems: [], missing: undefined }) },
      clock,
    });
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
      networks: async (names) => {
        this.asked.push(`networks ${names.join()}`);
        return async () => (namespace, name) => ({
          metadata: { namespace, name },
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
