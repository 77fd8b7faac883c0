import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { RecordsSource } from '../../../../src/agent/sources/records-directory.ts';
import { PodStatus } from '../../../../src/agent/status/pod-status.ts';
import type { AttachmentRecord } from '../../../../src/attachment/record.ts';
import { encodeRecord } from '../../../../src/attachment/record-codec.ts';
import { recordKey } from '../../../../src/attachment/record-key.ts';
import type { Log } from '../../../../src/daemon/log.ts';
import { Metrics } from '../../../../src/daemon/metrics.ts';
import { Writer } from '../../../../src/kube/writer.ts';
import { FakeClock, settle } from '../../../fakes/fake-clock.ts';
import { PodApi, uidOf } from '../../../fakes/pod-api.ts';
import { attachedWith, recordOf, stepIn } from '../../../unit/attachment/records.ts';

export const networksKey = 'k8s.v1.cni.cncf.io/networks';
export const statusKey = 'k8s.v1.cni.cncf.io/network-status';

/** A node with its records on a real disk, an agent's PodStatus, and an API server; time stands still. */
export class StatusScene {
  readonly clock: FakeClock = new FakeClock();
  readonly api: PodApi = new PodApi(() => this.clock.monotonic());
  readonly directories: { readonly stateDir: string; readonly runDir: string };
  /** Lines of the log from `warn` on: message and fields. */
  readonly warnings: string[] = [];
  readonly #dir: string = mkdtempSync(join(tmpdir(), 'weft-status-'));
  #metrics = new Metrics();
  #status: PodStatus | undefined;

  constructor() {
    this.directories = { stateDir: join(this.#dir, 'state'), runDir: join(this.#dir, 'run') };
    mkdirSync(join(this.directories.stateDir, 'attachments'), { recursive: true });
    mkdirSync(this.directories.runDir);
    this.boot('boot-1');
  }

  /** The agent's, which is started with the first use. */
  get status(): PodStatus {
    this.#status ??= this.#start();
    return this.#status;
  }

  boot(id: string): void {
    writeFileSync(join(this.directories.runDir, 'boot-id'), `${id}\n`);
  }

  /** The agent dies without a word, and another begins. */
  async restart(): Promise<void> {
    await this.#status?.close();
    this.#metrics = new Metrics();
    this.#status = this.#start();
    await this.pass(0);
  }

  /** Time passes in small steps: an answer that comes at once may begin a pause that ends within it. */
  async pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 25) {
      await settle();
      await this.clock.pass(Math.min(25, ms - passed));
    }
    for (let round = 0; round < 5; round += 1) await settle();
  }

  /** Makes a record durable as the plugin does. */
  store(record: AttachmentRecord): AttachmentRecord {
    writeFileSync(
      this.file(record),
      encodeRecord(record, (text) => crc32(text)),
    );
    return record;
  }

  erase(record: AttachmentRecord): void {
    rmSync(this.file(record));
  }

  file(record: AttachmentRecord): string {
    return join(this.directories.stateDir, 'attachments', `${recordKey(record.sandbox)}.json`);
  }

  /** An ADD that has succeeded: its record is on disk, and the agent is told. Resolves when the status need not be waited for. */
  async added(record: AttachmentRecord): Promise<void> {
    this.store(record);
    await this.status.write(record);
  }

  /** The names, with interfaces, that the annotation of a pod has; undefined: there is none. */
  networks(key: string): readonly string[] | undefined {
    const text = this.api.annotationsOf(key)[statusKey];
    if (text === undefined) return undefined;
    const entries = JSON.parse(text) as { name: string; interface?: string }[];
    return entries.map((entry) => `${entry.name}@${entry.interface ?? ''}`);
  }

  /** Value of a metric without labels, or with exactly these. */
  async metric(name: string): Promise<number | undefined> {
    const text = await this.#metrics.render();
    const line = text.split('\n').find((candidate) => candidate.startsWith(`${name} `));
    return line === undefined ? undefined : Number(line.split(' ')[1]);
  }

  async close(): Promise<void> {
    await this.#status?.close();
    rmSync(this.#dir, { recursive: true });
  }

  #start(): PodStatus {
    const { clock, api } = this;
    const random = (): number => 0.5;
    const status = new PodStatus({
      pods: api,
      writer: new Writer({ transport: api, clock, random, fieldManager: 'weft-agent' }),
      records: new RecordsSource(this.directories, clock),
      clock,
      random,
      log: this.#log(),
      metrics: this.#metrics,
      nodeName: 'node-a',
      version: '0.0.0',
    });
    status.start();
    return status;
  }

  #log(): Log {
    const warn = (fields: object, message: string): void => {
      this.warnings.push(`${message} ${JSON.stringify(fields)}`);
    };
    return { debug: () => {}, info: () => {}, warn, error: warn };
  }
}

/** The record of a pod that has the cluster's network and these, in a sandbox. */
export function attachedRecord(
  pod: string,
  networks: readonly string[],
  more: Partial<AttachmentRecord> = {},
): AttachmentRecord {
  const steps = ['cluster', ...networks].map((network, index) => {
    const ifname = index === 0 ? 'eth0' : `net${index}`;
    const result = {
      cniVersion: '1.0.0',
      interfaces: [{ name: ifname, sandbox: '/run/netns/a' }],
      ips: [{ address: `10.0.${index}.5/24`, interface: 0 }],
    };
    return attachedWith({ ifname, network, plugins: [{ type: 'bridge' }] }, result, index === 0);
  });
  return recordFor(pod, { steps, ...more });
}

/** An ADD that failed and left nothing. */
export function failedRecord(pod: string, reason: string, msg: string): AttachmentRecord {
  const failure = { cniVersion: '1.0.0', code: 7, msg, details: `reason=${reason}` };
  return recordFor(pod, { steps: [stepIn('pending')], failure });
}

function recordFor(pod: string, more: Partial<AttachmentRecord>): AttachmentRecord {
  return recordOf([], {
    pod: { namespace: 'ns1', name: pod, uid: uidOf(pod) },
    sandbox: { containerId: `c-${pod}`, ifname: 'eth0', netns: '/run/netns/a' },
    ...more,
  });
}
