import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { get } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/daemon/clock.ts';
import { parseFlags } from '../../src/daemon/flags.ts';
import { silentLog } from '../../src/daemon/log.ts';
import type { RawObject } from '../../src/kube/raw-object.ts';
import { collectionPath } from '../../src/kube/resource.ts';
import { NetworkKind } from '../../src/operator/networks/network-kind.ts';
import { WeftOperator } from '../../src/operator/operator.ts';
import { operatorFlags } from '../../src/operator/operator-flags.ts';
import { networkResource } from '../../src/operator/sources/watched-kinds.ts';
import { ApiServer } from '../harness/api-server.ts';
import { Kubectl, kubeconfig } from '../harness/kubectl.ts';
import { nadKindName, otherNadKind } from './other-nad-kind.ts';
import { Admin } from './shared-server.ts';

const namespace = 'networks';
const broken = '{"cniVersion":"1.0.0","type":"macvlan",}';
const good = '{"cniVersion":"1.0.0","type":"bridge","bridge":"br7","ipam":{"type":"dhcp"}}';

/** Not the shared one: kinds belong to the whole server. */
let server: ApiServer;
let admin: Admin;
let kubectl: Kubectl;
let operator: WeftOperator;
let directory: string;
let port: number;

beforeAll(async () => {
  server = await ApiServer.start();
  admin = new Admin(server.admin());
  kubectl = await Kubectl.open(server);
  await admin.namespace(namespace);
  directory = mkdtempSync(join(tmpdir(), 'weft-operator-'));
  const config = join(directory, 'kubeconfig');
  writeFileSync(config, JSON.stringify(kubeconfig(server)));
  port = await freePort();
  const args = [`--kubeconfig=${config}`, `--namespace=${namespace}`, `--metrics-address=127.0.0.1:${port}`];
  const invocation = parseFlags(operatorFlags, args, {});
  if (invocation.kind !== 'run') throw new Error('not a run');
  operator = await WeftOperator.open(invocation.values, '0.0.0', silentLog);
  void operator.run();
});
afterAll(async () => {
  await operator?.stop();
  kubectl?.close();
  admin?.close();
  await server?.stop();
  rmSync(directory, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

function page(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, path }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += String(chunk);
      });
      response.on('end', () => resolve(text));
    }).on('error', reject);
  });
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>, limitMs = 10_000): Promise<T> {
  const end = performance.now() + limitMs;
  for (;;) {
    let problem = '';
    const found = await look().catch((error: unknown) => {
      problem = String(error);
    });
    if (found !== undefined) return found;
    if (performance.now() > end) throw new Error(`in vain: ${what} ${problem}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function apply(name: string, config: string): Promise<void> {
  const metadata = { name, namespace };
  const body = {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata,
    spec: { config },
  };
  await eventually(`${name} applied`, () =>
    admin.writer.patch(networkResource, { namespace, name }, { kind: 'apply', body, force: true }),
  );
}

const nodeResource = { group: 'weft.dev', version: 'v1alpha1', plural: 'weftnodes' };

/** As its agent would write it. */
async function report(name: string, types: readonly string[], links: readonly string[]): Promise<void> {
  const status = {
    plugins: { count: types.length, types },
    links: links.map((link) => ({ name: link })),
    attachments: { count: 0, outdated: 0 },
  };
  const body = { apiVersion: 'weft.dev/v1alpha1', kind: 'WeftNode', metadata: { name }, status };
  await admin.writer.patch(nodeResource, { name }, { kind: 'apply', body, force: true });
}

/** Cells of the line of a network, as kubectl prints them. */
async function cells(name: string, ...flags: readonly string[]): Promise<readonly string[]> {
  const [, line = ''] = (
    await kubectl.must(['get', 'net-attach-def', '-n', namespace, name, ...flags])
  ).split('\n');
  return line.trimEnd().split(/ {2,}/);
}

interface NadStatus {
  readonly observedGeneration?: number;
  readonly type?: string;
  readonly configHash?: string;
  readonly conditions?: readonly Record<string, unknown>[];
}

function statusOf(object: RawObject): NadStatus | undefined {
  return object['status'] as NadStatus | undefined;
}

async function events(name: string): Promise<readonly Record<string, unknown>[]> {
  const resource = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
  const path = collectionPath(resource, namespace, { fieldSelector: `regarding.name=${name}` });
  const answer = await admin.transport.request({ method: 'GET', path, signal: AbortSignal.timeout(5_000) });
  return (JSON.parse(answer.text) as { items: Record<string, unknown>[] }).items;
}

describe('weft-operator at a real API server', () => {
  it('is ready where no kind of ours is installed, and leads', async () => {
    expect(
      await eventually('ready', async () => ((await page('/readyz')) === 'ok\n' ? 'ok' : undefined)),
    ).toBe('ok');
    const metrics = await eventually('leading', async () => {
      const text = await page('/metrics');
      return text.includes('leader_election_master_status{name="weft-operator"} 1') ? text : undefined;
    });
    expect(metrics).toMatch(/rest_client_requests_total\{code="404",method="GET",host="127.0.0.1:\d+"\} \d/);
    expect(metrics).toContain('workqueue_depth{name="network-attachment-definitions"');
  });

  it("says by an event what is wrong where the kind is another product's, and by the status once it is ours", async () => {
    await kubectl.must(['create', '-f', '-'], JSON.stringify(otherNadKind));
    await apply('first', broken);
    const [event] = await eventually('event', async () => {
      const found = await events('first');
      return found.length > 0 ? found : undefined;
    });
    expect(event).toMatchObject({
      type: 'Warning',
      reason: 'NetworkInvalid',
      note: expect.stringContaining('spec.config'),
      reportingController: 'weft.dev/operator',
    });
    expect(statusOf(await admin.writer.get(networkResource, { namespace, name: 'first' }))).toBeUndefined();

    await kubectl.must(['apply', '--server-side', '--force-conflicts', '-k', 'config/crd']);
    await apply('second', good);
    const second = await eventually('status of the second', async () => {
      const object = await admin.writer.get(networkResource, { namespace, name: 'second' });
      return statusOf(object)?.conditions === undefined ? undefined : object;
    });
    expect(statusOf(second)).toMatchObject({
      type: 'bridge',
      configHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      observedGeneration: second.metadata['generation'],
      conditions: [
        { type: 'Valid', status: 'True', reason: 'Valid' },
        { type: 'Available', status: 'Unknown', reason: 'NoNodes' },
        { type: 'InUse', status: 'False', reason: 'NotUsed' },
      ],
    });
    await apply('second', broken);
    const invalid = await eventually('the broken one', async () => {
      const status = statusOf(await admin.writer.get(networkResource, { namespace, name: 'second' }));
      return status?.conditions?.[0]?.['status'] === 'False' ? status : undefined;
    });
    expect(invalid.type).toBeUndefined();
    expect(invalid.conditions?.[0]?.['message']).toContain('spec.config');
    const table = await kubectl.must(['get', 'net-attach-def', '-n', namespace, 'second']);
    expect(table).toMatch(/second +False/);
  });

  it('writes nothing where nothing has changed, and leaves what others wrote into the status', async () => {
    const ref = { namespace, name: 'kept' };
    await apply('kept', good);
    await eventually(
      'status',
      async () => statusOf(await admin.writer.get(networkResource, ref))?.conditions,
    );
    const foreign = { status: { observation: 'of another product' } };
    await admin.writer.patch(networkResource, ref, { kind: 'merge', subresource: 'status', body: foreign });
    const before = await admin.writer.get(networkResource, ref);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await admin.writer.get(networkResource, ref);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
    await apply('kept', broken);
    const status = await eventually('judged anew', async () => {
      const found = statusOf(await admin.writer.get(networkResource, ref));
      return found?.conditions?.[0]?.['status'] === 'False' ? found : undefined;
    });
    expect(status).toMatchObject({ observation: 'of another product' });
  });

  it('shows on how many nodes a network can be attached, where it cannot, and whether it is used', async () => {
    await kubectl.must(['apply', '--server-side', '-k', 'crds/weft.dev']);
    await kubectl.must(['wait', '--for=condition=Established', 'crd/weftnodes.weft.dev', '--timeout=30s']);
    await eventually('the kind served', () =>
      report('node-a', ['macvlan', 'static'], ['eth0', 'eth1']).then(() => true),
    );
    await report('node-b', ['macvlan', 'static'], ['eth0', 'eth1']);
    await report('node-c', ['macvlan', 'static'], ['eth0']);
    await apply('shown', '{"cniVersion":"1.0.0","type":"macvlan","master":"eth1","ipam":{"type":"static"}}');
    // The kind of nodes was not there when the operator began, and is looked for from time to time.
    const free = await eventually(
      'nodes',
      async () => {
        const found = await cells('shown');
        return found[3] === '2/3' ? found : undefined;
      },
      90_000,
    );
    const age = expect.stringMatching(/^\d+[sm]/);
    expect(free).toEqual(['shown', 'macvlan', 'True', '2/3', 'False', age]);
    expect(await cells('shown', '-o', 'wide')).toEqual([
      ...free.slice(0, 5),
      age,
      'Valid',
      expect.anything(),
      'no interface eth1 on node-c',
    ]);

    const podBody = (name: string): object => ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace, annotations: { 'k8s.v1.cni.cncf.io/networks': 'shown' } },
      spec: { containers: [{ name: 'c', image: 'none' }], automountServiceAccountToken: false },
    });
    const pods = { group: '', version: 'v1', plural: 'pods' };
    await eventually('service account', () => admin.writer.create(pods, namespace, podBody('user-0')));
    await eventually('in use', async () => ((await cells('shown'))[4] === 'True' ? true : undefined));
    const ref = { namespace, name: 'shown' };
    const before = await admin.writer.get(networkResource, ref);
    for (const name of ['user-1', 'user-2']) await admin.writer.create(pods, namespace, podBody(name));
    for (const name of ['user-0', 'user-1', 'user-2'])
      await kubectl.must(['delete', 'pod', '-n', namespace, name, '--force', '--grace-period=0']);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const after = await admin.writer.get(networkResource, ref);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  }, 120_000);

  it('names networks that give out the same addresses on one segment', async () => {
    const ranged = (subnet: string): string =>
      JSON.stringify({
        cniVersion: '1.0.0',
        type: 'bridge',
        bridge: 'br9',
        ipam: { type: 'host-local', subnet },
      });
    await apply('wide', ranged('10.77.0.0/16'));
    await apply('narrow', ranged('10.77.3.0/24'));
    for (const [name, other] of [
      ['wide', 'narrow'],
      ['narrow', 'wide'],
    ] as const)
      await eventually(`${name} overlaps`, async () => {
        const line = (await cells(name, '-o', 'wide')).join(' ');
        return line.includes(`spec.config.ipam.subnet: pods of network ${namespace}/${other}`) || undefined;
      });
  });

  it('says the right thing after a storm of writes to one network', async () => {
    await apply('stormy', good);
    const ref = { namespace, name: 'stormy' };
    const writes = Array.from({ length: 40 }, (_, index) => {
      const body = { status: { observation: `of another product, ${index}` } };
      const others = admin.writer.patch(networkResource, ref, { kind: 'merge', subresource: 'status', body });
      return index % 4 === 0
        ? Promise.all([others, apply('stormy', index % 8 === 0 ? broken : good)])
        : others;
    });
    await Promise.all(writes);
    await apply('stormy', `${good} `);
    const { metadata } = await admin.writer.get(networkResource, ref);
    await eventually('calm', async () => {
      const status = statusOf(await admin.writer.get(networkResource, ref));
      const valid = status?.conditions?.find(({ type }) => type === 'Valid');
      const isNew = status?.observedGeneration === metadata['generation'];
      return isNew && status?.type === 'bridge' && valid?.['status'] === 'True' ? true : undefined;
    });
    expect(statusOf(await admin.writer.get(networkResource, ref))).toMatchObject({
      observation: expect.stringContaining('of another product'),
    });
  });

  it("brings the definition of networks up to date where it is labelled as weft's, and there alone", async () => {
    const kind = { group: 'apiextensions.k8s.io', version: 'v1', plural: 'customresourcedefinitions' };
    const ref = { name: nadKindName };
    interface Definition {
      readonly metadata: { readonly labels?: object };
      readonly spec: {
        readonly versions: readonly { readonly additionalPrinterColumns?: readonly object[] }[];
      };
    }
    const columns = async (owner: string): Promise<number> => {
      const { metadata, spec: now } = (await admin.writer.get(kind, ref)) as unknown as Definition;
      const labels = { ...metadata.labels, 'app.kubernetes.io/managed-by': owner };
      const path = '/spec/versions/0/additionalPrinterColumns';
      const remove = now.versions[0]?.additionalPrinterColumns === undefined ? [] : [{ op: 'remove', path }];
      // At once: the operator that runs looks at it, too.
      const body = [{ op: 'add', path: '/metadata/labels', value: labels }, ...remove];
      await admin.writer.patch(kind, ref, { kind: 'json', body });
      const end = new AbortController();
      const update = new NetworkKind({ writer: admin.writer, clock: systemClock, log: silentLog });
      const running = update.start(end.signal);
      await new Promise((resolve) => setTimeout(resolve, 500));
      end.abort();
      await running;
      const { spec } = (await admin.writer.get(kind, ref)) as unknown as Definition;
      return spec.versions[0]?.additionalPrinterColumns?.length ?? 0;
    };
    expect(await columns('another')).toBe(0);
    expect(await columns('weft')).toBe(8);
  });

  it('gives the lease back at its end', async () => {
    await operator.stop();
    const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };
    const lease = await admin.writer.get(leases, { namespace, name: 'weft-operator' });
    expect(lease['spec']).not.toHaveProperty('holderIdentity');
  });
});
