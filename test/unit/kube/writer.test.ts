import { describe, expect, it } from 'vitest';
import { KubeError } from '../../../src/kube/kube-error.ts';
import { type PatchKind, Writer } from '../../../src/kube/writer.ts';
import { FakeClock, settle } from '../../fakes/fake-clock.ts';
import { PuppetTransport } from '../../fakes/puppet-transport.ts';
import { rawObject, status } from './objects.ts';

const pods = { group: '', version: 'v1', plural: 'pods' };
const ref = { namespace: 'ns', name: 'a' };

function scene(): { clock: FakeClock; server: PuppetTransport; writer: Writer } {
  const clock = new FakeClock();
  const server = new PuppetTransport();
  const options = { transport: server, clock, random: () => 0, fieldManager: 'weft-agent' };
  return { clock, server, writer: new Writer(options) };
}

/** The error with which it ends; undefined if it does not fail. */
function failureOf(call: Promise<unknown>): Promise<KubeError | undefined> {
  return call.then(
    () => undefined,
    (error: unknown) => (error instanceof KubeError ? error : Promise.reject(error)),
  );
}

describe('Writer', () => {
  it.each<[PatchKind, string]>([
    ['strategic', 'application/strategic-merge-patch+json'],
    ['merge', 'application/merge-patch+json'],
    ['json', 'application/json-patch+json'],
    ['apply', 'application/apply-patch+yaml'],
  ])('sends a %s patch under its media type, with the field manager', async (kind, type) => {
    const { server, writer } = scene();
    const done = writer.patch(pods, ref, { kind, body: { a: 1 }, subresource: 'status', force: true });
    const call = await server.next();
    expect(call.request).toMatchObject({ method: 'PATCH', body: { type, text: '{"a":1}' } });
    expect(call.path.split('?')[0]).toBe('/api/v1/namespaces/ns/pods/a/status');
    // Only server-side apply knows `force`; elsewhere the API server refuses it.
    expect(call.query).toEqual({ fieldManager: 'weft-agent', ...(kind === 'apply' && { force: 'true' }) });
    await call.answer(200, rawObject({ name: 'a', version: 7 }));
    expect((await done).metadata.resourceVersion).toBe('7');
  });

  it('creates in a collection and gets by name', async () => {
    const { server, writer } = scene();
    const created = writer.create(pods, 'ns', { metadata: { generateName: 'a-' } });
    const post = await server.next();
    expect(post.request).toMatchObject({
      method: 'POST',
      path: '/api/v1/namespaces/ns/pods?fieldManager=weft-agent',
    });
    await post.answer(201, rawObject({ name: 'a-1', version: 1 }));
    expect((await created).metadata.name).toBe('a-1');
    const got = writer.get(pods, ref);
    const get = await server.next();
    expect(get.request).toMatchObject({ method: 'GET', path: '/api/v1/namespaces/ns/pods/a' });
    await get.answer(200, rawObject({ name: 'a', version: 2 }));
    expect((await got).metadata.resourceVersion).toBe('2');
  });

  it('waits for a server that is busy, as long as it asks, and then does it', async () => {
    const { clock, server, writer } = scene();
    const done = writer.patch(pods, ref, { kind: 'merge', body: {} });
    await (await server.next()).answer(429, 'Too many requests', '2');
    await clock.pass(1_999);
    expect(server.waiting).toBe(0);
    await clock.pass(1);
    await (await server.next()).answer(503, status(503, 'ServiceUnavailable', 'later'), '1');
    await clock.pass(1_000);
    await (await server.next()).answer(200, rawObject({ name: 'a', version: 2 }));
    expect((await done).metadata.name).toBe('a');
  });

  it('does not wait longer than it may', async () => {
    const { server, writer } = scene();
    const failed = failureOf(writer.get(pods, ref, { timeoutMs: 2_000 }));
    await (await server.next()).answer(429, 'Too many requests', '2');
    expect((await failed)?.reason).toBe('ApiBusy');
    expect((await failed)?.api.retryAfterMs).toBe(2_000);
  });

  it.each([409, 422, 500, 503, 504])('tells a %i at once, without a second try', async (code) => {
    const { server, writer } = scene();
    const failed = failureOf(writer.patch(pods, ref, { kind: 'strategic', body: {} }));
    await (await server.next()).answer(code, status(code, 'X', 'because'));
    expect((await failed)?.api.status).toBe(code);
    expect((await failed)?.message).toMatch(/^patch pods: the API server says/);
    expect(server.waiting).toBe(0);
  });

  it('ends a call that is not answered in time', async () => {
    const { clock, server, writer } = scene();
    const failed = failureOf(writer.get(pods, ref));
    const call = await server.next();
    await clock.pass(9_999);
    expect(call.aborted).toBe(false);
    await clock.pass(1);
    expect(call.aborted).toBe(true);
    expect((await failed)?.message).toContain('get pods: no answer within 10000 ms');
    expect(clock.pending).toBe(0);
  });

  it('ends when nobody wants the answer any more, also while it waits', async () => {
    const { clock, server, writer } = scene();
    const end = new AbortController();
    const failed = failureOf(writer.get(pods, ref, { signal: end.signal }));
    await (await server.next()).answer(429, '', '5');
    await settle();
    end.abort();
    expect((await failed)?.reason).toMatch(/^Api/);
    expect(clock.pending).toBe(0);
  });

  it.each([
    ['', 'an empty answer'],
    ['[]', 'no object'],
    ['{"kind":"Status","status":"Success"}', 'a Status'],
  ])('takes %j for no object', async (text) => {
    const { server, writer } = scene();
    const failed = failureOf(writer.get(pods, ref));
    await (await server.next()).answer(200, text);
    expect((await failed)?.reason).toBe('ApiFailed');
  });
});
