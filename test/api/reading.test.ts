import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { collectionPath, objectPath } from '../../src/kube/resource.ts';
import { configMapBody, configMaps, podBody, pods } from './bodies.ts';
import { Listener } from './listener.ts';
import { Admin, adminServer, certificateAccess } from './shared-server.ts';

let admin: Admin;
const listeners: Listener[] = [];

beforeAll(async () => {
  admin = new Admin(certificateAccess(inject(adminServer)));
  await Promise.all(['reading', 'changes', 'labels'].map((name) => admin.namespace(name)));
});
afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.informer.close()));
  admin.close();
});

function listen(options: ConstructorParameters<typeof Listener>[1]): Listener {
  const listener = new Listener(admin.transport, options);
  listeners.push(listener);
  return listener;
}

describe('Informer at a real API server', () => {
  it('reads 300 pods of one node in pages, and no other node’s', async () => {
    const names = Array.from({ length: 320 }, (_, index) => `p${index}`);
    // More than 128 KiB in one page, so that the server compresses it.
    const data = 'x'.repeat(500);
    await Promise.all(
      names.map((name, index) =>
        admin.writer.create(pods, 'reading', podBody(name, index < 300 ? 'reading-a' : 'reading-b', data)),
      ),
    );
    const selection = { resource: pods, fieldSelector: 'spec.nodeName=reading-a' };
    const paged = listen({ ...selection, pageSize: 37 });
    const whole = listen({ ...selection, pageSize: 1_000 });
    await Promise.all([paged.untilSynced(), whole.untilSynced()]);
    const wanted = names
      .slice(0, 300)
      .map((name) => `${name}=${data}`)
      .sort();
    expect(paged.known).toEqual(wanted);
    expect(whole.known).toEqual(wanted);
    expect(paged.news()).toHaveLength(301);
    await admin.remove(objectPath(pods, { namespace: 'reading', name: 'p0' }));
    await paged.until('the removal', () => paged.informer.size === 299);
    expect(paged.news()).toEqual(['removed p0']);
  });

  it('after 1000 quick changes holds what a fresh list gives', async () => {
    const listener = listen({ resource: configMaps, namespace: 'changes' });
    await listener.untilSynced();
    const changer = async (lane: number): Promise<void> => {
      for (let turn = 0; turn < 125; turn += 1) {
        const name = `c${lane}-${turn % 5}`;
        const step = turn % 15;
        const ref = { namespace: 'changes', name };
        if (step < 5) await admin.writer.create(configMaps, 'changes', configMapBody(name, `${turn}`));
        else if (step < 10) {
          const body = { metadata: { annotations: { data: `${turn}` } } };
          await admin.writer.patch(configMaps, ref, { kind: 'merge', body });
        } else await admin.remove(objectPath(configMaps, ref));
      }
    };
    await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(changer));
    // Nobody changes anything after this one, so it is the last that is told.
    await admin.writer.create(configMaps, 'changes', configMapBody('last', 'last'));
    await listener.until('the last change', () => listener.told.includes('added last'));
    const fresh = listen({ resource: configMaps, namespace: 'changes' });
    await fresh.untilSynced();
    expect(fresh.known).toHaveLength(41);
    expect(listener.known).toEqual(fresh.known);
    expect(listener.noNews).toEqual([]);
    expect(listener.informer.counts).toMatchObject({ lists: 1, events: 1001, failures: 0 });
  });

  it('an object that the selector does not cover any more is removed, and added when it does again', async () => {
    const listener = listen({ resource: configMaps, namespace: 'labels', labelSelector: 'in=yes' });
    await listener.untilSynced();
    const ref = { namespace: 'labels', name: 'a' };
    await admin.writer.create(configMaps, 'labels', configMapBody('a', '1', { in: 'yes' }));
    for (const label of ['no', 'yes']) {
      await admin.writer.patch(configMaps, ref, {
        kind: 'merge',
        body: { metadata: { labels: { in: label } } },
      });
    }
    await listener.until('all changes', () => listener.told.length === 4);
    expect(listener.news()).toEqual(['synced', 'added a', 'removed a', 'added a']);
  });

  it('goes on after the server’s own end of a watch, from its bookmark, without a list', async () => {
    const timings = { watchMs: 2_000, healthyMs: 1_000 };
    const listener = listen({ resource: configMaps, namespace: 'labels', timings });
    await listener.until('three watches', () => listener.informer.counts.watches >= 3);
    await admin.writer.create(configMaps, 'labels', configMapBody('late', '1'));
    await listener.until('the late one', () => listener.told.includes('added late'));
    expect(listener.informer.counts).toMatchObject({ lists: 1, failures: 0 });
    expect(listener.noNews).toEqual([]);
  });

  it('says of a kind that does not exist that it does not, and finds it later', async () => {
    const crds = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
    const late = { group: 'late.weft.dev', version: 'v1', plural: 'things' };
    const listener = listen({ resource: late });
    await listener.until('a failure', () => listener.reports.length > 0);
    expect(listener.informer.problem?.reason).toBe('ApiNotFound');
    expect(listener.informer.problem?.message).toContain('list things.late.weft.dev');
    await admin.writer.create(crds, undefined, {
      metadata: { name: 'things.late.weft.dev' },
      spec: {
        group: late.group,
        scope: 'Namespaced',
        names: { plural: 'things', singular: 'thing', kind: 'Thing' },
        versions: [
          {
            name: 'v1',
            served: true,
            storage: true,
            schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        ],
      },
    });
    await listener.untilSynced();
    const thing = { apiVersion: 'late.weft.dev/v1', kind: 'Thing', ...configMapBody('t', '1') };
    await admin.writer.create(late, 'labels', thing);
    await listener.until('the thing', () => listener.known.length === 1);
    expect(listener.informer.problem).toBeUndefined();
    expect(collectionPath(late, 'labels')).toBe('/apis/late.weft.dev/v1/namespaces/labels/things');
  });
});
