/**
 * Records what a real API server says: `node test/api/record-transcripts.ts` writes test/fixtures/kube/*.json, which
 * test/component/kube replays. Run it again for a new version of Kubernetes.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../src/daemon/clock.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import { collectionPath, objectPath } from '../../src/kube/resource.ts';
import type { ApiAnswer, ApiRequest } from '../../src/kube/transport.ts';
import { ApiServer } from '../harness/api-server.ts';
import type { RecordedAnswer, Transcript } from '../harness/transcript.ts';
import { configMapBody, configMaps, podBody, pods } from './bodies.ts';
import { Admin, ordinaryToken } from './shared-server.ts';

const target = join(import.meta.dirname, '../fixtures/kube');
const namespace = 'recorded';

/** One recording in the making. */
class Recorder {
  readonly #transport: HttpsTransport;
  readonly answers: RecordedAnswer[] = [];

  constructor(transport: HttpsTransport) {
    this.#transport = transport;
  }

  /** A call and its whole answer. */
  async call(name: string, path: string, more: Partial<ApiRequest> = {}): Promise<ApiAnswer> {
    const signal = AbortSignal.timeout(20_000);
    const answer = await this.#transport.request({ method: 'GET', path, signal, ...more });
    this.answers.push({ name, path, status: answer.status, ...retryAfter(answer), body: answer.text });
    return answer;
  }

  /** A watch from `version` until the server ends it, while `meanwhile` runs. */
  async watch(name: string, version: string, meanwhile: () => Promise<unknown>): Promise<string> {
    const query = { watch: 1, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: 4 };
    const path = collectionPath(configMaps, namespace, query);
    const stream = await this.#transport.stream({ method: 'GET', path, signal: AbortSignal.timeout(20_000) });
    const changes = meanwhile();
    const parts: Uint8Array[] = [];
    for await (const chunk of stream.chunks) parts.push(chunk);
    await changes;
    const body = Buffer.concat(parts).toString('utf8');
    this.answers.push({ name, path, status: stream.status, ...retryAfter(stream), body });
    return body;
  }
}

function retryAfter(head: { readonly retryAfter: string | undefined }): { retryAfter?: string } {
  return head.retryAfter === undefined ? {} : { retryAfter: head.retryAfter };
}

function metadataOf(text: string): { readonly resourceVersion: string; readonly continue?: string } {
  return (JSON.parse(text) as { metadata: { resourceVersion: string; continue?: string } }).metadata;
}

async function change(admin: Admin, name: string, data: string): Promise<void> {
  const body = { metadata: { annotations: { data } } };
  await admin.writer.patch(configMaps, { namespace, name }, { kind: 'merge', body });
}

/** Three pages, a watch with every kind of event and a bookmark, then what an old version and an old page get. */
async function recordHistory(server: ApiServer, admin: Admin): Promise<readonly RecordedAnswer[]> {
  const recorder = new Recorder(admin.transport);
  await admin.namespace(namespace);
  for (const name of ['a', 'b', 'c', 'd', 'e']) {
    await admin.writer.create(configMaps, namespace, configMapBody(name, '1'));
  }
  let page = await recorder.call('page', collectionPath(configMaps, namespace, { limit: 2 }));
  const old = metadataOf(page.text);
  for (let next = old.continue; next !== undefined; next = metadataOf(page.text).continue) {
    page = await recorder.call('page', collectionPath(configMaps, namespace, { limit: 2, continue: next }));
  }
  await recorder.watch('watch', old.resourceVersion, async () => {
    await admin.writer.create(configMaps, namespace, configMapBody('f', 'größer, 大きい, 🙂'));
    await change(admin, 'b', '2');
    await admin.remove(objectPath(configMaps, { namespace, name: 'c' }));
    await admin.writer.create(configMaps, namespace, configMapBody('c', 'again'));
    await change(admin, 'b', '3');
  });
  await server.killApi();
  await server.compact();
  await server.startApi();
  await change(admin, 'b', '4');
  await recorder.watch('watch of an old version', old.resourceVersion, async () => {});
  const stale = collectionPath(configMaps, namespace, { limit: 2, continue: old.continue });
  await recorder.call('page of an old list', stale);
  await recorder.call('list', collectionPath(configMaps, namespace));
  return recorder.answers;
}

/** What the server says when it refuses. */
async function recordRefusals(server: ApiServer, admin: Admin): Promise<readonly RecordedAnswer[]> {
  const recorder = new Recorder(admin.transport);
  const json = (text: string): Partial<ApiRequest> => ({
    method: 'POST',
    body: { type: 'application/json', text },
  });
  await recorder.call('no such object', objectPath(configMaps, { namespace, name: 'nobody' }));
  await recorder.call('no such kind', '/apis/weft.example/v1/things');
  await recorder.call('name taken', collectionPath(configMaps, namespace), json('{"metadata":{"name":"a"}}'));
  await recorder.call('invalid object', collectionPath(pods, namespace), json('{"metadata":{"name":"a"}}'));
  await recorder.call('no JSON', collectionPath(pods, namespace), json('{'));
  await admin.writer.create(pods, namespace, podBody('a', 'node-a'));
  const uid = '{"metadata":{"uid":"00000000-0000-4000-8000-000000000000"}}';
  await recorder.call('another uid', objectPath(pods, { namespace, name: 'a' }, 'status'), {
    method: 'PATCH',
    body: { type: 'application/strategic-merge-patch+json', text: uid },
  });
  await recorder.call(
    'version of the future',
    collectionPath(configMaps, namespace, { resourceVersion: 9_999_999 }),
  );
  const { ca } = server.admin();
  const access = { server: server.url, ...(ca && { ca }) };
  for (const [name, token] of [
    ['unknown token', 'nonsense'],
    ['no right', ordinaryToken.token],
  ] as const) {
    const other = new HttpsTransport({ ...access, token: { text: token } }, systemClock, 'weft-record');
    const seen = new Recorder(other);
    await seen.call(name, collectionPath(pods, namespace));
    recorder.answers.push(...seen.answers);
    other.close();
  }
  recorder.answers.push(await recordBusy(server, admin));
  return recorder.answers;
}

/** With room for one request at a time, some of a burst are told to come later. */
async function recordBusy(server: ApiServer, admin: Admin): Promise<RecordedAnswer> {
  await server.killApi();
  const narrow = ['--max-requests-inflight=1', '--max-mutating-requests-inflight=1'];
  await server.startApi(['--enable-priority-and-fairness=false', ...narrow]);
  const access = { ...server.admin(), client: undefined, token: { text: ordinaryToken.token } };
  const { client: _, ...ordinary } = access;
  const transport = new HttpsTransport(ordinary, systemClock, 'weft-record');
  const recorder = new Recorder(transport);
  for (let tried = 0; tried < 50; tried += 1) {
    const calls = Array.from({ length: 40 }, () =>
      recorder.call('too many', collectionPath(pods, namespace)),
    );
    await Promise.all(calls);
    const busy = recorder.answers.find(({ status }) => status === 429);
    if (busy !== undefined) {
      transport.close();
      return busy;
    }
  }
  admin.close();
  throw new Error('the server was never busy');
}

const server = await ApiServer.start([ordinaryToken]);
try {
  const admin = new Admin(server.admin());
  const version = await new Recorder(admin.transport).call('version', '/version');
  const kubernetes = (JSON.parse(version.text) as { gitVersion: string }).gitVersion;
  mkdirSync(target, { recursive: true });
  const write = (file: string, about: string, answers: readonly RecordedAnswer[]): void => {
    const transcript: Transcript = { kubernetes, about, answers };
    writeFileSync(join(target, file), `${JSON.stringify(transcript, null, 2)}\n`);
  };
  write(
    'history.json',
    'A list, a watch, and what is left of them after a compaction',
    await recordHistory(server, admin),
  );
  write('refusals.json', 'What the API server says when it refuses', await recordRefusals(server, admin));
  admin.close();
} finally {
  await server.stop();
}
