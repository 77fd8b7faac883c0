import { beforeEach, describe, expect, it } from 'vitest';
import type { NodeCounts, NodeState } from '../../../../src/agent/node/node-facts.ts';
import { type FoundNode, projectNode } from '../../../../src/agent/node/node-object.ts';
import { NodeReport } from '../../../../src/agent/node/node-report.ts';
import { silentLog } from '../../../../src/daemon/log.ts';
import { Metrics } from '../../../../src/daemon/metrics.ts';
import { WeftError } from '../../../../src/errors/weft-error.ts';
import type { RawObject } from '../../../../src/kube/raw-object.ts';
import type { Patch, Writer } from '../../../../src/kube/writer.ts';
import { FakeClock } from '../../../fakes/fake-clock.ts';

/** An API with one WeftNode, its watch, and the agent's report. */
class Scene {
  readonly clock = new FakeClock();
  readonly writes: number[] = [];
  readonly lines: string[] = [];
  state: NodeState | undefined = {
    version: '1',
    defaultNetwork: undefined,
    conf: { first: true },
    complaints: [],
    warnings: [],
  };
  attachments = 0;
  surveys: number[] = [];
  away = false;
  /** Whether writes come back by the watch. */
  watching = true;
  /** What the API server does to what it stores. */
  spoils: (status: Record<string, unknown>) => void = () => {};
  random = 0;
  synced = true;
  changes = 0;
  current: FoundNode | undefined;
  readonly report: NodeReport;

  constructor() {
    const writer: Pick<Writer, 'patch'> = { patch: (_resource, _ref, patch) => this.#patch(patch) };
    this.report = new NodeReport({
      node: { name: 'node-a', uid: 'u-1' },
      found: this,
      writer,
      state: () => this.state,
      counts: () => this.#counts(),
      clock: this.clock,
      random: () => this.random,
      log: { ...silentLog, warn: (_fields, message) => this.lines.push(message) },
      metrics: new Metrics(),
    });
    this.report.start();
  }

  complain(...reasons: readonly string[]): void {
    if (this.state === undefined) return;
    this.state = { ...this.state, complaints: reasons.map((reason) => ({ reason, message: reason })) };
  }

  remove(): void {
    this.current = undefined;
    this.changes += 1;
    this.report.look();
  }

  get ready(): string | undefined {
    const conditions = this.current?.status['conditions'] as { type: string; reason: string }[] | undefined;
    return conditions?.find(({ type }) => type === 'Ready')?.reason;
  }

  get count(): number | undefined {
    return (this.current?.status['attachments'] as { count: number } | undefined)?.count;
  }

  #counts(): NodeCounts {
    this.surveys.push(this.clock.monotonic());
    return {
      plugins: { count: 0, types: [] },
      links: [],
      attachments: { count: this.attachments, outdated: 0 },
      leftovers: { count: 0 },
    };
  }

  async #patch({ body }: Patch): Promise<RawObject> {
    this.writes.push(this.clock.monotonic());
    if (this.away) throw new WeftError('ApiUnreachable', { cause: 'it is away' });
    const made = JSON.parse(JSON.stringify(body)) as RawObject & { status: Record<string, unknown> };
    this.spoils(made.status);
    if (this.watching) {
      this.current = projectNode(made);
      this.changes += 1;
    }
    return made;
  }
}

let scene: Scene;
beforeEach(() => {
  scene = new Scene();
});

describe('the report of a node', () => {
  it('is written once, and never while nothing changes', async () => {
    await scene.clock.pass(3_600_000);
    expect(scene.writes).toHaveLength(1);
    expect(scene.ready).toBe('Ready');
  });

  it('has a changed condition within two seconds, and five seconds after the write before', async () => {
    await scene.clock.pass(60_000);
    const start = scene.clock.monotonic();
    scene.complain('NotFirst');
    await scene.clock.pass(2_000);
    expect(scene.ready).toBe('NotFirst');
    for (const reason of ['A', 'B', 'C', 'D', 'E', 'F']) {
      scene.complain(reason);
      await scene.clock.pass(1_000);
    }
    await scene.clock.pass(10_000);
    expect(scene.ready).toBe('F');
    const times = scene.writes.filter((at) => at >= start);
    for (const [index, at] of times.slice(1).entries())
      expect(at - (times[index] ?? 0)).toBeGreaterThanOrEqual(5_000);
  });

  it.each([
    [0, 60_000],
    [0.5, 67_500],
    [0.99, 74_850],
  ])('takes counts at most once in 60 s, jittered: %d', async (random, pause) => {
    scene.random = random;
    for (let second = 0; second < 600; second += 1) {
      scene.attachments += 1;
      await scene.clock.pass(1_000);
    }
    expect(scene.surveys.length).toBe(scene.writes.length);
    const pauses = scene.surveys.slice(1).map((at, index) => at - (scene.surveys[index] ?? 0));
    expect(pauses.length).toBeGreaterThanOrEqual(7);
    for (const one of pauses) {
      expect(one).toBeGreaterThanOrEqual(pause);
      expect(one).toBeLessThan(pause + 2_001);
    }
  });

  it('carries the old counts with a condition that comes between', async () => {
    await scene.clock.pass(10_000);
    scene.attachments = 7;
    scene.complain('NotFirst');
    await scene.clock.pass(5_000);
    expect([scene.ready, scene.count]).toEqual(['NotFirst', 0]);
    await scene.clock.pass(60_000);
    expect(scene.count).toBe(7);
  });

  it('comes back at once after a deletion, and after one that follows at once', async () => {
    await scene.clock.pass(60_000);
    scene.remove();
    await scene.clock.pass(0);
    expect(scene.ready).toBe('Ready');
    scene.remove();
    await scene.clock.pass(7_000);
    expect(scene.ready).toBe('Ready');
  });

  it('undoes what somebody changes', async () => {
    await scene.clock.pass(60_000);
    if (scene.current !== undefined) {
      scene.current = { ...scene.current, status: { ...scene.current.status, version: 'x' } };
      scene.changes += 1;
    }
    await scene.clock.pass(7_000);
    expect(scene.current?.status['version']).toBe('1');
    expect(scene.writes).toHaveLength(2);
  });

  it('does not write for ever where the API server keeps a field of somebody else', async () => {
    scene.spoils = (status) => {
      status['theirs'] = true;
    };
    await scene.clock.pass(3_600_000);
    expect(scene.writes).toHaveLength(1);
    scene.complain('NotFirst');
    await scene.clock.pass(60_000);
    expect(scene.ready).toBe('NotFirst');
    expect(scene.writes).toHaveLength(2);
  });

  it('is not written again while the watch has not brought it, but when it has another condition', async () => {
    scene.watching = false;
    await scene.clock.pass(600_000);
    expect(scene.writes).toHaveLength(1);
    scene.complain('NotFirst');
    await scene.clock.pass(600_000);
    expect(scene.writes).toHaveLength(2);
  });

  it('waits until it is known what is there, and until somebody has a word', async () => {
    const { state } = scene;
    scene.synced = false;
    await scene.clock.pass(60_000);
    expect(scene.writes).toEqual([]);
    scene.synced = true;
    scene.state = undefined;
    await scene.clock.pass(60_000);
    expect(scene.writes).toEqual([]);
    scene.state = state;
    await scene.clock.pass(2_000);
    expect(scene.ready).toBe('Ready');
  });

  it('converges after an outage, of which the log has one line, with ever fewer tries', async () => {
    await scene.clock.pass(10_000);
    scene.away = true;
    scene.random = 0.5;
    scene.complain('NotFirst');
    await scene.clock.pass(600_000);
    expect(scene.lines).toEqual(['WeftNode not written']);
    expect(scene.writes.length).toBeLessThan(35);
    scene.away = false;
    await scene.clock.pass(32_000);
    expect(scene.ready).toBe('NotFirst');
  });

  it('writes nothing any more after its end', async () => {
    await scene.clock.pass(10_000);
    await scene.report.close();
    scene.complain('NotFirst');
    await scene.clock.pass(60_000);
    scene.report.look();
    expect(scene.writes).toHaveLength(1);
    expect(scene.clock.pending).toBe(0);
  });
});
