import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { NetworkView } from '../../src/cli/networks/network-view.ts';
import { runCli } from '../../src/cli/run-cli.ts';
import { RecordedTerminal } from '../fakes/recorded-terminal.ts';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl, kubeconfig } from '../harness/kubectl.ts';
import { hashes, macvlan } from '../unit/cli/listed-objects.ts';

/** The views of `kubectl weft` at an API server of its own, which they only read. */

const tenant = { token: 'token-of-tenant', user: 'tenant' };

let server: ApiServer;
let kubectl: Kubectl;
let directory = '';

beforeAll(async () => {
  server = await ApiServer.start([tenant]);
  kubectl = await Kubectl.open(server);
  directory = mkdtempSync(join(tmpdir(), 'weft-views-'));
  const config = kubeconfig(server) as { contexts: { name: string; context: object }[] };
  const [context] = config.contexts;
  const contexts = [{ name: 'test', context: { ...context?.context, namespace: 'team' } }];
  writeFileSync(join(directory, 'kubeconfig'), JSON.stringify({ ...config, contexts }));
  const users = [{ name: 'test', user: { token: tenant.token } }];
  writeFileSync(join(directory, 'tenant'), JSON.stringify({ ...config, contexts, users }));
  await kubectl.must(['create', '-k', 'crds']);
  await kubectl.must(['create', '-k', 'crds/weft.dev']);
  await kubectl.must(['wait', '--for=condition=Established', 'crd', '--all', '--timeout=60s']);
  await kubectl.must(
    ['create', '-f', '-'],
    JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects() }),
  );
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  kubectl?.close();
  await server?.stop();
});

function objects(): readonly object[] {
  const eth0 = { name: 'cbr0', interface: 'eth0', ips: ['10.0.0.2'], default: true, dns: {} };
  const net1 = { name: 'team/storage', interface: 'net1', ips: ['10.1.0.2'], default: false, dns: {} };
  const status = JSON.stringify([eth0, net1]);
  return [
    namespace('team'),
    namespace('other'),
    namespace('weft-system'),
    network('team', 'storage', macvlan, { tier: 'db' }),
    network('team', 'broken', '{"cniVersion":"1.0.0","plugins":[{"type:":"macvlan"}]}', {}),
    pod('team', 'good', { networks: 'storage', status, hashes: hashes({ 'team/storage': macvlan }) }),
    pod('team', 'old', { networks: 'storage', status, hashes: hashes({ 'team/storage': 'before' }) }),
    pod('other', 'far', { networks: 'team/storage' }),
    pod('team', 'plain', { status: JSON.stringify([eth0]) }),
    { ...pod('weft-system', 'operator-1', {}), ...operator() },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1', labels: { pool: 'edge' } } },
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n2' } },
    weftNode('n1', '0.1.0', ['dhcp', 'macvlan']),
    weftNode('n3', '0.1.0', ['bridge']),
    role(),
    binding(),
  ];
}

function namespace(name: string): object {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function network(of: string, name: string, config: string, labels: object): object {
  const kind = { apiVersion: 'k8s.cni.cncf.io/v1', kind: 'NetworkAttachmentDefinition' };
  return { ...kind, metadata: { namespace: of, name, labels }, spec: { config } };
}

function pod(of: string, name: string, said: Readonly<Record<string, string>>): object {
  const { networks, status, hashes: made } = said;
  const annotations = {
    ...(networks && { 'k8s.v1.cni.cncf.io/networks': networks }),
    ...(status && { 'k8s.v1.cni.cncf.io/network-status': status }),
    ...(made && { 'weft.dev/network-hashes': made }),
  };
  const spec = { containers: [{ name: 'c', image: 'c' }] };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { namespace: of, name, annotations }, spec };
}

function operator(): object {
  const labels = { 'app.kubernetes.io/name': 'weft', 'app.kubernetes.io/component': 'operator' };
  return {
    metadata: { namespace: 'weft-system', name: 'operator-1', labels },
    spec: { containers: [{ name: 'operator', image: 'weft:0.1.0' }] },
  };
}

function weftNode(name: string, version: string, types: readonly string[]): object {
  const at = '2026-01-01T00:00:00Z';
  const ready = { type: 'Ready', status: 'True', reason: 'Ready', message: '', lastTransitionTime: at };
  return {
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftNode',
    metadata: { name },
    status: {
      version,
      plugins: { count: types.length, types },
      links: [{ name: 'eth0' }],
      defaultNetwork: { name: 'cbr0', source: '/etc/cni/net.d/10-cbr0.conflist' },
      conf: { first: true },
      attachments: { count: 2, outdated: 1 },
      leftovers: { count: 0 },
      conditions: [ready],
    },
  };
}

/** What a tenant may: see what is in its namespace. */
function role(): object {
  const rules = [
    { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list'] },
    {
      apiGroups: ['k8s.cni.cncf.io'],
      resources: ['network-attachment-definitions'],
      verbs: ['get', 'list'],
    },
  ];
  const kind = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role' };
  return { ...kind, metadata: { namespace: 'team', name: 'tenant' }, rules };
}

function binding(): object {
  const apiGroup = 'rbac.authorization.k8s.io';
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { namespace: 'team', name: 'tenant' },
    roleRef: { apiGroup, kind: 'Role', name: 'tenant' },
    subjects: [{ apiGroup, kind: 'User', name: tenant.user }],
  };
}

interface End {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command from the sources, in the context's namespace `team`. */
async function weft(...args: readonly string[]): Promise<End> {
  return asUser('kubeconfig', ...args);
}

async function asUser(file: string, ...args: readonly string[]): Promise<End> {
  const terminal = new RecordedTerminal('', { KUBECONFIG: join(directory, file) });
  const status = await runCli(args, terminal);
  // Said by what takes longer than two seconds, as everything may on a busy machine.
  const stderr = terminal.stderr.replaceAll(/^.* …\n/gm, '');
  return { status, stdout: terminal.stdout, stderr };
}

/** The cells of a table. */
function cells(text: string): readonly (readonly string[])[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
}

function withoutAge(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.filter((cell) => cell !== 'AGE' && !/^[0-9]+s$/.test(cell)));
}

describe('kubectl weft networks', () => {
  it("shows the networks of the context's namespace with verdict, nodes, users and older configurations", async () => {
    const end = await weft('networks');
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(withoutAge(cells(end.stdout))).toEqual([
      ['NAME', 'TYPE', 'VALID', 'NODES', 'USERS', 'OUTDATED'],
      ['broken', '-', 'False', '-', '0', '0'],
      ['storage', 'macvlan', 'True', '1/2', '3', '1'],
    ]);
    const wide = await weft('networks', 'storage', '-o', 'wide');
    expect(wide.stdout).toMatch(/OUTDATED PODS +REASON +MESSAGE\n/);
    expect(wide.stdout).toMatch(/ old +Valid +.*no plugin macvlan on n3/);
  });

  it('selects as kubectl does, and prints for programs', async () => {
    const names = await weft('networks', '-A', '-l', 'tier=db', '-o', 'name');
    expect(names.stdout).toBe('networkattachmentdefinition.k8s.cni.cncf.io/storage\n');
    expect(await kubectl.must(['-n', 'team', 'get', names.stdout.trim(), '-o', 'name'])).toBe(names.stdout);
    const [broken] = JSON.parse((await weft('networks', 'broken', '-o', 'json')).stdout) as NetworkView[];
    expect(broken?.findings[0]).toMatchObject({
      code: 'MistypedKey',
      path: 'spec.config.plugins[0]["type:"]',
    });
    const views = parse((await weft('networks', 'storage', '-o', 'yaml')).stdout) as NetworkView[];
    expect(views[0]?.outdated).toEqual([{ namespace: 'team', name: 'old' }]);
    const none = await weft('networks', '-n', 'other');
    expect(none).toEqual({ status: 0, stdout: '', stderr: 'No resources found in other namespace.\n' });
    const gone = await weft('networks', 'nothing');
    expect(gone).toMatchObject({ status: 1, stdout: '' });
    expect(gone.stderr).toMatch(/^error: .*not found: nothing.*\(reason ApiNotFound\)\n$/);
  });

  it('shows a tenant what it may see, and says what it may not', async () => {
    const end = await asUser('tenant', 'networks');
    expect(end.status).toBe(0);
    expect(withoutAge(cells(end.stdout))).toEqual([
      ['NAME', 'TYPE', 'VALID', 'NODES', 'USERS', 'OUTDATED'],
      ['broken', '-', 'False', '-', '0', '0'],
      ['storage', 'macvlan', 'True', '-', '2', '1'],
    ]);
    expect(end.stderr.trim().split('\n')).toEqual([
      expect.stringContaining('network-attachment-definitions.k8s.cni.cncf.io outside of namespace team'),
      expect.stringContaining('pods outside of namespace team'),
      expect.stringContaining('weftnodes.weft.dev'),
      expect.stringContaining('its defaults are assumed'),
    ]);
    const all = await asUser('tenant', 'networks', '-A');
    expect(all).toMatchObject({ status: 1, stdout: '' });
    expect(all.stderr).toContain('reason ApiForbidden');
  });
});

describe('kubectl weft pods', () => {
  it('shows what pods asked for and have, and what differs', async () => {
    const end = await weft('pods');
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(withoutAge(cells(end.stdout))).toEqual([
      ['NAME', 'READY', 'ASKED', 'HAS', 'DIFFERS'],
      ['good', '-', 'storage', 'eth0=cbr0,net1=storage', '-'],
      [
        'old',
        '-',
        'storage',
        'eth0=cbr0,net1=storage',
        'team/storage has another configuration since; delete the pod to attach it anew',
      ],
    ]);
    const differing = await weft('pods', '-A', '--differing', '-o', 'name');
    expect(differing.stdout).toBe('pod/far\npod/old\n');
    const far = await weft('pods', '-A', '--differing');
    expect(far.stdout).toMatch(/^other +far +- +team\/storage +- +\S+ +team\/storage is missing$/m);
    expect((await weft('pods', 'plain')).stdout).toMatch(/^plain +- +- +eth0=cbr0 +\S+ +-$/m);
  });
});

describe('kubectl weft nodes', () => {
  it('shows what each node has, and those without an agent', async () => {
    const end = await weft('nodes');
    expect(end).toMatchObject({ status: 0, stderr: '' });
    const head = [
      'NAME',
      'VERSION',
      'DEFAULT NETWORK',
      'PLUGINS',
      'ATTACHMENTS',
      'OUTDATED',
      'LEFTOVERS',
      'READY',
    ];
    expect(withoutAge(cells(end.stdout))).toEqual([
      head,
      ['n1', '0.1.0', 'cbr0', '2', '2', '1', '0', 'True'],
      ['n2', ...head.slice(1).map(() => '-')],
      ['n3', '0.1.0', 'cbr0', '1', '2', '1', '0', 'True'],
    ]);
    const chosen = await weft('nodes', '-l', 'pool=edge', '-o', 'name');
    expect(chosen.stdout).toBe('weftnode.weft.dev/n1\n');
    expect((await asUser('tenant', 'nodes')).stderr).toContain('reason ApiForbidden');
  });
});

describe('kubectl weft version', () => {
  it('prints the versions of all parts, and ends with 1 where they do not go together', async () => {
    const end = await weft('version', '-o', 'json');
    expect(end).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(end.stdout)).toMatchObject({
      operator: [{ version: '0.1.0', count: 1 }],
      agents: [{ version: '0.1.0', count: 2 }],
      skew: [],
    });
    await kubectl.must(['create', '-f', '-'], JSON.stringify(weftNode('n4', '9.0.0', [])));
    const skewed = await weft('version');
    expect(skewed.status).toBe(1);
    expect(skewed.stdout).toMatch(/^Agent Version: 0\.1\.0 \(2 nodes\), 9\.0\.0 \(1 node\)$/m);
    expect(skewed.stderr).toContain('reason VersionSkew');
  });
});
