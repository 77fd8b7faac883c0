import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { ApiLink } from '../../src/agent/sources/kube/api-link.ts';
import { WatchedPods } from '../../src/agent/sources/kube/watched-pods.ts';
import { RecordsSource } from '../../src/agent/sources/records-directory.ts';
import { PodStatus } from '../../src/agent/status/pod-status.ts';
import type { AttachmentRecord } from '../../src/attachment/record.ts';
import { encodeRecord } from '../../src/attachment/record-codec.ts';
import { recordKey } from '../../src/attachment/record-key.ts';
import { systemClock } from '../../src/daemon/clock.ts';
import { silentLog } from '../../src/daemon/log.ts';
import { Metrics } from '../../src/daemon/metrics.ts';
import { HttpsTransport } from '../../src/kube/https-transport.ts';
import type { ApiAnswer, ApiRequest, ApiStream, Transport } from '../../src/kube/transport.ts';
import { Kubectl } from '../harness/kubectl.ts';
import { until } from '../harness/run.ts';
import { attachedWith, recordOf } from '../unit/attachment/records.ts';
import { pods } from './bodies.ts';
import { Admin, adminServer, certificateAccess } from './shared-server.ts';

const namespace = 'status';
const node = 'status-node';
const networksKey = 'k8s.v1.cni.cncf.io/networks';
const statusKey = 'k8s.v1.cni.cncf.io/network-status';
const hashesKey = 'weft.dev/network-hashes';

let admin: Admin;
let kubectl: Kubectl;
let agent: StatusAgent | undefined;

beforeAll(async () => {
  const server = inject(adminServer);
  admin = new Admin(certificateAccess(server));
  kubectl = await Kubectl.open(server);
  await admin.namespace(namespace);
});
afterEach(async () => {
  await agent?.close();
  agent = undefined;
});
afterAll(() => {
  kubectl.close();
  admin.close();
});

/** Notes which calls go by. */
class CountingTransport implements Transport {
  readonly calls: string[] = [];
  readonly #inner: Transport;

  constructor(inner: Transport) {
    this.#inner = inner;
  }

  request(request: ApiRequest): Promise<ApiAnswer> {
    this.calls.push(`${request.method} ${request.path.split('?')[0]}`);
    return this.#inner.request(request);
  }

  stream(request: ApiRequest): Promise<ApiStream> {
    return this.#inner.stream(request);
  }

  close(): void {
    this.#inner.close();
  }
}

/** What of an agent makes status, over a real connection. */
class StatusAgent {
  readonly transport: CountingTransport;
  readonly status: PodStatus;
  readonly #dir: string;
  readonly #pods: WatchedPods;
  readonly #link: ApiLink;

  private constructor() {
    const access = certificateAccess(inject(adminServer));
    this.#dir = mkdtempSync(join(tmpdir(), 'weft-status-'));
    mkdirSync(join(this.#dir, 'attachments'));
    writeFileSync(join(this.#dir, 'boot-id'), 'boot-1\n');
    this.transport = new CountingTransport(new HttpsTransport(access, systemClock, 'weft-test'));
    const room = { clock: systemClock, random: Math.random, log: silentLog, metrics: new Metrics() };
    this.#link = new ApiLink({ transport: this.transport, ...room });
    this.#pods = new WatchedPods(this.#link, node);
    this.status = new PodStatus({
      pods: this.#pods,
      writer: this.#link.writer,
      records: new RecordsSource({ stateDir: this.#dir, runDir: this.#dir }, systemClock),
      ...room,
      nodeName: node,
      version: '0.0.0',
    });
    this.status.start();
    this.#pods.informer.start();
  }

  static async start(): Promise<StatusAgent> {
    agent = new StatusAgent();
    const running = agent;
    await until('the first list of pods', 10_000, () => running.#pods.synced);
    running.transport.calls.length = 0;
    return running;
  }

  async added(record: AttachmentRecord): Promise<void> {
    const text = encodeRecord(record, (body) => crc32(body));
    writeFileSync(join(this.#dir, 'attachments', `${recordKey(record.sandbox)}.json`), text);
    await this.status.write(record);
  }

  async close(): Promise<void> {
    await this.status.close();
    await this.#link.close();
    rmSync(this.#dir, { recursive: true });
  }
}

interface MadePod {
  readonly name: string;
  readonly uid: string;
}

async function makePod(name: string, annotations: Readonly<Record<string, string>>): Promise<MadePod> {
  const made = await admin.writer.create(pods, namespace, {
    metadata: { name, annotations },
    spec: { nodeName: node, containers: [{ name: 'main', image: 'none' }] },
  });
  return { name, uid: made.metadata.uid ?? '' };
}

/** Its first container has started, as the kubelet says it. */
async function run({ name }: MadePod): Promise<void> {
  const state = { running: { startedAt: '2026-01-01T00:00:00Z' } };
  const main = {
    name: 'main',
    image: 'none',
    imageID: '',
    ready: true,
    restartCount: 0,
    containerID: 'containerd://1',
    state,
  };
  const conditions = [{ type: 'Ready', status: 'True' }];
  const body = { status: { phase: 'Running', conditions, containerStatuses: [main] } };
  await admin.writer.patch(pods, { namespace, name }, { kind: 'strategic', subresource: 'status', body });
}

function record({ name, uid }: MadePod, network = `${namespace}/net-a`): AttachmentRecord {
  const steps = ['cluster', network].map((each, index) => {
    const ifname = index === 0 ? 'eth0' : 'net1';
    const result = {
      cniVersion: '1.0.0',
      interfaces: [{ name: ifname, sandbox: '/n' }],
      ips: [{ address: `10.0.${index}.5/24`, interface: 0 }],
    };
    const one = attachedWith({ ifname, network: each, plugins: [{ type: 'bridge' }] }, result, index === 0);
    const [from = '', nad = ''] = each.split('/');
    const ref = { namespace: from, name: nad, hash: '0123456789abcdef'.repeat(4) };
    return nad === '' ? one : { ...one, step: { ...one.step, nad: ref } as typeof one.step };
  });
  const sandbox = { containerId: `c-${name}`, ifname: 'eth0', netns: '/n' };
  return recordOf(steps, { pod: { namespace, name, uid }, sandbox });
}

/** What kubectl prints of a pod by a JSONPath. */
function shown(name: string, path: string): Promise<string> {
  return kubectl.must(['get', 'pod', '-n', namespace, name, '-o', `jsonpath=${path}`]);
}

/** A pod must be right within 10 s; kubectl itself takes a moment. */
const wait = { timeout: 12_000, interval: 250 };
const conditionPath = '{.status.conditions[?(@.type=="weft.dev/NetworksReady")].status}';

function statusPath(name: string): string {
  return `PATCH /api/v1/namespaces/${namespace}/pods/${name}/status`;
}

describe('the status at a real API server', () => {
  it('is one PATCH an ADD, no read, also when the watch has brought it back', async () => {
    const running = await StatusAgent.start();
    const made = await Promise.all(
      Array.from({ length: 20 }, (_, index) => makePod(`burst-${index}`, { [networksKey]: 'net-a' })),
    );
    await Promise.all(made.map((pod) => running.added(record(pod))));
    for (const { name } of made) expect(await shown(name, conditionPath)).toBe('True');
    await new Promise((resolve) => setTimeout(resolve, 9_000));
    expect([...running.transport.calls].sort()).toEqual(made.map(({ name }) => statusPath(name)).sort());
  });

  it('touches neither annotations and conditions of others nor the selection [NPWG-163]', async () => {
    const running = await StatusAgent.start();
    const made = await makePod('others', { [networksKey]: '[{"name": "net-a"}]', mine: 'kept' });
    await run(made);
    await running.added(record(made));
    const pod = await admin.writer.get(pods, { namespace, name: 'others' });
    const annotations = pod.metadata['annotations'] as Readonly<Record<string, string>>;
    expect(Object.keys(annotations).sort()).toEqual([networksKey, statusKey, hashesKey, 'mine'].sort());
    expect(annotations[hashesKey]).toBe(`{"${namespace}/net-a":"0123456789abcdef"}`);
    expect([annotations['mine'], annotations[networksKey]]).toEqual(['kept', '[{"name": "net-a"}]']);
    const { conditions, containerStatuses } = pod['status'] as {
      conditions: { type: string; status: string }[];
      containerStatuses: object[];
    };
    expect(conditions.map(({ type, status }) => `${type} ${status}`).sort()).toEqual([
      'Ready True',
      'weft.dev/NetworksReady True',
    ]);
    expect(containerStatuses).toHaveLength(1);
    expect(JSON.parse(annotations[statusKey] ?? '')).toMatchObject([
      { name: 'cluster', interface: 'eth0', ips: ['10.0.0.5'], default: true },
      { name: 'status/net-a', interface: 'net1', ips: ['10.0.1.5'], default: false },
    ]);
  });

  it("goes to the mirror pod of a static pod by the mirror's own uid", async () => {
    const running = await StatusAgent.start();
    const hash = '0123456789abcdef0123456789abcdef';
    await running.added(record({ name: 'mirror', uid: hash }));
    expect(running.transport.calls).toEqual([]);
    await makePod('mirror', {
      'kubernetes.io/config.hash': hash,
      'kubernetes.io/config.mirror': hash,
      [networksKey]: 'net-a',
    });
    await expect.poll(() => shown('mirror', conditionPath), wait).toBe('True');
    expect(running.transport.calls).toEqual([statusPath('mirror')]);
  });

  it('of an earlier pod is not written to a new one of its name [NPWG-159]', async () => {
    const running = await StatusAgent.start();
    const old = await makePod('again', { [networksKey]: 'net-a' });
    await admin.remove(`/api/v1/namespaces/${namespace}/pods/again`);
    const next = await makePod('again', { [networksKey]: 'net-a' });
    expect(next.uid).not.toBe(old.uid);
    await running.added(record(old, `${namespace}/old`));
    expect(await shown('again', conditionPath)).toBe('');
    await admin.remove(`/api/v1/namespaces/${namespace}/pods/again`);
    await running.added(record(old, `${namespace}/old`));
    expect(running.transport.calls.filter((call) => call !== statusPath('again'))).toEqual([]);
  });

  it('of a pod that runs without its networks is an event that kubectl shows, and a condition', async () => {
    await StatusAgent.start();
    await run(await makePod('bare', { [networksKey]: 'net-a' }));
    await expect.poll(() => shown('bare', conditionPath), wait).toBe('False');
    const describe = (): Promise<string> => kubectl.must(['describe', 'pod', '-n', namespace, 'bare']);
    await expect.poll(describe, wait).toContain('NetworksNotAttached');
    const said = await describe();
    expect(said).toMatch(/weft\.dev\/NetworksReady +False/);
    expect(said).toMatch(/Warning +NetworksNotAttached .*network status\/net-a, .*delete the pod/);
  });
});
