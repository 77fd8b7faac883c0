import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/daemon/clock.ts';
import type { ApiAccess } from '../../src/kube/api-access.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import type { KubeClock } from '../../src/kube/kube-clock.ts';
import type { ApiAnswer } from '../../src/kube/transport.ts';
import { mustRun } from '../harness/run.ts';
import { TcpProxy } from '../harness/tcp-proxy.ts';
import { configMaps } from './bodies.ts';
import { Listener } from './listener.ts';
import { Admin, adminServer, certificateAccess, ordinaryToken, type ServerAddress } from './shared-server.ts';

let address: ServerAddress;
let proxy: TcpProxy;
let dir = '';
const open: HttpsTransport[] = [];
/** Added to the time, so that a minute need not pass. */
let skippedMs = 0;
const clock: KubeClock = {
  monotonic: () => systemClock.monotonic() + skippedMs,
  after: (ms, call) => systemClock.after(ms, call),
};

beforeAll(async () => {
  address = inject(adminServer);
  proxy = await TcpProxy.start(address.url);
});
afterAll(() => proxy.close());
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-identity-'));
});
afterEach(() => {
  for (const transport of open.splice(0)) transport.close();
  rmSync(dir, { recursive: true, force: true });
});

function transport(access: ApiAccess): HttpsTransport {
  const made = new HttpsTransport(access, clock, 'weft-test');
  open.push(made);
  return made;
}

function call(over: HttpsTransport, path = '/version'): Promise<ApiAnswer> {
  return over.request({ method: 'GET', path, signal: AbortSignal.timeout(10_000) });
}

/** As whom the API server sees us. */
async function whoAmI(over: HttpsTransport): Promise<string> {
  const body = {
    type: 'application/json',
    text: '{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}',
  };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { text } = await over.request({ method: 'POST', path, body, signal: AbortSignal.timeout(10_000) });
  const review = JSON.parse(text) as { status?: { userInfo?: { username?: string } }; message?: string };
  return review.status?.userInfo?.username ?? review.message ?? text;
}

/** Access by the token in the test's file. */
function tokenAccess(): ApiAccess {
  return {
    server: address.url,
    ca: { file: join(address.pki, 'ca.crt') },
    token: { file: join(dir, 'token') },
  };
}

describe('HttpsTransport at a real API server', () => {
  it('is who its certificate or its token says', async () => {
    writeFileSync(join(dir, 'token'), ordinaryToken.token);
    expect(await whoAmI(transport(certificateAccess(address)))).toBe('kubernetes-admin');
    expect(await whoAmI(transport(certificateAccess(address, 'ordinary')))).toBe('ordinary');
    expect(await whoAmI(transport(tokenAccess()))).toBe(ordinaryToken.user);
  });

  it('takes the new token from the file as soon as the server refuses the old one, also for an informer', async () => {
    const over = transport(tokenAccess());
    writeFileSync(join(dir, 'token'), 'expired');
    expect((await call(over, '/api/v1/configmaps')).status).toBe(401);
    const listener = new Listener(over, { resource: configMaps });
    await listener.until('the refusal', () => listener.informer.problem?.reason === 'ApiUnauthorized');
    writeFileSync(join(dir, 'token'), ordinaryToken.token);
    await listener.until('the new token', () => listener.informer.problem?.reason === 'ApiForbidden');
    expect(listener.informer.problem?.message).toContain(`User "${ordinaryToken.user}" cannot list`);
    expect(await whoAmI(over)).toBe(ordinaryToken.user);
    await listener.informer.close();
  });

  it('goes on with a new certificate once its files have it, without a restart', async () => {
    const client = { certificate: { file: join(dir, 'tls.crt') }, key: { file: join(dir, 'tls.key') } };
    const put = (name: string): void => {
      copyFileSync(join(address.pki, `${name}.crt`), client.certificate.file);
      copyFileSync(join(address.pki, `${name}.key`), client.key.file);
    };
    put('admin');
    const over = transport({ ...certificateAccess(address), client });
    expect(await whoAmI(over)).toBe('kubernetes-admin');
    put('ordinary');
    expect(await whoAmI(over)).toBe('kubernetes-admin');
    skippedMs += 61_000;
    expect(await whoAmI(over)).toBe('ordinary');
  });

  it('talks to nobody whose certificate it does not know', async () => {
    const { ca: _, ...unknown } = certificateAccess(address);
    await expect(call(transport(unknown))).rejects.toMatchObject({
      reason: 'ApiUnreachable',
      message: expect.stringMatching(/127\.0\.0\.1:\d+: .*certificate/),
    });
    expect((await call(transport({ ...unknown, insecure: true }))).status).toBe(200);
  });

  it('checks the name that it is told to check', async () => {
    const serverName = 'kubernetes.default.svc';
    expect((await call(transport({ ...certificateAccess(address), serverName }))).status).toBe(200);
    await expect(
      call(transport({ ...certificateAccess(address), serverName: 'else.where' })),
    ).rejects.toMatchObject({
      message: expect.stringContaining('else.where'),
    });
  });

  it('uses one connection for calls that follow each other, at most eight for a storm, and one more for each watch', async () => {
    const over = transport({ ...certificateAccess(address), server: proxy.url });
    for (let count = 0; count < 50; count += 1) await call(over);
    expect(proxy.accepted).toBe(1);
    await Promise.all(Array.from({ length: 100 }, () => call(over)));
    expect(proxy.accepted).toBeLessThanOrEqual(8);
    const before = proxy.accepted;
    const listeners = [1, 2, 3].map(() => new Listener(over, { resource: configMaps }));
    await Promise.all(listeners.map((listener) => listener.untilSynced()));
    await listeners[2]?.until('all watches', () =>
      listeners.every(({ informer }) => informer.counts.watches === 1),
    );
    expect(proxy.accepted - before).toBe(3);
    await Promise.all(listeners.map((listener) => listener.informer.close()));
  });

  it('lets the kernel ask whether the other side lives, on idle connections and on those of watches', async () => {
    const over = transport({ ...certificateAccess(address), server: proxy.url });
    const listener = new Listener(over, { resource: configMaps });
    await listener.until('the watch', () => listener.informer.counts.watches === 1);
    const sockets = mustRun(['ss', '-tnoH', 'state', 'established', 'dst', new URL(proxy.url).host]);
    const lines = sockets.trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).toContain('timer:(keepalive,');
    await listener.informer.close();
  });

  it('does not fail because a kept connection has died meanwhile', async () => {
    const over = transport({ ...certificateAccess(address), server: proxy.url });
    for (let count = 0; count < 20; count += 1) {
      expect((await call(over)).status).toBe(200);
      proxy.reset();
    }
  });

  it('lets a call that nobody waits for end at once', async () => {
    const over = transport({ ...certificateAccess(address), server: proxy.url });
    proxy.stall();
    const start = performance.now();
    const signal = AbortSignal.timeout(200);
    await expect(over.request({ method: 'GET', path: '/version', signal })).rejects.toMatchObject({
      reason: 'ApiUnreachable',
    });
    expect(performance.now() - start).toBeLessThan(5_000);
    proxy.heal();
    expect((await call(over)).status).toBe(200);
  });
});

describe('Admin access over a wrong address', () => {
  it('names the address that does not answer', async () => {
    const admin = new Admin({ ...certificateAccess(address), server: 'https://127.0.0.1:1' });
    await expect(admin.writer.get(configMaps, { namespace: 'a', name: 'b' })).rejects.toMatchObject({
      reason: 'ApiUnreachable',
      message: expect.stringContaining('get configmaps: 127.0.0.1:1: connect ECONNREFUSED'),
    });
    admin.close();
  });
});
