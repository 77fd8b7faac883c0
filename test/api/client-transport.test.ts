import { chmodSync, copyFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../../src/daemon/clock.ts';
import type { ApiAnswer } from '../../src/kube/transport.ts';
import { Writer } from '../../src/kube/writer.ts';
import { ClientTransport } from '../../src/kubeclient/client-transport.ts';
import { TcpProxy } from '../harness/tcp-proxy.ts';
import { configMapBody, configMaps } from './bodies.ts';
import { Listener } from './listener.ts';
import { Admin, adminServer, certificateAccess, ordinaryToken, type ServerAddress } from './shared-server.ts';

let address: ServerAddress;
let proxy: TcpProxy;
let admin: Admin;
let dir = '';
const open: ClientTransport[] = [];

beforeAll(async () => {
  address = inject(adminServer);
  proxy = await TcpProxy.start(address.url);
  admin = new Admin(certificateAccess(address));
  await admin.namespace('kubeclient');
});
afterAll(async () => {
  admin.close();
  await proxy.close();
});
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'weft-kubeclient-'));
});
afterEach(() => {
  proxy.heal();
  for (const transport of open.splice(0)) transport.close();
  rmSync(dir, { recursive: true, force: true });
});

function certificate(name: string): object {
  return {
    'client-certificate': join(address.pki, `${name}.crt`),
    'client-key': join(address.pki, `${name}.key`),
  };
}

/** A transport by a kubeconfig with this user, and this about the cluster beside what is usual. */
async function transport(user: object, cluster: object = {}): Promise<ClientTransport> {
  const file = join(dir, 'kubeconfig');
  const usual = { server: address.url, 'certificate-authority': join(address.pki, 'ca.crt') };
  const config = {
    clusters: [{ name: 'c', cluster: { ...usual, ...cluster } }],
    users: [{ name: 'u', user }],
    contexts: [{ name: 'x', context: { cluster: 'c', user: 'u' } }],
    'current-context': 'x',
  };
  writeFileSync(file, JSON.stringify(config));
  const made = await ClientTransport.open({ kubeconfig: file, env: {} }, 'weft-test');
  open.push(made);
  return made;
}

function writerOver(over: ClientTransport): Writer {
  return new Writer({ transport: over, clock: systemClock, random: Math.random, fieldManager: 'weft-test' });
}

function call(over: ClientTransport, path = '/version'): Promise<ApiAnswer> {
  return over.request({ method: 'GET', path, signal: AbortSignal.timeout(10_000) });
}

async function whoAmI(over: ClientTransport): Promise<string> {
  const body = {
    type: 'application/json',
    text: '{"kind":"SelfSubjectReview","apiVersion":"authentication.k8s.io/v1"}',
  };
  const path = '/apis/authentication.k8s.io/v1/selfsubjectreviews';
  const { text } = await over.request({ method: 'POST', path, body, signal: AbortSignal.timeout(10_000) });
  const review = JSON.parse(text) as { status?: { userInfo?: { username?: string } }; message?: string };
  return review.status?.userInfo?.username ?? review.message ?? text;
}

/** A program that says what the file `said` says. */
function credentialProgram(): object {
  const command = join(dir, 'login');
  writeFileSync(command, `#!/bin/sh\ncat '${join(dir, 'said')}'\n`);
  chmodSync(command, 0o755);
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command, interactiveMode: 'Never' } };
}

function say(status: object): void {
  const document = { apiVersion: 'client.authentication.k8s.io/v1', kind: 'ExecCredential', status };
  writeFileSync(join(dir, 'said'), JSON.stringify(document));
}

describe('ClientTransport at a real API server', () => {
  it('is who the kubeconfig says: by certificate, token, file or program', async () => {
    expect(await whoAmI(await transport(certificate('admin')))).toBe('kubernetes-admin');
    expect(await whoAmI(await transport(certificate('ordinary')))).toBe('ordinary');
    expect(await whoAmI(await transport({ token: ordinaryToken.token }))).toBe(ordinaryToken.user);
    writeFileSync(join(dir, 'token'), ordinaryToken.token);
    expect(await whoAmI(await transport({ tokenFile: 'token' }))).toBe(ordinaryToken.user);
    say({ token: ordinaryToken.token });
    expect(await whoAmI(await transport(credentialProgram()))).toBe(ordinaryToken.user);
  });

  it('acts as somebody else', async () => {
    expect(await whoAmI(await transport({ ...certificate('admin'), as: 'jane' }))).toBe('jane');
  });

  it('reads and writes objects, and reports refusals as errors of ours', async () => {
    const writer = writerOver(await transport(certificate('admin')));
    await writer.create(configMaps, 'kubeclient', configMapBody('one', '1'));
    const ref = { namespace: 'kubeclient', name: 'one' };
    const body = { metadata: { annotations: { data: '2' } } };
    expect(await writer.patch(configMaps, ref, { kind: 'merge', body })).toMatchObject(body);
    await expect(writer.create(configMaps, 'kubeclient', configMapBody('one', '1'))).rejects.toMatchObject({
      reason: 'ApiConflict',
    });
    await expect(writer.get(configMaps, { ...ref, name: 'none' })).rejects.toMatchObject({
      reason: 'ApiNotFound',
    });
    await expect(
      writerOver(await transport({ token: ordinaryToken.token })).get(configMaps, ref),
    ).rejects.toMatchObject({
      reason: 'ApiForbidden',
      message: expect.stringContaining(`User "${ordinaryToken.user}" cannot get`),
    });
    await expect(writerOver(await transport({ token: 'wrong' })).get(configMaps, ref)).rejects.toMatchObject({
      reason: 'ApiUnauthorized',
    });
  });

  it('takes what the kubeconfig and the program say by now, once the server refuses what they said before', async () => {
    say({ token: 'expired' });
    const over = await transport(credentialProgram());
    expect((await call(over, '/api/v1/pods')).status).toBe(401);
    say({ token: ordinaryToken.token });
    expect(await whoAmI(over)).toBe(ordinaryToken.user);
    writeFileSync(join(dir, 'token'), 'expired');
    const byFile = await transport({ tokenFile: 'token' });
    expect((await call(byFile, '/api/v1/pods')).status).toBe(401);
    writeFileSync(join(dir, 'token'), ordinaryToken.token);
    expect((await call(byFile, '/api/v1/pods')).status).toBe(403);
  });

  it('comes with a new certificate as soon as the files have it', async () => {
    const put = (name: string): void => {
      copyFileSync(join(address.pki, `${name}.crt`), join(dir, 'tls.crt'));
      copyFileSync(join(address.pki, `${name}.key`), join(dir, 'tls.key'));
    };
    put('admin');
    const over = await transport({ 'client-certificate': 'tls.crt', 'client-key': 'tls.key' });
    expect(await whoAmI(over)).toBe('kubernetes-admin');
    put('ordinary');
    expect(await whoAmI(over)).toBe('ordinary');
  });

  it('says which program gave no credentials, and why', async () => {
    const over = await transport(credentialProgram());
    await expect(call(over)).rejects.toMatchObject({
      reason: 'ApiAccessInvalid',
      message: expect.stringMatching(/become user u: the credential program .*login failed: cat: /),
    });
    const missing = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: join(dir, 'gone') } };
    await expect(call(await transport(missing))).rejects.toMatchObject({
      reason: 'ApiAccessInvalid',
      message: expect.stringContaining('ENOENT'),
    });
  });

  it('talks to nobody whose certificate it does not know', async () => {
    const user = certificate('admin');
    const unknown = { 'certificate-authority': undefined };
    await expect(call(await transport(user, unknown))).rejects.toMatchObject({
      reason: 'ApiUnreachable',
      message: expect.stringMatching(/127\.0\.0\.1:\d+: .*certificate/),
    });
    expect((await call(await transport(user, { ...unknown, 'insecure-skip-tls-verify': true }))).status).toBe(
      200,
    );
    const named = await transport(user, { 'tls-server-name': 'kubernetes.default.svc' });
    expect((await call(named)).status).toBe(200);
    await expect(call(await transport(user, { 'tls-server-name': 'else.where' }))).rejects.toMatchObject({
      message: expect.stringContaining('else.where'),
    });
  });

  it('names the address that does not answer', async () => {
    const over = await transport(certificate('admin'), { server: 'https://127.0.0.1:1' });
    await expect(writerOver(over).get(configMaps, { namespace: 'a', name: 'b' })).rejects.toMatchObject({
      reason: 'ApiUnreachable',
      message: expect.stringContaining('get configmaps: 127.0.0.1:1: connect ECONNREFUSED'),
    });
  });

  it('uses one or two connections for calls that follow each other, at most eight for a storm, and one more for each watch', async () => {
    const over = await transport(certificate('admin'), { server: proxy.url });
    const before = proxy.accepted;
    for (let count = 0; count < 50; count += 1) await call(over);
    // The next call may come before the last one's connection counts as free.
    expect(proxy.accepted - before).toBeLessThanOrEqual(2);
    await Promise.all(Array.from({ length: 100 }, () => call(over)));
    expect(proxy.accepted - before).toBeLessThanOrEqual(8);
    const calls = proxy.accepted;
    const listeners = [1, 2, 3].map(
      () => new Listener(over, { resource: configMaps, namespace: 'kubeclient' }),
    );
    await Promise.all(listeners.map((listener) => listener.untilSynced()));
    await listeners[2]?.until('all watches', () =>
      listeners.every(({ informer }) => informer.counts.watches === 1),
    );
    expect(proxy.accepted - calls).toBe(3);
    await admin.writer.create(configMaps, 'kubeclient', configMapBody('watched', '1'));
    await listeners[0]?.until('the news', () => listeners[0]?.told.includes('added watched') === true);
    await Promise.all(listeners.map((listener) => listener.informer.close()));
  });

  it('does not fail because a kept connection has died meanwhile', async () => {
    const over = await transport(certificate('admin'), { server: proxy.url });
    for (let count = 0; count < 10; count += 1) {
      expect((await call(over)).status).toBe(200);
      proxy.reset();
    }
  });

  it('lets a call that nobody waits for end at once', async () => {
    const over = await transport(certificate('admin'), { server: proxy.url });
    proxy.stall();
    const start = performance.now();
    const signal = AbortSignal.timeout(200);
    await expect(over.request({ method: 'GET', path: '/version', signal })).rejects.toMatchObject({
      reason: 'ApiUnreachable',
    });
    expect(performance.now() - start).toBeLessThan(5_000);
    proxy.heal();
    expect((await call(over)).status).toBe(200);
    const slow = { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['5'] } };
    const waiting = (await transport(slow)).request({
      method: 'GET',
      path: '/version',
      signal: AbortSignal.timeout(200),
    });
    await expect(waiting).rejects.toMatchObject({
      reason: 'ApiAccessInvalid',
      message: expect.stringContaining('sleep'),
    });
  });
});
