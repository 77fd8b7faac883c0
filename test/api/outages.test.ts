import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/daemon/clock.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import { objectPath } from '../../src/kube/resource.ts';
import { ApiServer } from '../harness/api-server.ts';
import { sleep } from '../harness/run.ts';
import { TcpProxy } from '../harness/tcp-proxy.ts';
import { configMapBody, configMaps } from './bodies.ts';
import { Listener } from './listener.ts';
import { Admin, writerOver } from './shared-server.ts';

let server: ApiServer;
let admin: Admin;
let proxy: TcpProxy;
/** The listener's way: through the proxy. */
let transport: HttpsTransport;
let listener: Listener;
let namespace = '';
let counter = 0;

beforeAll(async () => {
  server = await ApiServer.start();
  admin = new Admin(server.admin());
  proxy = await TcpProxy.start(server.url);
  transport = new HttpsTransport(server.admin(proxy.url), systemClock, 'weft-test');
});
afterAll(async () => {
  transport?.close();
  await proxy?.close();
  admin?.close();
  await server?.stop();
});

beforeEach(async () => {
  counter += 1;
  namespace = await admin.namespace(`outage-${counter}`);
  for (const name of ['stays', 'goes', 'changes', 'reborn']) await create(name, '1');
  listener = new Listener(transport, {
    resource: configMaps,
    namespace,
    pageSize: 2,
    timings: { idleMs: 2_000, openMs: 2_000, listMs: 2_000, healthyMs: 500 },
  });
  await listener.untilSynced();
  await listener.until('the watch', () => listener.informer.counts.watches > 0);
  listener.news();
});
afterEach(() => listener.informer.close());

async function create(name: string, data: string): Promise<void> {
  await admin.writer.create(configMaps, namespace, configMapBody(name, data));
}

async function remove(name: string): Promise<void> {
  await admin.remove(objectPath(configMaps, { namespace, name }));
}

async function change(name: string, data: string): Promise<void> {
  const body = { metadata: { annotations: { data } } };
  await admin.writer.patch(configMaps, { namespace, name }, { kind: 'merge', body });
}

/** What happens while the listener does not see it. */
async function changeAll(): Promise<void> {
  await remove('goes');
  await change('changes', '2');
  await create('comes', '1');
  await remove('reborn');
  await create('reborn', '1');
}

const afterwards = ['changes=2', 'comes=1', 'reborn=1', 'stays=1'];

describe('Informer when the API server is away', () => {
  it('goes on from where it was after a cut connection: every change, no list', async () => {
    proxy.cut();
    await changeAll();
    await listener.until('a failure', () => listener.reports.length > 0);
    proxy.heal();
    await listener.until('all changes', () => listener.told.length === 5);
    expect(listener.news()).toEqual([
      'removed goes',
      'changed changes',
      'added comes',
      'removed reborn',
      'added reborn',
    ]);
    expect(listener.known).toEqual(afterwards);
    expect(listener.informer.counts.lists).toBe(1);
  });

  it('comes through a killed and restarted API server without telling anything twice', async () => {
    await server.killApi();
    await listener.until('a failure', () => listener.reports.length > 0);
    await server.startApi();
    await create('after', '1');
    await listener.until('the new object', () => listener.told.includes('added after'));
    expect(listener.news()).toEqual(['added after']);
    expect(listener.noNews).toEqual([]);
  });

  it('lists again when etcd and the server have forgotten its version: removals are removals, nothing flickers', async () => {
    proxy.cut();
    await changeAll();
    await server.killApi();
    await server.compact();
    await server.startApi();
    await change('stays', '1');
    proxy.heal();
    await listener.until('the list', () => listener.told.length >= 5);
    expect(listener.reports.some(({ reason }) => reason === 'ApiExpired')).toBe(true);
    expect(listener.informer.counts.lists).toBe(2);
    expect([...listener.news()].sort()).toEqual(
      ['added comes', 'added reborn', 'changed changes', 'removed goes', 'removed reborn'].sort(),
    );
    expect(listener.known).toEqual(afterwards);
    expect(listener.noNews).toEqual([]);
    await create('later', '1');
    await listener.until('the watch goes on', () => listener.told.includes('added later'));
  });

  it('finds a connection over which nothing comes any more, and a call that hangs, in bounded time', async () => {
    proxy.stall();
    await changeAll();
    const writer = writerOver(transport);
    const start = performance.now();
    const hanging = writer.get(configMaps, { namespace, name: 'stays' }, { timeoutMs: 500 });
    await expect(hanging).rejects.toMatchObject({ reason: 'ApiTimeout' });
    expect(performance.now() - start).toBeLessThan(2_000);
    await listener.until('the silence', () => listener.informer.problem?.reason === 'ApiTimeout');
    proxy.heal();
    await listener.until('all changes', () => listener.known.join() === afterwards.join());
    expect(listener.noNews).toEqual([]);
    expect((await writer.get(configMaps, { namespace, name: 'stays' })).metadata.name).toBe('stays');
  });

  it('after many changes under a connection that breaks again and again knows the same as a fresh list', async () => {
    let breaking = true;
    const breaker = async (): Promise<void> => {
      while (breaking) {
        await sleep(40 + Math.random() * 80);
        proxy.reset();
      }
    };
    const broken = breaker();
    for (let turn = 0; turn < 200; turn += 1) {
      const name = `n${turn % 7}`;
      if (turn % 21 < 7) await create(name, `${turn}`);
      else if (turn % 21 < 14) await change(name, `${turn}`);
      else await remove(name);
    }
    breaking = false;
    await broken;
    await create('last', '1');
    await listener.until('the last one', () => listener.told.includes('added last'));
    const fresh = new Listener(admin.transport, { resource: configMaps, namespace });
    await fresh.untilSynced();
    expect(listener.known).toEqual(fresh.known);
    expect(listener.noNews).toEqual([]);
    expect(listener.reports.length).toBeGreaterThan(2);
    await fresh.informer.close();
  });
});
