import { describe, expect, it } from 'vitest';
import { Controller, type ControllerOptions } from '../../../src/controller/controller.ts';
import { ControllerMetrics } from '../../../src/controller/controller-metrics.ts';
import type { Reconciler } from '../../../src/controller/reconciler.ts';
import { systemClock } from '../../../src/daemon/clock.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { Metrics } from '../../../src/daemon/metrics.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';

class Scene {
  readonly clock: FakeClock = new FakeClock();
  readonly metrics: Metrics = new Metrics();
  readonly end: AbortController = new AbortController();
  readonly controller: Controller;
  readonly running: Promise<void>;

  constructor(reconcile: Reconciler['reconcile'], options: Partial<ControllerOptions> = {}) {
    this.controller = new Controller({
      name: 'things',
      reconciler: { reconcile },
      clock: this.clock,
      log: silentLog,
      metrics: new ControllerMetrics(this.metrics, this.clock),
      ...options,
    });
    this.running = this.controller.run(this.end.signal);
  }

  async pass(ms: number): Promise<void> {
    await settle();
    await this.clock.pass(ms);
  }

  /** Value of one series. */
  async metric(series: string): Promise<number> {
    const text = await this.metrics.render();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
    if (line === undefined) throw new Error(`no ${series} in\n${text}`);
    return Number(line.slice(series.length + 1));
  }
}

describe('Controller', () => {
  it('tries a key again with growing pauses until it succeeds', async () => {
    const at: number[] = [];
    const scene: Scene = new Scene(async () => {
      at.push(scene.clock.monotonic());
      if (at.length < 4) throw new Error('not yet');
    });
    scene.controller.queue.add('a');
    await scene.pass(10_000);
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 5, 15, 35]);
    expect(await scene.metric('controller_runtime_reconcile_total{controller="things",result="error"}')).toBe(
      3,
    );
    expect(
      await scene.metric('controller_runtime_reconcile_total{controller="things",result="success"}'),
    ).toBe(1);
    expect(await scene.metric('controller_runtime_reconcile_errors_total{controller="things"}')).toBe(3);
    expect(await scene.metric('workqueue_retries_total{name="things",controller="things"}')).toBe(3);
    expect(scene.controller.queue.failures('a')).toBe(0);
  });

  it('does not try again what fails in the same way until something changes', async () => {
    let tries = 0;
    const scene = new Scene(async () => {
      tries += 1;
      throw new WeftError('ApiInvalid', { cause: 'spec is wrong' });
    });
    scene.controller.queue.add('a');
    await scene.pass(3_600_000);
    expect(tries).toBe(1);
    expect(
      await scene.metric('controller_runtime_terminal_reconcile_errors_total{controller="things"}'),
    ).toBe(1);
    scene.controller.queue.add('a');
    await settle();
    expect(tries).toBe(2);
  });

  it('comes back to a key when the reconciler asks for it', async () => {
    const at: number[] = [];
    const scene: Scene = new Scene(async () => {
      at.push(scene.clock.monotonic());
      return { requeueAfterMs: 1_000 };
    });
    scene.controller.queue.add('a');
    await scene.pass(3_500);
    expect(at.map((time) => time - (at[0] ?? 0))).toEqual([0, 1_000, 2_000, 3_000]);
  });

  it('works at several keys at once, at each only once', async () => {
    const running: string[] = [];
    const ends: (() => void)[] = [];
    const scene = new Scene(
      (key) => {
        running.push(key);
        return new Promise((resolve) => ends.push(resolve));
      },
      { workers: 2 },
    );
    for (const key of ['a', 'b', 'c']) scene.controller.queue.add(key);
    await settle();
    scene.controller.queue.add('a');
    await settle();
    expect(running).toEqual(['a', 'b']);
    await scene.pass(2_000);
    expect(await scene.metric('controller_runtime_active_workers{controller="things"}')).toBe(2);
    expect(await scene.metric('workqueue_depth{name="things",controller="things"}')).toBe(1);
    expect(
      await scene.metric('workqueue_longest_running_processor_seconds{name="things",controller="things"}'),
    ).toBe(2);
    ends[0]?.();
    await settle();
    expect(running).toEqual(['a', 'b', 'c']);
    ends[1]?.();
    await settle();
    expect(running).toEqual(['a', 'b', 'c', 'a']);
  });

  it('ends a reconcile that takes too long, and tries it again', async () => {
    let tries = 0;
    const scene = new Scene(
      (_, signal) => {
        tries += 1;
        return new Promise((_resolve, reject) =>
          signal.addEventListener('abort', () => reject(new Error('cut'))),
        );
      },
      { timeoutMs: 1_000 },
    );
    scene.controller.queue.add('a');
    await scene.pass(1_500);
    expect(tries).toBe(2);
    expect(await scene.metric('controller_runtime_reconcile_timeouts_total{controller="things"}')).toBe(1);
  });

  it('ends when it is told to: what runs is told, what waits is left, and nothing counts as an error', async () => {
    const keys: string[] = [];
    const scene = new Scene((key, signal) => {
      keys.push(key);
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('cut'))),
      );
    });
    scene.controller.queue.add('a');
    scene.controller.queue.add('b');
    await settle();
    scene.end.abort();
    await scene.running;
    expect(keys).toEqual(['a']);
    expect(scene.clock.pending).toBe(0);
    expect(await scene.metric('controller_runtime_reconcile_errors_total{controller="things"}')).toBe(0);
  });

  it('lets others have their turns between keys that wait for nothing', async () => {
    let done = 0;
    let turns = 0;
    const end = new AbortController();
    const controller = new Controller({
      name: 'things',
      reconciler: {
        reconcile: () => {
          const busyUntil = performance.now() + 1;
          while (performance.now() < busyUntil);
          done += 1;
          return Promise.resolve();
        },
      },
      clock: systemClock,
      log: silentLog,
      metrics: new ControllerMetrics(new Metrics(), systemClock),
      workers: 4,
    });
    for (let key = 0; key < 100; key += 1) controller.queue.add(String(key));
    const running = controller.run(end.signal);
    while (done < 100) {
      await new Promise(setImmediate);
      turns += 1;
    }
    end.abort();
    await running;
    expect(turns).toBeGreaterThan(5);
  });
});
