import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { accessFromKubeconfig } from '../../../src/kube/kubeconfig.ts';
import { loadKubeconfig, podAccess } from '../../../src/kube/load-access.ts';
import { expectThrown } from '../../harness/thrown.ts';

const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
const data = Buffer.from(pem).toString('base64');

interface Parts {
  readonly cluster?: Readonly<Record<string, unknown>>;
  readonly user?: Readonly<Record<string, unknown>>;
}

function config({ cluster = {}, user = {} }: Parts = {}): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'here',
    contexts: [
      { name: 'there', context: { cluster: 'gone' } },
      { name: 'here', context: { cluster: 'c', user: 'u', namespace: 'ignored' } },
    ],
    clusters: [{ name: 'c', cluster: { server: 'https://10.0.0.1:6443', ...cluster } }],
    users: [{ name: 'u', user }],
  };
}

describe('accessFromKubeconfig', () => {
  it('takes what is inside before what is in files, and files relative to the kubeconfig', () => {
    const cluster = {
      'certificate-authority-data': data,
      'certificate-authority': 'no.crt',
      'tls-server-name': 'api',
    };
    const user = { 'client-certificate': 'me.crt', 'client-key': '/keys/me.key' };
    expect(accessFromKubeconfig(config({ cluster, user }), '/etc/weft/kubeconfig')).toEqual({
      server: 'https://10.0.0.1:6443',
      ca: { text: pem },
      serverName: 'api',
      client: { certificate: { file: '/etc/weft/me.crt' }, key: { file: '/keys/me.key' } },
    });
  });

  it('takes a token, and rather the file, which can be renewed', () => {
    const access = (user: object): unknown =>
      accessFromKubeconfig(config({ user: { ...user } }), '/k/config').token;
    expect(access({ token: 'abc' })).toEqual({ text: 'abc' });
    expect(access({ token: 'abc', tokenFile: 'token' })).toEqual({ file: '/k/token' });
  });

  it('skips the check of the certificate only when told to', () => {
    const access = (flag: unknown): unknown =>
      accessFromKubeconfig(config({ cluster: { 'insecure-skip-tls-verify': flag } }), '/k').insecure;
    expect([access(true), access(false), access(undefined)]).toEqual([true, undefined, undefined]);
  });

  it.each<[string, unknown, string]>([
    ['a text', 'hello', 'the document is no mapping'],
    ['no context', { clusters: [] }, 'current-context is missing'],
    ['an unknown context', { ...config(), 'current-context': 'x' }, 'contexts has no entry named "x"'],
    ['an unknown cluster', { ...config(), 'current-context': 'there' }, 'clusters has no entry named "gone"'],
    ['an unknown user', { ...config(), users: null }, 'users has no entry named "u"'],
    ['no list', { ...config(), users: {} }, 'users is no list'],
    ['no server', config({ cluster: { server: '' } }), 'clusters[c].cluster.server is missing'],
    [
      'another protocol',
      config({ cluster: { server: 'ftp://a' } }),
      'clusters[c].cluster.server is not an address',
    ],
    [
      'a proxy',
      config({ cluster: { 'proxy-url': 'http://p' } }),
      'clusters[c].cluster.proxy-url cannot be used',
    ],
    ['a program', config({ user: { exec: { command: 'aws' } } }), 'users[u].user.exec cannot be used'],
    [
      'a plugin',
      config({ user: { 'auth-provider': { name: 'gcp' } } }),
      'users[u].user.auth-provider cannot be used',
    ],
    [
      'a password',
      config({ user: { username: 'me', password: 'hunter2' } }),
      'users[u].user.username cannot be used',
    ],
    ['another identity', config({ user: { as: 'admin' } }), 'users[u].user.as cannot be used'],
    [
      'half a certificate',
      config({ user: { 'client-certificate': 'a' } }),
      'users[u].user.client-key is missing',
    ],
    ['broken data', config({ cluster: { 'certificate-authority-data': 'AAAA' } }), 'is not PEM in base64'],
    ['a number', config({ user: { token: 5 } }), 'users[u].user.token is no text'],
    [
      'a word for a flag',
      config({ cluster: { 'insecure-skip-tls-verify': 'yes' } }),
      'is neither true nor false',
    ],
  ])('refuses %s and names file and field', (_, document, names) => {
    const wanted = { reason: 'ApiAccessInvalid', code: 7, names: ['/k/config', names] } as const;
    const error = expectThrown(() => accessFromKubeconfig(document, '/k/config'), wanted);
    expect(error.message).not.toContain('hunter2');
  });

  it('takes the context that is asked for', () => {
    const document = { ...config(), 'current-context': 'there' };
    expect(accessFromKubeconfig(document, '/k', 'here').server).toBe('https://10.0.0.1:6443');
  });
});

describe('loadKubeconfig', () => {
  let dir = '';
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'weft-kubeconfig-'));
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  it('reads YAML and JSON', async () => {
    const yaml = [
      'apiVersion: v1',
      'current-context: x',
      'contexts: [{name: x, context: {cluster: c, user: u}}]',
      'clusters: [{name: c, cluster: {server: "https://[fd00::1]:6443"}}]',
      'users: [{name: u, user: {token: t}}]',
    ];
    writeFileSync(join(dir, 'yaml'), yaml.join('\n'));
    writeFileSync(join(dir, 'json'), JSON.stringify(config()));
    expect(await loadKubeconfig(join(dir, 'yaml'))).toEqual({
      server: 'https://[fd00::1]:6443',
      token: { text: 't' },
    });
    expect((await loadKubeconfig(join(dir, 'json'))).server).toBe('https://10.0.0.1:6443');
  });

  it.each([
    ['missing', undefined],
    ['broken YAML', 'a: [b'],
    ['broken JSON', '{"a":'],
    ['empty', ''],
  ])('a file that is %s is named', async (name, text) => {
    const path = join(dir, 'config');
    if (text !== undefined) writeFileSync(path, text);
    const failure = await loadKubeconfig(path).catch((error: unknown) => error);
    expect(failure, name).toMatchObject({
      reason: 'ApiAccessInvalid',
      message: expect.stringContaining(path),
    });
  });
});

describe('podAccess', () => {
  const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const files = { ca: { file: '/sa/ca.crt' }, token: { file: '/sa/token' } };

  it('uses the Service of the API server, also with IPv6', () => {
    expect(podAccess({ env, directory: '/sa' })).toEqual({ server: 'https://10.96.0.1:443', ...files });
    const six = { ...env, KUBERNETES_SERVICE_HOST: 'fd00::1' };
    expect(podAccess({ env: six }).server).toBe('https://[fd00::1]:443');
    expect(podAccess({ env }).token).toEqual({ file: '/var/run/secrets/kubernetes.io/serviceaccount/token' });
  });

  it('uses another address for as long as the Service is not served, with the name that is in every certificate', () => {
    const server = 'https://192.0.2.7:6443';
    expect(podAccess({ env: {}, server, directory: '/sa' })).toEqual({
      server,
      serverName: 'kubernetes.default.svc',
      ...files,
    });
  });

  it('says what is missing outside of a pod', () => {
    expectThrown(() => podAccess({ env: {} }), {
      reason: 'ApiAccessInvalid',
      code: 7,
      names: ['KUBERNETES_SERVICE_HOST', 'kubeconfig'],
    });
  });
});
