import { chmodSync, mkdirSync, rmSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configResource, weftNodeResource } from '../../src/agent/sources/kube/kube-resources.ts';
import type { Condition } from '../../src/api/condition.schema.ts';
import { parseWeftNode, type WeftNode, type WeftNodeStatus } from '../../src/api/weft-node.ts';
import type { NadRef } from '../../src/attachment/plan.ts';
import type { AttachmentRecord } from '../../src/attachment/record.ts';
import { encodeRecord } from '../../src/attachment/record-codec.ts';
import { recordKey } from '../../src/attachment/record-key.ts';
import { until } from '../component/agent/agent-node.ts';
import { wholeAdd } from '../component/agent/raw-client.ts';
import { sleep } from '../harness/run.ts';
import { attachedWith, recordOf } from '../unit/attachment/records.ts';
import { KubeAgent } from './kube-agent.ts';

/** An agent that installs, at a real API server; the tests build on each other. */
let kube: KubeAgent;
const ref = { name: 'node-a' };
const absent = 'this cluster has no WeftNode, so none is written';

beforeAll(async () => {
  kube = await KubeAgent.open();
  for (const name of ['bridge', 'macvlan', 'host-local', 'README.md']) kube.node.write(`bin/${name}`, name);
  for (const name of ['bridge', 'macvlan', 'host-local']) chmodSync(`${kube.node.root}/bin/${name}`, 0o755);
  await kube.start(['--install']);
});
afterAll(() => kube?.close());

async function weftNode(): Promise<WeftNode> {
  return parseWeftNode(await kube.admin.writer.get(weftNodeResource, ref));
}

async function version(): Promise<string> {
  return (await kube.admin.writer.get(weftNodeResource, ref)).metadata.resourceVersion;
}

/** The status once it is as wanted. */
function untilStatus(
  wanted: (status: WeftNodeStatus) => boolean,
  what: string,
  limitMs = 20_000,
): Promise<WeftNodeStatus> {
  const look = async (): Promise<WeftNodeStatus | undefined> => {
    const { status } = await weftNode().catch(() => ({ status: undefined }));
    return status !== undefined && wanted(status) ? status : undefined;
  };
  return until(look, what, limitMs);
}

function condition({ conditions = [] }: WeftNodeStatus, type: string): Condition | undefined {
  return conditions.find((one) => one.type === type);
}

function reads(status: WeftNodeStatus, type: string): string {
  const { status: value, reason } = condition(status, type) ?? {};
  return `${value} ${reason}`;
}

function columns(line: string | undefined): readonly string[] {
  return (line ?? '').trim().split(/ {2,}/);
}

describe('the WeftNode of an agent', () => {
  it('is not there without its kind, of which the log has one line, and pods are attached all the same', async () => {
    await kube.agent.logged(({ msg }) => msg === absent);
    await wholeAdd(kube.node.socket, { annotations: {} });
    await sleep(3_000);
    expect(kube.agent.log().filter(({ msg }) => msg === absent)).toHaveLength(1);
    expect(kube.agent.stderr).not.toContain('weftnodes');
  });

  it('comes with its kind: version, plugins, links, default network, conf', async () => {
    await kube.installCrds();
    await kube.kubectl.must(['wait', '--for=condition=Established', 'crd/weftnodes.weft.dev']);
    await kube.untilReady();
    const status = await untilStatus((one) => reads(one, 'Ready') === 'True Ready', 'Ready', 60_000);
    expect(status).toMatchObject({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      plugins: { count: 3, types: ['bridge', 'host-local', 'macvlan'] },
      defaultNetwork: { name: 'cluster', source: `${kube.node.root}/net.d/10-cluster.conflist` },
      conf: { first: true },
      attachments: { count: 0, outdated: 0 },
      leftovers: { count: 0 },
    });
    expect(status.links?.map(({ name }) => name)).not.toContain('lo');
    // Of a certificate: who runs the agent outside of a pod has no Node to give it to.
    expect((await weftNode()).metadata).not.toHaveProperty('ownerReferences');
  });

  it('is shown by kubectl get weftnodes', async () => {
    const [head, row] = (await kube.kubectl.must(['get', 'weftnodes'])).split('\n');
    expect(columns(head)).toEqual([
      'NAME',
      'VERSION',
      'DEFAULT NETWORK',
      'PLUGINS',
      'ATTACHMENTS',
      'LEFTOVERS',
      'READY',
      'AGE',
    ]);
    const { status } = await weftNode();
    expect(columns(row)).toEqual([
      'node-a',
      status?.version,
      'cluster',
      '3',
      '0',
      '0',
      'True',
      expect.stringMatching(/^\d+s|\d+m/),
    ]);
    const wide = (await kube.kubectl.must(['get', 'weftnodes', '-o', 'wide'])).split('\n');
    expect(columns(wide[0]).slice(-2)).toEqual(['REASON', 'MESSAGE']);
    expect(columns(wide[1]).at(-1)).toBe('Ready');
  });

  it('is not written while nothing changes', async () => {
    const before = await version();
    await sleep(12_000);
    expect(await version()).toBe(before);
  });

  it('says at once that the runtime takes another file, which one, and when it is gone', async () => {
    const before = condition((await weftNode()).status ?? {}, 'Ready')?.lastTransitionTime ?? '';
    kube.node.write('net.d/00-multus.conf', '{"cniVersion":"0.3.1","name":"m","type":"multus"}');
    const status = await untilStatus((one) => reads(one, 'Ready') === 'False NotFirst', 'NotFirst');
    expect(status.conf).toEqual({ first: false, remove: [`${kube.node.root}/net.d/00-multus.conf`] });
    expect(condition(status, 'Ready')?.message).toContain('remove it');
    expect(condition(status, 'Ready')?.lastTransitionTime.localeCompare(before)).toBe(1);
    expect(columns((await kube.kubectl.must(['get', 'weftnodes', '-o', 'wide'])).split('\n')[1])).toContain(
      'NotFirst',
    );
    rmSync(`${kube.node.root}/net.d/00-multus.conf`);
    const after = await untilStatus((one) => reads(one, 'Ready') === 'True Ready', 'Ready again');
    expect(after.conf).toEqual({ first: true });
  });

  it('is written again where somebody deletes or changes it', async () => {
    await kube.kubectl.must(['delete', 'weftnode', 'node-a']);
    await untilStatus((one) => reads(one, 'Ready') === 'True Ready', 'it to be back');
    const body = { status: { plugins: { count: 99 }, leftovers: null } };
    await kube.admin.writer.patch(weftNodeResource, ref, { kind: 'merge', body });
    await untilStatus(({ plugins, leftovers }) => plugins?.count === 3 && leftovers?.count === 0, 'its own');
  });

  it('keeps the conditions of others', async () => {
    const theirs = { type: 'Taken', status: 'True', reason: 'A', message: '', lastTransitionTime: date };
    const body = {
      apiVersion: 'weft.dev/v1alpha1',
      kind: 'WeftNode',
      metadata: ref,
      status: { conditions: [theirs] },
    };
    await kube.admin.writer.patch(weftNodeResource, ref, { kind: 'apply', body });
    kube.node.write('net.d/00-multus.conf', '{"cniVersion":"0.3.1","name":"m","type":"multus"}');
    await untilStatus((one) => reads(one, 'Ready') === 'False NotFirst', 'NotFirst');
    rmSync(`${kube.node.root}/net.d/00-multus.conf`);
    const status = await untilStatus((one) => reads(one, 'Ready') === 'True Ready', 'Ready');
    expect(condition(status, 'Taken')).toEqual(theirs);
  });

  it('counts attachments, those of an older configuration and leftovers', async () => {
    await kube.network('net-a');
    const [current] = await currentHashes();
    await kube.agent.kill('SIGTERM');
    mkdirSync(`${kube.node.root}/state/attachments`, { recursive: true });
    kube.node.write('run/boot-id', 'boot-1\n');
    store(attached('pod-a', current ?? ''));
    store(attached('pod-b', 'f'.repeat(64)));
    store({ ...attached('pod-c', ''), teardown: tries }, '.leftover.json');
    await kube.start(['--install']);
    const status = await untilStatus(({ attachments }) => attachments?.count === 4, '4 attachments');
    expect(status.attachments).toEqual({
      count: 4,
      outdated: 1,
      networks: [
        { network: 'cluster', count: 2, outdated: 0 },
        { network: 'default/net-a', count: 2, outdated: 1 },
      ],
    });
    expect(status.leftovers).toEqual({ count: 1, oldest: date });
  });
});

describe('WeftConfig', () => {
  const config = (spec: object): object => ({
    apiVersion: 'weft.dev/v1alpha1',
    kind: 'WeftConfig',
    metadata: { name: 'default' },
    spec,
  });
  /** Standard error of `kubectl apply`; '' if it succeeds. */
  async function applied(spec: object): Promise<string> {
    const end = await kube.kubectl.run(['apply', '-f', '-'], JSON.stringify(config(spec)));
    return end.status === 0 ? '' : end.stderr;
  }

  it.each([
    [{ timeBudgets: { plan: 20_000, add: 10_000 } }, 'plan must be below add'],
    [{ timeBudgets: { add: 4_800 } }, 'plan must be below add'],
    [{ timeBudgets: { lock: 50_000 } }, 'lock must be below del'],
    [{ timeBudgets: { add: 110_000 } }, 'connect + plan + lock + add must be below 120000'],
    [{ timeBudgets: { add: 1 } }, 'spec.timeBudgets.add'],
    [{ isolation: { globalNamespaces: ['a', 'b', 'a'] } }, 'Duplicate value: "a"'],
    [{ systemNamespaces: ['a', 'a'] }, 'Duplicate value: "a"'],
    [{ pluginDirs: ['/a', '/a'] }, 'Duplicate value: "/a"'],
    [{ isolation: { enabeld: true } }, 'unknown field "spec.isolation.enabeld"'],
  ])('%j is refused at apply', async (spec, text) => {
    expect(await applied(spec)).toContain(text);
  });

  it.each([
    {},
    { timeBudgets: { plan: 9_999, add: 10_000 } },
    { timeBudgets: { add: 95_000 } },
    { isolation: { enabled: true } },
  ])('%j is taken', async (spec) => {
    expect(await applied(spec)).toBe('');
  });

  it('reaches the agent within ten seconds, and one that cannot be used leaves it in force, which WeftNode says', async () => {
    expect(await applied({ defaultNetworks: ['default/net-a'] })).toBe('');
    const steps = async (): Promise<number> =>
      (await wholeAdd(kube.node.socket, { annotations: {} })).steps.length;
    await until(async () => ((await steps()) === 2 ? true : undefined), 'its network', 10_000);
    // As of another version of weft, whose CRD lets through what this one refuses.
    const versions = [{ ...looseVersion, schema: { openAPIV3Schema: loose } }];
    const patch = JSON.stringify({ spec: { versions } });
    await kube.kubectl.must(['patch', 'crd', 'weftconfigs.weft.dev', '--type=merge', '-p', patch]);
    const bad = { timeBudgets: { plan: 20_000, add: 10_000 } };
    const given = async (): Promise<true | undefined> => {
      await kube.admin.writer
        .patch(configResource, { name: 'default' }, { kind: 'merge', body: { spec: bad } })
        .catch(() => undefined);
      const status = (await weftNode()).status ?? {};
      return reads(status, 'Degraded') === 'True Warnings' ? true : undefined;
    };
    await until(given, 'Degraded', 20_000);
    const { status = {} } = await weftNode();
    expect(condition(status, 'Degraded')?.message).toContain('plan must be below add');
    expect(condition(status, 'Degraded')?.message).toContain('the last configuration stays in force');
    expect([reads(status, 'Ready'), await steps()]).toEqual(['True Ready', 2]);
    expect((await kube.page('/readyz')).body).toContain('the last configuration stays in force');
  });
});

describe('the WeftNode after an outage of the API server', () => {
  it('is right again, though nobody told the agent that it is back', async () => {
    await kube.server.killApi();
    kube.node.write('net.d/00-multus.conf', '{"cniVersion":"0.3.1","name":"m","type":"multus"}');
    await sleep(15_000);
    await kube.server.startApi();
    await untilStatus((one) => reads(one, 'Ready') === 'False NotFirst', 'NotFirst', 90_000);
    rmSync(`${kube.node.root}/net.d/00-multus.conf`);
    await untilStatus((one) => reads(one, 'Ready') === 'True Ready', 'Ready');
  });
});

const date = '2026-01-02T03:04:05Z';
const tries = { calls: 3, firstAt: Date.parse(date), retries: 1, nextAt: Date.parse(date) + 30_000 };
const loose = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
const looseVersion = { name: 'v1alpha1', served: true, storage: true };

/** Hashes with which an ADD attaches net-a now. */
async function currentHashes(): Promise<readonly string[]> {
  const { steps } = await wholeAdd(kube.node.socket, {
    annotations: { 'k8s.v1.cni.cncf.io/networks': 'net-a' },
  });
  return steps.flatMap((step) => ('nad' in step && step.nad !== undefined ? [step.nad.hash] : []));
}

function attached(pod: string, hash: string): AttachmentRecord {
  const nad: NadRef = { namespace: 'default', name: 'net-a', hash };
  const steps = ['cluster', 'default/net-a'].map((network, index) => {
    const ifname = index === 0 ? 'eth0' : 'net1';
    const result = { cniVersion: '1.0.0', interfaces: [{ name: ifname, sandbox: '/n' }] };
    const one = attachedWith({ ifname, network, plugins: [{ type: 'bridge' }] }, result, index === 0);
    return index === 0 ? one : { ...one, step: { ...one.step, nad } as typeof one.step };
  });
  const sandbox = { containerId: `c-${pod}`, ifname: 'eth0', netns: '/n' };
  return recordOf(steps, { pod: { namespace: 'default', name: pod, uid: `uid-${pod}` }, sandbox });
}

function store(record: AttachmentRecord, suffix = '.json'): void {
  const path = `state/attachments/${recordKey(record.sandbox)}${suffix}`;
  kube.node.write(
    path,
    encodeRecord(record, (body) => crc32(body)),
  );
}
