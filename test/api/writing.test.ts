import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { KubeError } from '../../src/kube/kube-error.ts';
import type { Resource } from '../../src/kube/resource.ts';
import { configMapBody, configMaps, podBody, pods } from './bodies.ts';
import { Admin, adminServer, certificateAccess, writerOver } from './shared-server.ts';

const namespace = 'writing';
let admin: Admin;

beforeAll(async () => {
  admin = new Admin(certificateAccess(inject(adminServer)));
  await admin.namespace(namespace);
});
afterAll(() => admin.close());

/** The error with which a call ends. */
async function failure(call: Promise<unknown>): Promise<KubeError> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof KubeError) return error;
  throw new Error(`expected a KubeError, got ${String(error)}`);
}

interface PodStatus {
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly reason?: string;
  }[];
}

describe('Writer at a real API server', () => {
  it('a strategic merge of pods/status leaves other conditions and annotations as they are', async () => {
    const ref = { namespace, name: 'status' };
    const made = await admin.writer.create(pods, namespace, podBody('status', 'node-a', 'kept'));
    const patch = (uid: string, type: string, text: string): Promise<unknown> => {
      const metadata = { uid, annotations: { [type]: text } };
      const body = { metadata, status: { conditions: [{ type, status: text }] } };
      return admin.writer.patch(pods, ref, { kind: 'strategic', subresource: 'status', body });
    };
    const uid = made.metadata.uid ?? '';
    await Promise.all(['A', 'B', 'C', 'D', 'E'].map((type) => patch(uid, `x.dev/${type}`, 'True')));
    await patch(uid, 'x.dev/A', 'False');
    const pod = await admin.writer.get(pods, ref);
    const { conditions = [] } = pod['status'] as PodStatus;
    expect(conditions.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      'x.dev/A False',
      ...['B', 'C', 'D', 'E'].map((name) => `x.dev/${name} True`),
    ]);
    expect(pod.metadata['annotations']).toMatchObject({
      data: 'kept',
      'x.dev/A': 'False',
      'x.dev/E': 'True',
    });
  });

  it('a patch that names the uid of an earlier object of that name changes nothing and is a conflict', async () => {
    await admin.writer.create(pods, namespace, podBody('again', 'node-a'));
    const body = {
      metadata: { uid: '00000000-0000-4000-8000-000000000000', annotations: { data: 'wrong' } },
    };
    const call = admin.writer.patch(
      pods,
      { namespace, name: 'again' },
      { kind: 'strategic', subresource: 'status', body },
    );
    expect((await failure(call)).reason).toBe('ApiConflict');
    const pod = await admin.writer.get(pods, { namespace, name: 'again' });
    expect(pod.metadata['annotations']).toEqual({ data: '' });
  });

  it('knows merge patches, JSON patches and server-side apply', async () => {
    const ref = { namespace, name: 'kinds' };
    await admin.writer.create(configMaps, namespace, configMapBody('kinds', '1'));
    await admin.writer.patch(configMaps, ref, { kind: 'merge', body: { data: { a: '1', b: '2' } } });
    await admin.writer.patch(configMaps, ref, { kind: 'json', body: [{ op: 'remove', path: '/data/a' }] });
    const applied = { apiVersion: 'v1', kind: 'ConfigMap', data: { c: '3' } };
    const map = await admin.writer.patch(configMaps, ref, { kind: 'apply', body: applied });
    expect(map['data']).toEqual({ b: '2', c: '3' });
    const other = writerOver(admin.transport, 'somebody-else');
    const rival = { ...applied, data: { c: '4' } };
    const conflict = await failure(other.patch(configMaps, ref, { kind: 'apply', body: rival }));
    expect(conflict.reason).toBe('ApiConflict');
    expect(conflict.message).toContain('conflict with "weft-test"');
    const forced = await other.patch(configMaps, ref, { kind: 'apply', body: rival, force: true });
    expect(forced['data']).toEqual({ b: '2', c: '4' });
  });

  it('names what the server refuses', async () => {
    await admin.writer.create(configMaps, namespace, configMapBody('taken', '1'));
    const taken = await failure(admin.writer.create(configMaps, namespace, configMapBody('taken', '1')));
    expect([taken.reason, taken.api.status, taken.api.statusReason]).toEqual([
      'ApiConflict',
      409,
      'AlreadyExists',
    ]);
    const missing = await failure(admin.writer.get(configMaps, { namespace, name: 'nobody' }));
    expect([missing.reason, missing.api.statusReason]).toEqual(['ApiNotFound', 'NotFound']);
    const nowhere: Resource = { group: 'weft.example', version: 'v1', plural: 'things' };
    expect((await failure(admin.writer.get(nowhere, { name: 'x' }))).reason).toBe('ApiNotFound');
    const invalid = await failure(admin.writer.create(pods, namespace, { metadata: { name: 'x' } }));
    expect([invalid.reason, invalid.api.status]).toEqual(['ApiInvalid', 422]);
    expect(invalid.message).toContain('spec.containers: Required value');
    expect(invalid.message.length).toBeLessThan(300);
  });
});
