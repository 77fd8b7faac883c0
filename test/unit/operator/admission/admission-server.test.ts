import { request } from 'node:https';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../../../src/daemon/clock.ts';
import { silentLog } from '../../../../src/daemon/log.ts';
import { Metrics } from '../../../../src/daemon/metrics.ts';
import { AdmissionMetrics } from '../../../../src/operator/admission/admission-metrics.ts';
import { AdmissionServer } from '../../../../src/operator/admission/admission-server.ts';
import {
  makeServingCertificate,
  type ServingCertificate,
} from '../../../../src/operator/admission/certificate.ts';
import type { CertificateSource, ServedPair } from '../../../../src/operator/admission/certificate-source.ts';
import type { Review } from '../../../../src/operator/admission/reviewer.ts';

/** A source of which a test decides when it has which certificate. */
class GivenCertificates implements CertificateSource {
  current: ServedPair | undefined;
  #listener: (pair: ServedPair) => void = () => undefined;

  give(pair: ServedPair): void {
    this.current = pair;
    this.#listener(pair);
  }

  onChange(listener: (pair: ServedPair) => void): void {
    this.#listener = listener;
  }

  start(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  }

  warnings(): readonly string[] {
    return ['a warning'];
  }
}

function certificate(): ServingCertificate {
  const now = Date.now();
  return makeServingCertificate({ names: ['127.0.0.1'], notBefore: now - 10_000, notAfter: now + 60_000 });
}

interface Running {
  readonly server: AdmissionServer;
  readonly certificates: GivenCertificates;
  readonly metrics: Metrics;
  readonly end: AbortController;
  readonly ended: Promise<void>;
}

const all: Running[] = [];
afterEach(async () => {
  for (const { end, ended } of all.splice(0)) {
    end.abort();
    await ended;
  }
});

async function running(review: Review, pair?: ServedPair, drainMs = 0): Promise<Running> {
  const certificates = new GivenCertificates();
  const metrics = new Metrics();
  const server = new AdmissionServer({
    address: { host: '127.0.0.1', port: 0 },
    certificates,
    reviews: new Map([['/pods', review]]),
    metrics: new AdmissionMetrics(metrics, ['/pods'], () => undefined),
    log: silentLog,
    clock: systemClock,
    drainMs,
  });
  const end = new AbortController();
  const ended = server.start(end.signal);
  const one = { server, certificates, metrics, end, ended };
  all.push(one);
  if (pair !== undefined) {
    certificates.give(pair);
    await untilReady(server);
  }
  return one;
}

async function untilReady(server: AdmissionServer): Promise<void> {
  while (server.notReady().length > 0) await new Promise((resolve) => setImmediate(resolve));
}

interface Answer {
  readonly status: number | undefined;
  readonly text: string;
  readonly connection: string | undefined;
}

interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly body?: string | Uint8Array;
}

function call(
  server: AdmissionServer,
  ca: string,
  { method = 'POST', path = '/pods', body = '' }: Call,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port: server.port, method, path, ca, agent: false },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode, text, connection: answer.headers.connection }),
        );
      },
    );
    sent.on('error', reject).end(body);
  });
}

function review(change: object = {}): string {
  const asked = {
    uid: 'u1',
    operation: 'CREATE',
    resource: {},
    userInfo: {},
    object: {},
    oldObject: null,
    ...change,
  };
  return JSON.stringify({ apiVersion: 'admission.k8s.io/v1', kind: 'AdmissionReview', request: asked });
}

const yes: Review = () => ({ warnings: [] });

describe('the webhook server', () => {
  it('answers a review with its uid, the verdict, the sentence and the warnings', async () => {
    const made = certificate();
    const refusal = { message: 'no', reason: 'Invalid', code: 422 } as const;
    const { server, metrics } = await running(
      ({ name }) => (name === 'bad' ? { refusal, warnings: ['w'] } : { warnings: [] }),
      made,
    );
    expect(await call(server, made.ca, { body: review({ name: 'good' }) })).toMatchObject({
      status: 200,
      text: '{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","response":{"uid":"u1","allowed":true}}',
    });
    const { text } = await call(server, made.ca, { body: review({ name: 'bad' }) });
    expect(JSON.parse(text)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: {
        uid: 'u1',
        allowed: false,
        status: { status: 'Failure', code: 422, reason: 'Invalid', message: 'no' },
        warnings: ['w'],
      },
    });
    const shown = await metrics.render();
    expect(shown).toContain('controller_runtime_webhook_requests_total{webhook="/pods",code="200"} 2');
    expect(shown).toContain('controller_runtime_webhook_latency_seconds_count{webhook="/pods"} 2');
    expect(shown).toContain(
      'weft_admission_reviews_total{webhook="/pods",operation="CREATE",verdict="refused"} 1',
    );
    expect(shown).toContain('controller_runtime_webhook_requests_in_flight 0');
  });

  const bad: readonly (readonly [string, Call, number, string])[] = [
    ['no JSON', { body: '{' }, 400, 'the body is not JSON'],
    ['nothing', { body: '' }, 400, 'the body is not JSON'],
    ['no UTF-8', { body: Uint8Array.of(0x22, 0xff, 0x22) }, 400, 'the body is not UTF-8'],
    ['a list', { body: '[]' }, 400, 'the body is not an object'],
    ['another kind', { body: '{"kind":"Pod"}' }, 400, 'must be an AdmissionReview of admission.k8s.io/v1'],
    ['another version', { body: review().replace('/v1', '/v1beta1') }, 400, 'must be an AdmissionReview'],
    ['no request', { body: review().replace('request', 'x') }, 400, 'request is not an object'],
    ['no uid', { body: review({ uid: '' }) }, 400, 'request.uid is missing'],
    ['an unknown operation', { body: review({ operation: 'X' }) }, 400, 'request.operation must be one of'],
    ['no object', { body: review({ object: null }) }, 400, 'request.object is missing'],
    ['no old object', { body: review({ operation: 'DELETE' }) }, 400, 'request.oldObject is missing'],
    ['a text as object', { body: review({ object: 'x' }) }, 400, 'request.object is not an object'],
    ['too much', { body: 'x'.repeat(8 * 1024 * 1024 + 1) }, 413, 'the body is larger than'],
    ['a GET', { method: 'GET' }, 405, 'only POST'],
    ['another path', { path: '/x' }, 404, 'no such webhook'],
  ];
  it.each(bad)('answers %s with a clear word, and goes on', async (_, wrong, status, text) => {
    const made = certificate();
    const { server } = await running(yes, made);
    expect(await call(server, made.ca, wrong)).toMatchObject({ status, text: expect.stringContaining(text) });
    expect((await call(server, made.ca, { body: review() })).status).toBe(200);
  });

  it('survives a review that throws, and callers that speak no TLS or hang up', async () => {
    const made = certificate();
    const { server } = await running(({ name }) => {
      if (name === 'bad') throw new Error('unforeseen');
      return { warnings: [] };
    }, made);
    const answer = await call(server, made.ca, { body: review({ name: 'bad' }) });
    expect(answer).toMatchObject({ status: 500, text: expect.stringContaining('unforeseen') });
    await new Promise<void>((done) => {
      const socket = connect(server.port ?? 0, '127.0.0.1', () => socket.end('GET / HTTP/1.1\r\n\r\n'));
      socket.on('close', () => done()).resume();
    });
    await new Promise<void>((done) => {
      const sent = request({
        host: '127.0.0.1',
        port: server.port,
        method: 'POST',
        path: '/pods',
        ca: made.ca,
        agent: false,
      });
      sent.on('error', () => done()).setHeader('content-length', 1000);
      sent.write('{', () => sent.destroy());
    });
    expect((await call(server, made.ca, { body: review() })).status).toBe(200);
  });

  it('is not ready before there is a certificate, and takes another one without a restart', async () => {
    const { server, certificates } = await running(yes);
    expect(server.notReady()).toEqual(['the webhook server has no certificate yet']);
    expect(server.warnings()).toEqual(['a warning']);
    const [one, other] = [certificate(), certificate()];
    certificates.give(one);
    await untilReady(server);
    const { port } = server;
    expect((await call(server, one.ca, { body: review() })).status).toBe(200);
    certificates.give(other);
    expect((await call(server, other.ca, { body: review() })).status).toBe(200);
    await expect(call(server, one.ca, { body: review() })).rejects.toThrow(/certificate/);
    expect(server.port).toBe(port);
  });

  it('ends calls that run, takes new ones while it drains, and none afterwards', async () => {
    const made = certificate();
    let answer: () => void = () => undefined;
    const asked: string[] = [];
    const slow: Review = ({ name }) => {
      asked.push(name);
      if (name !== 'slow') return { warnings: [] };
      return new Promise((resolve) => {
        answer = () => resolve({ warnings: [] });
      });
    };
    const { server, end, ended } = await running(slow, made, 150);
    const first = call(server, made.ca, { body: review({ name: 'slow' }) });
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    end.abort();
    await new Promise((resolve) => setImmediate(resolve));
    expect(server.notReady()).toEqual(['the webhook server is stopping']);
    expect(await call(server, made.ca, { body: review() })).toMatchObject({
      status: 200,
      connection: 'close',
    });
    let over = false;
    void ended.then(() => {
      over = true;
    });
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect(over).toBe(false);
    answer();
    expect((await first).status).toBe(200);
    await ended;
    await expect(call(server, made.ca, { body: review() })).rejects.toThrow(/ECONNREFUSED/);
  });

  it('takes no call before it is prepared, and leaves others their turns meanwhile', async () => {
    const certificates = new GivenCertificates();
    certificates.give(certificate());
    let turns = 0;
    const seen: (number | undefined)[] = [];
    function* preparation(): Generator<void, void> {
      for (let step = 0; step < 5; step += 1) {
        seen.push(server.port);
        setImmediate(() => {
          turns += 1;
        });
        yield;
      }
    }
    const server: AdmissionServer = new AdmissionServer({
      address: { host: '127.0.0.1', port: 0 },
      certificates,
      reviews: new Map(),
      metrics: new AdmissionMetrics(new Metrics(), [], () => undefined),
      log: silentLog,
      clock: systemClock,
      drainMs: 0,
      preparation: preparation(),
    });
    const end = new AbortController();
    const ended = server.start(end.signal);
    expect(server.notReady()).not.toEqual([]);
    await untilReady(server);
    expect(seen).toEqual(Array(5).fill(undefined));
    expect(turns).toBe(5);
    end.abort();
    await ended;
  });
});
