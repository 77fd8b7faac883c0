import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../src/daemon/clock.ts';
import { HttpsTransport } from '../../../src/kube/https-transport.ts';
import type { InformerTimings } from '../../../src/kube/informer.ts';
import { configMaps } from '../../api/bodies.ts';
import { Listener } from '../../api/listener.ts';
import { type Delivery, ReplayServer, type Script } from '../../fakes/replay-server.ts';
import { answersNamed, type RecordedAnswer, readTranscript } from '../../harness/transcript.ts';

const history = readTranscript('history');
const refusals = readTranscript('refusals');
const pages = answersNamed(history, 'page');
const [watch] = answersNamed(history, 'watch');
const [expiredWatch] = answersNamed(history, 'watch of an old version');
const [expiredPage] = answersNamed(history, 'page of an old list');
const [list] = answersNamed(history, 'list');
const [busy] = answersNamed(refusals, 'too many');

const afterList = ['a=1', 'b=1', 'c=1', 'd=1', 'e=1'];
const afterWatch = ['a=1', 'b=3', 'c=again', 'd=1', 'e=1', 'f=größer, 大きい, 🙂'];
const watchTold = ['added f', 'changed b', 'removed c', 'added c', 'changed b'];

/** The lines of the recorded watch that a server sends from a version on; nothing is forgotten, nothing is repeated. */
function linesAfter(version: string): string {
  const lines = watch.body.split('\n').filter((line) => line !== '');
  return lines
    .filter((line) => Number(versionOf(line)) > Number(version))
    .map((line) => `${line}\n`)
    .join('');
}

function versionOf(line: string): string {
  return (JSON.parse(line) as { object: { metadata: { resourceVersion: string } } }).object.metadata
    .resourceVersion;
}

const idleWatch: Delivery = { answer: { status: 200, body: '' }, hangs: true };

let end: () => Promise<void> = async () => {};
afterEach(() => end());

/** An informer at a server that follows the script. */
async function listen(
  script: Script,
  timings: Partial<InformerTimings> = {},
): Promise<{ listener: Listener; server: ReplayServer }> {
  const server = await ReplayServer.start(script);
  const transport = new HttpsTransport({ server: server.url }, systemClock, 'weft-test');
  const listener = new Listener(transport, {
    resource: configMaps,
    namespace: 'recorded',
    pageSize: 2,
    timings,
    backoff: { firstMs: 2, maxMs: 10 },
  });
  end = async () => {
    end = async () => {};
    await listener.informer.close();
    transport.close();
    await server.close();
  };
  return { listener, server };
}

/** Answers each request with the next of these; then every watch hangs. */
function inOrder(...deliveries: readonly (Delivery | RecordedAnswer)[]): Script {
  const left = [...deliveries];
  return () => {
    const next = left.shift() ?? idleWatch;
    return 'answer' in next ? next : { answer: next };
  };
}

describe(`Informer with what Kubernetes ${history.kubernetes} said`, () => {
  it('reads the pages and follows the watch to the server’s end of it, then asks from the last bookmark on', async () => {
    const { listener, server } = await listen(inOrder(...pages, watch), { healthyMs: 0 });
    await listener.until('the second watch', () => listener.informer.counts.watches === 2);
    expect(listener.news()).toEqual([
      ...['a', 'b', 'c', 'd', 'e'].map((name) => `added ${name}`),
      'synced',
      ...watchTold,
    ]);
    expect(listener.known).toEqual(afterWatch);
    const last = versionOf(watch.body.trim().split('\n').at(-1) ?? '');
    expect(watch.body).toContain('"BOOKMARK"');
    expect(server.paths.slice(0, 3)).toEqual(pages.map(({ path }) => path));
    expect(server.paths.at(-1)).toContain(`resourceVersion=${last}&`);
    expect(listener.reports).toEqual([]);
  });

  it('does not mind where the network cuts list and watch', async () => {
    const cuts = fc.array(fc.nat({ max: watch.body.length }), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(cuts, async (places) => {
        const script = inOrder(...[...pages, watch].map((answer) => ({ answer, cuts: places })));
        const { listener } = await listen(script, { healthyMs: 0 });
        await listener.until('the second watch', () => listener.informer.counts.watches === 2);
        expect(listener.known).toEqual(afterWatch);
        expect(listener.reports).toEqual([]);
        await end();
      }),
      { numRuns: 20 },
    );
  });

  it('tells each change once, wherever in a line the connection is reset', async () => {
    const bytes = Buffer.byteLength(watch.body);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: bytes }), { minLength: 1, maxLength: 5 }), async (places) => {
        const breaks = [...places];
        const { listener } = await listen((path) => {
          const page = pages.find((answer) => answer.path === path);
          if (page !== undefined) return { answer: page };
          const version = new URL(path, 'http://x').searchParams.get('resourceVersion') ?? '';
          const body = linesAfter(version);
          const place = breaks.shift();
          const answer = { status: 200, body };
          return place === undefined
            ? { answer, hangs: true }
            : { answer, breakAt: place % (body.length + 1) };
        });
        await listener.until('the last change', () => listener.known.join() === afterWatch.join());
        expect(listener.news().slice(6)).toEqual(watchTold);
        expect(listener.noNews).toEqual([]);
        expect(listener.informer.counts.lists).toBe(1);
        await end();
      }),
      { numRuns: 30 },
    );
  });

  it('tells nothing of events that come twice', async () => {
    const body = watch.body.replace(/.+\n/g, '$&$&');
    const { listener } = await listen(inOrder(...pages, { answer: { status: 200, body }, hangs: true }));
    await listener.until('the last change', () => listener.known.join() === afterWatch.join());
    expect(listener.news().slice(6)).toEqual(watchTold);
    expect(listener.informer.counts.events).toBe(5);
  });

  it.each([
    ['an ERROR event', expiredWatch],
    ['the HTTP status', { ...expiredPage, name: '410' }],
  ])('lists again on 410 as %s, and tells only what is different', async (_, expired) => {
    const { listener, server } = await listen(inOrder(...pages, watch, expired, list), { healthyMs: 0 });
    await listener.until('the second list', () => listener.informer.counts.lists === 2);
    await listener.until('a watch', () => server.paths.length === pages.length + 4);
    expect(expired.body).toContain('"reason":"Expired"');
    expect(listener.news().slice(6)).toEqual([...watchTold, 'changed b']);
    expect(listener.noNews).toEqual([]);
    expect(listener.reports.map(({ reason }) => reason)).toEqual(['ApiExpired']);
  });

  it('starts over in one piece when the next page has expired', async () => {
    const { listener, server } = await listen(inOrder(pages[0], expiredPage, list));
    await listener.untilSynced();
    expect(expiredPage.status).toBe(410);
    expect(server.paths[2]).toBe('/api/v1/namespaces/recorded/configmaps');
    expect(listener.known).toEqual(['a=1', 'b=4', 'c=again', 'd=1', 'e=1', 'f=größer, 大きい, 🙂']);
    expect(listener.reports).toEqual([]);
  });

  it('has patience with a list that comes slowly, but not without end', async () => {
    const cuts = Array.from({ length: 10 }, (_, index) => index * 50);
    const slow = { answer: pages[0], cuts, everyMs: 30 };
    const never = { answer: pages[0], hangs: true };
    const { listener } = await listen(inOrder(never, slow, ...pages.slice(1)), { listMs: 1_000 });
    await listener.untilSynced();
    expect(listener.known).toEqual(afterList);
    expect(listener.reports.map(({ reason }) => reason)).toEqual(['ApiTimeout']);
  });

  it('waits for a busy server as long as it says', async () => {
    const start = performance.now();
    const { listener } = await listen(inOrder(busy, ...pages));
    await listener.untilSynced();
    expect(performance.now() - start).toBeGreaterThanOrEqual(1_000);
    expect(listener.reports.map(({ reason }) => reason)).toEqual(['ApiBusy']);
  });

  it('reads compressed pages; a page that breaks off, compressed or not, is read again', async () => {
    const [first, ...rest] = pages.map((answer) => ({ answer, gzip: true, cuts: [20, 100] }));
    const broken = { answer: pages[0], breakAt: 100 };
    const { listener } = await listen(inOrder(broken, { ...broken, gzip: true }, first ?? broken, ...rest));
    await listener.untilSynced();
    expect(listener.known).toEqual(afterList);
    expect(listener.reports.map(({ reason }) => reason)).toEqual(['ApiUnreachable', 'ApiUnreachable']);
  });
});
