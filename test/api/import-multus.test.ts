import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { runCli } from '../../src/cli/run-cli.ts';
import { RecordedTerminal } from '../fakes/recorded-terminal.ts';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl, kubeconfig } from '../harness/kubectl.ts';
import { expectReadable } from '../harness/refusal.ts';
import type { RunEnd } from '../harness/run.ts';
import { cliBinary } from '../harness/toolchain.ts';

/** `kubectl weft import multus` at an API server of its own, which it must leave as it is. */

const fixtures = resolve(import.meta.dirname, '../fixtures/multus');
const nobody = { token: 'token-of-nobody', user: 'nobody-special' };

let server: ApiServer;
let kubectl: Kubectl;
let directory = '';

beforeAll(async () => {
  server = await ApiServer.start([nobody]);
  kubectl = await Kubectl.open(server);
  directory = mkdtempSync(join(tmpdir(), 'weft-import-'));
  writeFileSync(join(directory, 'kubeconfig'), JSON.stringify(kubeconfig(server)));
  // As a user has it who put kubectl-weft beside other plugins.
  process.env['PATH'] = [dirname(cliBinary()), dirname(process.execPath), process.env['PATH']].join(':');
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  kubectl?.close();
  await server?.stop();
});

beforeEach(async () => {
  await kubectl.must(['-n', 'kube-system', 'delete', 'daemonset,configmap', '--all', '--wait=false']);
});

/** Puts Multus into the cluster. */
async function install(fixture: string): Promise<void> {
  await kubectl.must(['apply', '-f', join(fixtures, fixture)]);
}

interface End {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command from the sources. */
async function importing(...args: readonly string[]): Promise<End> {
  const terminal = new RecordedTerminal('', { KUBECONFIG: join(directory, 'kubeconfig') });
  const status = await runCli(['import', 'multus', ...args], terminal);
  return { status, stdout: terminal.stdout, stderr: terminal.stderr };
}

/** The built file, found by kubectl. */
function plugin(...args: readonly string[]): Promise<RunEnd> {
  return kubectl.run(['weft', 'import', 'multus', ...args]);
}

/** Everything that could have been changed. */
function versions(): Promise<string> {
  const template = '{range .items[*]}{.kind} {.metadata.name} {.metadata.resourceVersion}{"\\n"}{end}';
  return kubectl.must(['get', 'all,configmaps,crds', '-A', '-o', `jsonpath=${template}`]);
}

describe('kubectl weft import multus from a cluster', () => {
  it.each(['thin-auto.yaml', 'thin-file.yaml'])(
    'says the same as from the manifests: %s',
    async (fixture) => {
      await install(fixture);
      const before = await versions();
      const fromCluster = await importing('--dry-run', '-o', 'json');
      const fromFile = await importing('--dry-run', '-o', 'json', '-f', join(fixtures, fixture));
      expect(fromCluster).toEqual(fromFile);
      expect(fromCluster.status).toBe(0);
      expect((await importing()).stdout).toBe((await importing('-f', join(fixtures, fixture))).stdout);
      expect(await versions()).toBe(before);
    },
  );

  it('asks the cluster whether a name is that of a network', async () => {
    await install('thick.yaml');
    const withoutKind = parse((await importing()).stdout) as { spec: { defaultNetworks: string[] } };
    expect(withoutKind.spec.defaultNetworks).toEqual(['storage']);
    await kubectl.must(['create', '-k', 'config/crd']);
    await kubectl.must(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    await kubectl.must(['create', 'namespace', 'networks']);
    const network = {
      apiVersion: 'k8s.cni.cncf.io/v1',
      kind: 'NetworkAttachmentDefinition',
      metadata: { name: 'storage', namespace: 'networks' },
      spec: { config: '{"cniVersion": "1.0.0", "type": "macvlan"}' },
    };
    await kubectl.must(['create', '-f', '-'], JSON.stringify(network));
    const withNetwork = parse((await importing()).stdout) as { spec: { defaultNetworks: string[] } };
    expect(withNetwork.spec.defaultNetworks).toEqual(['networks/storage']);
  });

  it('finds Multus where the user says, and says where it looked if it is not there', async () => {
    const gone = await importing();
    expect(gone).toMatchObject({ status: 1, stdout: '' });
    expect(gone.stderr).toContain('there is no DaemonSet kube-system/kube-multus-ds');
    expect(gone.stderr).toContain('--daemonset');
    const other = {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'mine', namespace: 'default' },
    };
    const spec = {
      selector: { matchLabels: { a: 'b' } },
      template: {
        metadata: { labels: { a: 'b' } },
        spec: {
          containers: [{ name: 'c', image: 'x', command: ['/thin_entrypoint', '--namespace-isolation'] }],
        },
      },
    };
    await kubectl.must(['create', '-f', '-'], JSON.stringify({ ...other, spec }));
    const end = await importing('-n', 'default', '--daemonset', 'mine');
    expect(parse(end.stdout)).toMatchObject({ spec: { isolation: { enabled: true } } });
  });

  it('says what it is not allowed, and where nobody answers', async () => {
    const config = kubeconfig(server) as { users: object[]; clusters: object[] };
    const file = join(directory, 'other');
    writeFileSync(
      file,
      JSON.stringify({ ...config, users: [{ name: 'test', user: { token: nobody.token } }] }),
    );
    const forbidden = await importing('--kubeconfig', file);
    expect(forbidden.status).toBe(1);
    expect(forbidden.stderr).toMatch(/User "nobody-special" cannot get .*\(reason ApiForbidden\)/);
    const cluster = { name: 'test', cluster: { server: 'https://127.0.0.1:1' } };
    writeFileSync(file, JSON.stringify({ ...config, clusters: [cluster] }));
    const refused = await importing('--kubeconfig', file);
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('127.0.0.1:1: connect ECONNREFUSED');
    expect((await importing('--context', 'none')).status).toBe(2);
  });
});

describe('kubectl weft import multus --dry-run=server', () => {
  const thick = join(fixtures, 'thick.yaml');

  it('asks the API server, says what it says, and changes nothing', async () => {
    const missing = await importing('-f', thick, '--dry-run=server');
    expect(missing.status).toBe(1);
    expect(missing.stderr).toContain('reason ApiNotFound');
    await kubectl.must(['create', '-k', 'crds/weft.dev']);
    await kubectl.must(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
    const before = await versions();
    const end = await importing('-f', thick, '--dry-run=server');
    expect(end.stderr).toContain('weftconfigs.weft.dev/default would be created (server dry run)');
    expect(end.status).toBe(0);
    expect(await versions()).toBe(before);
    expect(await kubectl.must(['get', 'weftconfigs', '-o', 'name'])).toBe('');
  });

  it('names the fields that somebody else has set to something else', async () => {
    const config = {
      apiVersion: 'weft.dev/v1alpha1',
      kind: 'WeftConfig',
      metadata: { name: 'default' },
      spec: { isolation: { enabled: false } },
    };
    await kubectl.must(['apply', '--server-side', '-f', '-'], JSON.stringify(config));
    const end = await importing('-f', thick, '--dry-run=server');
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/conflict with "kubectl".*\.spec\.isolation\.enabled.*\(reason ApiConflict\)/);
  });

  it('makes what the API server takes', async () => {
    const { stdout } = await importing('-f', join(fixtures, 'thin-file.yaml'));
    await kubectl.must(['delete', 'weftconfigs', '--all']);
    const applied = await kubectl.must(['apply', '-f', '-'], stdout);
    expect(applied).toContain('weftconfig.weft.dev/default created');
    const text = await kubectl.must([
      '-n',
      'kube-system',
      'get',
      'nad',
      'pod-net',
      '-o',
      'jsonpath={.spec.config}',
    ]);
    expect(text).toContain('"uid": 9007199254740993');
  });
});

describe('dist/kubectl-weft under the real kubectl', () => {
  it('reads the cluster of the kubeconfig', async () => {
    await install('thin-auto.yaml');
    const end = await plugin();
    expect(end.status).toBe(0);
    expect(parse(end.stdout)).toMatchObject({ kind: 'WeftConfig', spec: { isolation: { enabled: true } } });
    expect(end.stderr).toMatch(/^KEY +VALUE/);
  });

  it('reads files, and ends as it should', async () => {
    expect(await plugin('-f', join(fixtures, 'thick.yaml'))).toMatchObject({ status: 0 });
    expect(await plugin('-f', join(fixtures, '00-multus.conflist'))).toMatchObject({ status: 1, stdout: '' });
    const broken = await kubectl.run(['weft', 'import', 'multus', '-f', '-'], '{"type": ');
    expect(broken).toMatchObject({ status: 2, stdout: '' });
    const message = /^error: (.*) \(reason MultusConfigInvalid\)\n$/.exec(broken.stderr)?.[1] ?? '';
    expectReadable(message);
  });

  it('is one file that needs nothing beside it', async () => {
    // kubectl reads every directory of PATH, and complains of those that are not there.
    const alone = mkdtempSync(join(tmpdir(), 'weft-plugins-'));
    copyFileSync(cliBinary(), join(alone, 'kubectl-weft'));
    const before = process.env['PATH'];
    process.env['PATH'] = [alone, dirname(process.execPath)].join(':');
    expect(await kubectl.must(['plugin', 'list'])).toContain(join(alone, 'kubectl-weft'));
    const version = readFileSync('VERSION', 'utf8');
    expect(await kubectl.must(['weft', 'version', '--client'])).toBe(`Client Version: ${version}`);
    process.env['PATH'] = before;
    rmSync(alone, { recursive: true, force: true });
    expect((await kubectl.run(['weft', '--help'])).stdout).toContain('Usage: kubectl weft');
  });

  it('does not wait for a credential program that hangs', async () => {
    const config = kubeconfig(server) as { users: object[] };
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: 'sleep', args: ['40'] };
    const file = join(directory, 'hanging');
    writeFileSync(file, JSON.stringify({ ...config, users: [{ name: 'test', user: { exec } }] }));
    const end = await plugin('--kubeconfig', file, '--request-timeout=3s');
    expect(end.status).toBe(1);
    expect(end.stderr).toMatch(/^Reading Multus from https:\/\/127\.0\.0\.1:\d+ …\n/);
    expect(end.stderr).toContain('reason ApiTimeout');
    expect(end.ms).toBeLessThan(20_000);
  });
});
