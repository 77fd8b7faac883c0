import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadKubeconfig } from '../../../src/kubeclient/load-kubeconfig.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'weft-kubeconfig-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Writes a kubeconfig whose context, cluster and user are all called `name`. */
function kubeconfig(name: string, user: object = { token: `token-${name}` }, file = name): string {
  const path = join(directory, file);
  const cluster = { server: `https://${name}.invalid:6443` };
  const config = {
    clusters: [{ name, cluster }],
    users: [{ name, user }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    'current-context': name,
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

describe('loadKubeconfig', () => {
  it('takes the current context, or the one that is named', async () => {
    const files = `${kubeconfig('a')}:${kubeconfig('b')}:${join(directory, 'gone')}`;
    const env = { KUBECONFIG: files };
    expect((await loadKubeconfig({ env })).getCurrentCluster()?.server).toBe('https://a.invalid:6443');
    const other = await loadKubeconfig({ env, context: 'b' });
    expect(other.getCurrentCluster()?.server).toBe('https://b.invalid:6443');
    expect((await other.credentials()).headers).toEqual({ Authorization: 'Bearer token-b' });
  });

  it('lets the first of two files win, as kubectl does', async () => {
    const one = kubeconfig('a', { token: 'first' }, 'one');
    const two = kubeconfig('a', { token: 'second' }, 'two');
    const config = await loadKubeconfig({ env: { KUBECONFIG: `${one}:${two}` } });
    expect((await config.credentials()).headers).toEqual({ Authorization: 'Bearer first' });
  });

  it('prefers --kubeconfig to KUBECONFIG, and that to the one in the home directory', async () => {
    const env = { KUBECONFIG: kubeconfig('b'), HOME: directory };
    const config = await loadKubeconfig({ env, kubeconfig: kubeconfig('a') });
    expect(config.getCurrentContext()).toBe('a');
    expect((await loadKubeconfig({ env })).getCurrentContext()).toBe('b');
  });

  it('reads the token from the file that the user has', async () => {
    writeFileSync(join(directory, 'token'), 'from-file');
    const config = await loadKubeconfig({
      kubeconfig: kubeconfig('a', { tokenFile: 'token', token: 'old' }),
      env: {},
    });
    expect((await config.credentials()).headers).toEqual({ Authorization: 'Bearer from-file' });
  });

  it('runs the credential program of the user, and tells it the version', async () => {
    const program = join(directory, 'login');
    writeFileSync(
      program,
      `#!/bin/sh\nprintf '{"apiVersion":"x","status":{"token":"%s-%s"}}' "$1" "$(echo "$KUBERNETES_EXEC_INFO" | wc -c)"\n`,
    );
    chmodSync(program, 0o755);
    const exec = { apiVersion: 'client.authentication.k8s.io/v1beta1', command: program, args: ['hello'] };
    const config = await loadKubeconfig({ kubeconfig: kubeconfig('a', { exec }), env: {} });
    const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { interactive: false } };
    const length = JSON.stringify(info).length + 1;
    expect((await config.credentials()).headers).toEqual({ Authorization: `Bearer hello-${length}` });
  });

  it('acts as somebody else where the kubeconfig says so', async () => {
    const file = kubeconfig('a', { token: 't', as: 'jane' });
    const { headers } = await (await loadKubeconfig({ kubeconfig: file, env: {} })).credentials();
    expect(headers).toEqual({ Authorization: 'Bearer t', 'Impersonate-User': 'jane' });
  });

  it.each([
    ['there is no kubeconfig', { env: {} }],
    ['/no/such/file: ENOENT', { env: {}, kubeconfig: '/no/such/file' }],
    ['no context is called "x"', { env: {}, context: 'x' }],
  ])('refuses with a reason: %s', async (words, wanted) => {
    const file = 'context' in wanted ? { kubeconfig: kubeconfig('a') } : {};
    await expect(loadKubeconfig({ ...file, ...wanted })).rejects.toMatchObject({
      reason: 'ApiAccessInvalid',
      message: expect.stringContaining(words),
    });
  });

  it.each([
    ['the user of context "a" is not there', { users: [] }],
    ['has no server', { clusters: [] }],
    ['no current context', { 'current-context': '' }],
    ['is no URL of https', { clusters: [{ name: 'a', cluster: { server: 'ftp://x' } }] }],
  ])('refuses a kubeconfig that cannot be used: %s', async (words, part) => {
    const file = join(directory, 'broken');
    const whole = {
      clusters: [{ name: 'a', cluster: { server: 'https://x' } }],
      users: [{ name: 'a', user: { token: 't' } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      'current-context': 'a',
    };
    writeFileSync(file, JSON.stringify({ ...whole, ...part }));
    await expect(loadKubeconfig({ kubeconfig: file, env: {} })).rejects.toMatchObject({
      reason: 'ApiAccessInvalid',
      message: expect.stringContaining(words),
    });
  });

  it('says where a file is no YAML', async () => {
    const file = join(directory, 'broken');
    writeFileSync(file, 'a: [1\nb: 2');
    await expect(loadKubeconfig({ kubeconfig: file, env: {} })).rejects.toMatchObject({
      reason: 'ApiAccessInvalid',
      message: expect.stringContaining('broken: '),
    });
  });
});
