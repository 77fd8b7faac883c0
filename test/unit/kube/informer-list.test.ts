import { describe, expect, it } from 'vitest';
import { Scene } from './informer-scene.ts';
import { listOf, rawObject, status } from './objects.ts';

describe('Informer: the list', () => {
  it('asks for the newest state page by page, with its selectors, and says synced once at its end', async () => {
    const scene = new Scene({
      namespace: 'blue',
      fieldSelector: 'spec.nodeName=a',
      labelSelector: 'x=y',
      pageSize: 2,
    });
    scene.informer.start();
    const first = await scene.server.next();
    expect(first.path.split('?')[0]).toBe('/api/v1/namespaces/blue/pods');
    const selectors = { fieldSelector: 'spec.nodeName=a', labelSelector: 'x=y' };
    expect(first.query).toEqual({ limit: '2', ...selectors });
    await first.answer(
      200,
      listOf(7, [rawObject({ name: 'a', version: 1 }), rawObject({ name: 'b', version: 2 })], 'T'),
    );
    expect(scene.news()).toEqual([]);
    const second = await scene.server.next();
    expect(second.query).toEqual({ limit: '2', continue: 'T', ...selectors });
    await second.answer(200, listOf(7, [rawObject({ name: 'c', version: 3 })]));
    expect(scene.news()).toEqual(['added a=', 'added b=', 'added c=', 'synced']);
    expect(scene.informer.synced).toBe(true);
    const watch = await scene.watch();
    expect(watch.query).toEqual({
      watch: '1',
      allowWatchBookmarks: 'true',
      resourceVersion: '7',
      timeoutSeconds: '450',
      ...selectors,
    });
  });

  it('starts over in one piece when the server has forgotten the list between two pages', async () => {
    const scene = new Scene({ pageSize: 1 });
    scene.informer.start();
    await (await scene.server.next()).answer(200, listOf(7, [rawObject({ name: 'gone', version: 1 })], 'T'));
    await (await scene.server.next()).answer(
      410,
      status(410, 'Expired', 'The provided continue parameter is too old'),
    );
    const whole = await scene.server.next();
    expect(whole.query).toEqual({});
    await whole.answer(200, listOf(9, [rawObject({ name: 'a', version: 8 })]));
    expect(scene.news()).toEqual(['added a=', 'synced']);
    expect((await scene.watch()).query['resourceVersion']).toBe('9');
    expect(scene.reports).toEqual([]);
  });

  it('takes a 410 before the first page for a failure like any other', async () => {
    const scene = new Scene();
    scene.informer.start();
    await (await scene.server.next()).answer(410, status(410, 'Expired', 'too old'));
    expect(scene.reports.map(({ error }) => error.reason)).toEqual(['ApiExpired']);
    expect(scene.server.waiting).toBe(0);
    await scene.pause();
    expect((await scene.server.next()).query).toEqual({ limit: '500' });
  });

  it('tries again after a failure, with pauses that grow and are told', async () => {
    const scene = new Scene();
    scene.informer.start();
    const pauses: number[] = [];
    for (const code of [500, 403, 404]) {
      await (await scene.server.next()).answer(code, status(code, '', 'no'));
      expect(scene.server.waiting).toBe(0);
      pauses.push(await scene.pause());
    }
    expect(pauses).toEqual([500, 1000, 2000]);
    expect(scene.reports.map(({ error }) => error.reason)).toEqual([
      'ApiFailed',
      'ApiForbidden',
      'ApiNotFound',
    ]);
    expect(scene.informer.problem?.message).toContain('list pods: the API server says 404');
    await scene.list(10);
    expect(scene.news()).toEqual(['synced']);
  });

  it('waits as long as a busy server asks', async () => {
    const scene = new Scene();
    scene.informer.start();
    await (await scene.server.next()).answer(429, 'Too many requests, please try again later.\n', '8');
    expect(await scene.pause()).toBe(10_000);
    await scene.list(1);
    expect(scene.informer.synced).toBe(true);
  });

  it('gives a list that does not come its time, then tries again', async () => {
    const scene = new Scene();
    scene.informer.start();
    const slow = await scene.server.next();
    await scene.clock.pass(59_000);
    expect(slow.aborted).toBe(false);
    await scene.clock.pass(1_000);
    expect(slow.aborted).toBe(true);
    expect(scene.reports[0]?.error.reason).toBe('ApiTimeout');
    await scene.pause();
    await scene.list(1);
    expect(scene.informer.synced).toBe(true);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no list', '{"kind":"Table"}'],
    ['null', 'null'],
    [
      'an object without a name',
      JSON.stringify({ metadata: { resourceVersion: '1' }, items: [{ metadata: {} }] }),
    ],
  ])('an answer that is %s is a failure that names the server', async (_, body) => {
    const scene = new Scene();
    scene.informer.start();
    await (await scene.server.next()).answer(200, body);
    expect(scene.reports[0]?.error.reason).toBe('ApiFailed');
    expect(scene.informer.synced).toBe(false);
  });

  it('takes null for the items of an empty list', async () => {
    const scene = new Scene();
    scene.informer.start();
    await (await scene.server.next()).answer(200, { metadata: { resourceVersion: '5' }, items: null });
    expect(scene.news()).toEqual(['synced']);
  });

  it('a list that breaks off after its first page changes nothing', async () => {
    const scene = new Scene({ pageSize: 1 });
    const watch = await scene.running({ name: 'a', version: 1, data: '1' });
    scene.news();
    await watch.send({ type: 'ERROR', object: status(410, 'Expired', 'too old') });
    await scene.pause();
    await (await scene.server.next()).answer(200, listOf(20, [rawObject({ name: 'b', version: 15 })], 'T'));
    await (await scene.server.next()).break();
    expect(scene.news()).toEqual([]);
    expect([...scene.informer.values()]).toEqual(['1']);
    await scene.pause();
    await scene.list(30, { name: 'a', version: 1, data: '1' });
    expect(scene.news()).toEqual([]);
  });
});
