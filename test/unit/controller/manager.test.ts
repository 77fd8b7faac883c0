import { describe, expect, it } from 'vitest';
import { Informers } from '../../../src/controller/informers.ts';
import { AlwaysLeading, type Leadership } from '../../../src/controller/leadership.ts';
import { leaderEndMs, Manager } from '../../../src/controller/manager.ts';
import type { Runnable } from '../../../src/controller/runnable.ts';
import { silentLog } from '../../../src/daemon/log.ts';
import { Metrics } from '../../../src/daemon/metrics.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';
import { PuppetTransport } from '../../fakes/puppet-transport.ts';

/** A manager with one kind to watch, whose API server and leadership are the test. */
class Scene {
  readonly clock: FakeClock = new FakeClock();
  readonly server: PuppetTransport = new PuppetTransport();
  readonly said: string[] = [];
  readonly manager: Manager;
  result = 'running';

  constructor(leadership: Leadership = new AlwaysLeading(), optional = false) {
    const { clock, server: transport } = this;
    const log = silentLog;
    const informers = new Informers({ transport, clock, random: () => 0.5, log, metrics: new Metrics() });
    const resource = { group: 'x.dev', version: 'v1', plural: 'things' };
    informers.add({ resource, optional, project: ({ metadata }) => metadata.name });
    this.manager = new Manager({ informers, leadership, clock, log });
  }

  add(name: string, needsLeader: boolean, options: { endMs?: number; error?: Error } = {}): void {
    const runnable: Runnable = {
      needsLeader,
      start: async (signal) => {
        this.said.push(`${name} starts`);
        if (options.error) throw options.error;
        await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        if (options.endMs !== undefined)
          await new Promise<void>((resolve) => this.clock.after(options.endMs ?? 0, resolve));
        this.said.push(`${name} ended`);
      },
    };
    this.manager.add(name, runnable);
  }

  async run(): Promise<void> {
    this.manager.run().then(
      () => {
        this.result = 'done';
      },
      (error: unknown) => {
        this.result = String(error);
      },
    );
    await settle();
  }

  async synced(): Promise<void> {
    await (await this.server.next()).answer(200, { metadata: { resourceVersion: '1' }, items: [] });
    await (await this.server.next()).open();
  }
}

/** Leads and stops leading when the test says so. */
class PuppetLeadership implements Leadership {
  leading = false;
  term: AbortController = new AbortController();
  #begin: () => void = () => {};

  warnings(): readonly string[] {
    return [];
  }

  async win(): Promise<void> {
    this.term = new AbortController();
    this.#begin();
    await settle();
  }

  async run(lead: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#begin = resolve;
        signal.addEventListener('abort', () => resolve());
      });
      if (signal.aborted) return;
      await lead(AbortSignal.any([signal, this.term.signal]));
    }
  }
}

describe('Manager', () => {
  it('starts nothing before everything that is watched is known, and says so', async () => {
    const scene = new Scene();
    scene.add('server', false);
    await scene.run();
    expect(scene.said).toEqual([]);
    expect(scene.manager.notReady().join()).toContain('things.x.dev are not known yet');
    await scene.synced();
    expect(scene.said).toEqual(['server starts']);
    expect(scene.manager.notReady()).toEqual([]);
  });

  it('does not wait for a kind that may be missing and is', async () => {
    const scene = new Scene(new AlwaysLeading(), true);
    scene.add('server', false);
    await scene.run();
    await (await scene.server.next()).answer(404, { reason: 'NotFound' });
    expect(scene.said).toEqual(['server starts']);
    expect([...scene.manager.notReady(), ...scene.manager.warnings()]).toEqual([]);
  });

  it('stops what needs the leader first, and everything else when that has ended', async () => {
    const scene = new Scene();
    scene.add('reconciler', true, { endMs: 1_000 });
    scene.add('server', false);
    await scene.run();
    await scene.synced();
    expect(scene.said.splice(0)).toEqual(['server starts', 'reconciler starts']);
    const stopped = scene.manager.stop();
    await settle();
    expect(scene.said).toEqual([]);
    expect(scene.manager.notReady()).toEqual(['stopping']);
    await scene.clock.pass(1_000);
    await stopped;
    expect(scene.said).toEqual(['reconciler ended', 'server ended']);
    expect(scene.result).toBe('done');
    expect(scene.clock.pending).toBe(0);
  });

  it('stops what needs the leader when the lease is lost, goes on serving, and starts it again', async () => {
    const leadership = new PuppetLeadership();
    const scene = new Scene(leadership);
    scene.add('reconciler', true, { endMs: leaderEndMs - 1 });
    scene.add('server', false);
    await scene.run();
    await scene.synced();
    expect(scene.said.splice(0)).toEqual(['server starts']);
    expect(scene.manager.notReady()).toEqual([]);
    await leadership.win();
    leadership.term.abort();
    await settle();
    await scene.clock.pass(leaderEndMs);
    expect(scene.said.splice(0)).toEqual(['reconciler starts', 'reconciler ended']);
    await leadership.win();
    expect(scene.said).toEqual(['reconciler starts']);
    expect(scene.result).toBe('running');
  });

  it('ends the process where a reconciler does not end before others may lead', async () => {
    const leadership = new PuppetLeadership();
    const scene = new Scene(leadership);
    scene.add('reconciler', true, { endMs: 60_000 });
    scene.add('server', false, { endMs: 30_000 });
    await scene.run();
    await scene.synced();
    await leadership.win();
    leadership.term.abort();
    await settle();
    await scene.clock.pass(leaderEndMs);
    expect(scene.result).toBe('running');
    await scene.clock.pass(999);
    expect(scene.result).toContain('has not ended within 4000 ms');
  });

  it('ends everything else in its order where one cannot work', async () => {
    const scene = new Scene();
    scene.add('reconciler', true);
    scene.add('server', false, { error: new Error('address in use') });
    await scene.run();
    await scene.synced();
    await scene.clock.pass(5_000);
    expect(scene.result).toContain('address in use');
    expect(scene.said).toEqual(['server starts', 'reconciler starts', 'reconciler ended']);
    expect(scene.clock.pending).toBe(0);
  });
});
