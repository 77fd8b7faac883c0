import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { Controller } from '../../src/controller/controller.ts';
import { ControllerMetrics } from '../../src/controller/controller-metrics.ts';
import { Informers } from '../../src/controller/informers.ts';
import { type ElectionTimings, LeaderElection } from '../../src/controller/leader-election.ts';
import { Manager } from '../../src/controller/manager.ts';
import type { Runnable } from '../../src/controller/runnable.ts';
import { systemClock } from '../../src/daemon/clock.ts';
import { silentLog } from '../../src/daemon/log.ts';
import { Metrics } from '../../src/daemon/metrics.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import type { ApiAnswer, ApiRequest, ApiStream, Transport } from '../../src/kube/transport.ts';
import { Writer } from '../../src/kube/writer.ts';
import { until } from '../harness/run.ts';
import { configMapBody, configMaps } from './bodies.ts';
import { Admin, adminServer, certificateAccess } from './shared-server.ts';

const namespace = 'controller';
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
/** Those of production are five times as long. */
const timings: ElectionTimings = { leaseMs: 3_000, renewDeadlineMs: 2_000, retryMs: 400 };

let admin: Admin;

beforeAll(async () => {
  admin = new Admin(certificateAccess(inject(adminServer)));
  await admin.namespace(namespace);
});
afterAll(() => admin.close());

/** A way to the API server that can be cut, as if the process behind it were killed. */
class Cuttable implements Transport {
  #cut = false;
  readonly #inner: Transport;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  cut(): void {
    this.#cut = true;
  }

  request(request: ApiRequest): Promise<ApiAnswer> {
    return this.#cut ? silence(request) : this.#inner.request(request);
  }

  stream(request: ApiRequest): Promise<ApiStream> {
    return this.#cut ? silence(request) : this.#inner.stream(request);
  }

  close(): void {
    this.#inner.close();
  }
}

function silence({ signal }: ApiRequest): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason));
  });
}

/** A replica whose reconciler puts its name on every config map with the label `for=REPLICAS`. */
class Replica {
  readonly name: string;
  readonly transport: Cuttable;
  readonly manager: Manager;
  readonly election: LeaderElection;
  running: Promise<void> = Promise.resolve();

  constructor(name: string, lease: string) {
    const clock = systemClock;
    const random = Math.random;
    const log = silentLog;
    const metrics = new Metrics();
    const access = certificateAccess(inject(adminServer));
    const transport = new Cuttable(new HttpsTransport(access, clock, `weft-test-${name}`));
    const writer = new Writer({ transport, clock, random, fieldManager: name });
    const informers = new Informers({ transport, clock, random, log, metrics });
    const maps = informers.add({
      resource: configMaps,
      namespace,
      labelSelector: `for=${lease}`,
      project: ({ metadata }) => ({ name: metadata.name }),
    });
    const election = new LeaderElection({
      writer,
      clock,
      random,
      log,
      metrics,
      namespace,
      lease,
      identity: name,
      timings,
    });
    const stamp: Runnable = {
      needsLeader: true,
      start: async (signal) => {
        const reconcile = async (key: string): Promise<void> => {
          const ref = { namespace, name: key.replace(`${namespace}/`, '') };
          const body = { apiVersion: 'v1', kind: 'ConfigMap', data: { owner: name } };
          await writer.patch(configMaps, ref, { kind: 'apply', force: true, body }, { signal });
        };
        const counts = new ControllerMetrics(new Metrics(), clock);
        const controller = new Controller({ name, reconciler: { reconcile }, clock, log, metrics: counts });
        const unsubscribe = maps.subscribe({ added: (_, key) => controller.queue.add(key) });
        await controller.run(signal);
        unsubscribe();
      },
    };
    this.name = name;
    this.transport = transport;
    this.election = election;
    this.manager = new Manager({ informers, leadership: election, clock, log });
    this.manager.add('stamp', stamp);
  }

  start(): this {
    this.running = this.manager.run();
    return this;
  }

  /** As kill -9 would: nothing of it reaches the API server any more. */
  async kill(): Promise<void> {
    this.transport.cut();
    this.transport.close();
    await this.manager.stop();
  }

  async stop(): Promise<void> {
    await this.manager.stop();
    this.transport.close();
  }
}

async function owner(name: string): Promise<string> {
  const map = await admin.writer.get(configMaps, { namespace, name });
  return (map['data'] as { owner?: string } | undefined)?.owner ?? '';
}

/** Until the config map has this owner. */
async function owned(name: string, wanted: string, withinMs: number): Promise<void> {
  const end = performance.now() + withinMs;
  while ((await owner(name)) !== wanted) {
    if (performance.now() > end)
      throw new Error(`${name} is owned by "${await owner(name)}", not by ${wanted}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function make(name: string, lease: string): Promise<void> {
  await admin.writer.create(configMaps, namespace, configMapBody(name, '', { for: lease }));
}

describe('Manager at a real API server', () => {
  it('lets one of two replicas work; another takes over when it is killed, and at once when it is stopped', async () => {
    const lease = 'replicas';
    await make('first', lease);
    const a = new Replica('a', lease).start();
    await owned('first', 'a', 5_000);
    const b = new Replica('b', lease).start();
    const c = new Replica('c', lease).start();
    await make('second', lease);
    await owned('second', 'a', 5_000);
    expect([a, b, c].filter(({ election }) => election.leading).map(({ name }) => name)).toEqual(['a']);

    await a.kill();
    const killed = performance.now();
    await until('another leads', 8_000, () => b.election.leading || c.election.leading);
    // Not before the lease of the dead one is over.
    expect(performance.now() - killed).toBeGreaterThan(timings.leaseMs - timings.retryMs - 1_000);
    const [second, third] = b.election.leading ? [b, c] : [c, b];
    await owned('first', second.name, 2_000);

    await second.stop();
    const lease1 = await admin.writer.get(leases, { namespace, name: lease });
    const stopped = performance.now();
    expect((lease1['spec'] as { holderIdentity?: string }).holderIdentity ?? third.name).toBe(third.name);
    await owned('first', third.name, 2_000);
    expect(performance.now() - stopped).toBeLessThan(2_000);
    await third.stop();
    const end = await admin.writer.get(leases, { namespace, name: lease });
    expect(end['spec']).not.toHaveProperty('holderIdentity');
    expect(end['spec']).toMatchObject({ leaseTransitions: 2 });
  });
});

describe('Controllers that write the same object', () => {
  it('lose no change in a storm of conflicts', async () => {
    const ref = { namespace, name: 'contested' };
    await admin.writer.create(configMaps, namespace, configMapBody('contested', ''));
    const end = new AbortController();
    const wanted = 10;
    let conflicts = 0;
    const done = new Map<string, number>();
    const rivals = ['a', 'b', 'c', 'd', 'e'].map((name) => {
      const clock = systemClock;
      const counts = new ControllerMetrics(new Metrics(), clock);
      /** Adds one to the common number, over the version that it saw. */
      const reconcile = async (key: string): Promise<void> => {
        const seen = await admin.writer.get(configMaps, ref);
        const { count = '0' } = (seen['data'] ?? {}) as { count?: string };
        const { resourceVersion } = seen.metadata;
        const body = { metadata: { resourceVersion }, data: { count: String(Number(count) + 1) } };
        await admin.writer.patch(configMaps, ref, { kind: 'merge', body }).catch((error: unknown) => {
          conflicts += 1;
          throw error;
        });
        done.set(name, (done.get(name) ?? 0) + 1);
        if ((done.get(name) ?? 0) < wanted) controller.queue.add(key);
      };
      const log = silentLog;
      const controller = new Controller({ name, reconciler: { reconcile }, clock, log, metrics: counts });
      controller.queue.add('contested');
      return controller.run(end.signal);
    });
    await until(
      'all have counted',
      10_000,
      () => [...done.values()].filter((n) => n === wanted).length === 5,
    );
    end.abort();
    await Promise.all(rivals);
    const map = await admin.writer.get(configMaps, ref);
    expect(map['data']).toEqual({ count: String(5 * wanted) });
    expect(conflicts).toBeGreaterThan(0);
  });
});
