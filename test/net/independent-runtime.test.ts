import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { rewriteRecord } from '../component/plugin/record-file.ts';
import { ScriptedBin } from '../fakes/scripted-delegate/scripted-delegate.ts';
import { MountNamespace } from '../harness/mount-namespace.ts';
import { expectSuccess } from '../harness/refusal.ts';
import { type RunEnd, run, until } from '../harness/run.ts';
import type { Pod, TestNode } from '../harness/sandbox.ts';
import { cnitoolBinary, libcniGcBinary } from '../harness/toolchain.ts';
import { defaultBridge, hostLocal } from './confs.ts';
import { differences, kernelLinks, NetBench, reservedAddresses } from './fixture.ts';

/** libcni's own cache, of a fixed place: cnitool sees a tmpfs there. */
const cacheDir = '/var/lib/cni';

/** The GC of the reference plugins does nothing, so one that collects ends each chain. */
const collector = (type: string): Readonly<Record<string, unknown>> => ({ type, script: 'GC: collect' });

let bench: NetBench;
let scripted: ScriptedBin;
let view: MountNamespace;
beforeAll(async () => {
  bench = await NetBench.start(
    (node) => ({
      '10-pods.conflist': { ...defaultBridge(node, [collector('keeper')]), cniVersion: '1.1.0' },
    }),
    (node) => ({ lan: lan(node) }),
  );
  scripted = new ScriptedBin(bench.node.dirs.bin);
  scripted.install('keeper', 'warden');
  const path = join(bench.node.dirs.conf, '00-weft.conflist');
  // 1.1.0 is offered once the agent is ready.
  await until('the offer of 1.1.0', 10_000, () => readFileSync(path, 'utf8').includes('1.1.0'));
  view = await MountNamespace.create();
  view.tmpfs('/var/lib', 4 * 1024 * 1024);
  view.sh(`mkdir -p ${cacheDir}`);
  mkdirSync(join(bench.node.dirs.cache, 'results'));
  // What is made once and stays: the bridges, and the chains of portmap.
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, 'lan'));
  expectSuccess(await bench.runtime.del(pod));
  bench.node.removePod(pod);
});
afterEach(() => bench.sweep());
afterAll(async () => {
  view?.dispose();
  await bench?.dispose();
});

function lan(node: TestNode): Readonly<Record<string, unknown>> {
  const ptp = { type: 'ptp', ipMasq: false, ipam: hostLocal(node, ['10.63.0.0/24']) };
  return { cniVersion: '1.1.0', plugins: [ptp, collector('warden')] };
}

/** As a person calls it, for a pod that asks for the network lan. */
function cnitool(verb: string, pod: Pod): Promise<RunEnd> {
  const { dirs } = bench.node;
  const env = {
    NETCONFPATH: dirs.conf,
    CNI_PATH: dirs.bin,
    CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=test;K8S_POD_NAME=pod-a',
    CAP_ARGS: JSON.stringify(bench.asking('lan')),
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  };
  return run([...bench.node.enter, ...view.enter, cnitoolBinary(), verb, 'weft', pod.netns], { env });
}

/** A runtime that calls GC with these of its sandboxes. */
function libcniGc(...pods: readonly Pod[]): Promise<RunEnd> {
  const { dirs } = bench.node;
  const env = {
    NETCONFPATH: dirs.conf,
    CNI_PATH: dirs.bin,
    CNI_CACHE: dirs.cache,
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  };
  const listed = pods.map(({ containerId }) => `${containerId}/eth0`);
  return run([...bench.node.enter, libcniGcBinary(), 'weft', ...listed], { env });
}

async function attached(): Promise<Pod> {
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, 'lan'));
  return pod;
}

/** As if it had been attached ten minutes ago. */
function age(...pods: readonly Pod[]): void {
  const { state, run: volatile } = bench.node.dirs;
  for (const directory of [state, volatile]) {
    for (const { containerId } of pods) {
      rewriteRecord(join(directory, 'attachments', `${containerId}:eth0.json`), (record) => ({
        ...record,
        createdAt: record.createdAt - 600_000,
      }));
    }
  }
}

function said(end: RunEnd): Readonly<Record<string, unknown>> {
  return { status: end.status, stdout: end.stdout, stderr: end.stderr };
}

const silence = { status: 0, stdout: '', stderr: '' };

describe('cnitool, which is libcni as a program', () => {
  it('asks for readiness, attaches, checks and detaches by weft, with real plugins', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    expect(said(await cnitool('status', pod))).toEqual(silence);
    const added = await cnitool('add', pod);
    expect(added.status, added.stderr).toBe(0);
    expect(JSON.parse(added.stdout)).toMatchObject({ cniVersion: '1.1.0', ips: [{ gateway: '10.61.0.1' }] });
    expect(kernelLinks(pod).map(({ name }) => name)).toEqual(['eth0', 'net1']);
    expect(said(await cnitool('check', pod))).toEqual(silence);
    expect(said(await cnitool('del', pod))).toEqual(silence);
    expect(kernelLinks(pod)).toEqual([]);
    expect(differences(before, bench.audit())).toEqual([]);
    expect(said(await cnitool('del', pod))).toEqual(silence);
  });

  it('calls GC without a list: libcni deletes what it remembers, weft says what is missing and does nothing [CNI-355]', async () => {
    const before = bench.audit();
    const [mine, other] = [bench.node.pod(), await attached()];
    age(other);
    expect((await cnitool('add', mine)).status).toBe(0);
    scripted.clearLog();
    const end = await cnitool('gc', mine);
    expect(end.status).toBe(1);
    expect(end.stderr).toContain('neither "cni.dev/valid-attachments" nor "cni.dev/attachments" is there');
    expect(end.stderr).toContain('reason=InvalidConfig');
    expect(scripted.calls().filter(({ verb }) => verb === 'GC')).toEqual([]);
    expect(kernelLinks(mine)).toEqual([]);
    expect(kernelLinks(other).map(({ name }) => name)).toEqual(['eth0', 'net1']);
    expectSuccess(await bench.runtime.del(other));
    expect(differences(before, bench.audit())).toEqual([]);
  });
});

describe('libcni with a list', () => {
  it('has the stale pod removed, every interface of the listed one kept, and delegates told [CNI-113] [CNI-116] [CNI-117] [NPWG-334]', async () => {
    const before = bench.audit();
    const used = await attached();
    const withOne = bench.audit();
    const stale = await attached();
    age(used, stale);
    const resources = join(bench.node.dirs.bin, '.scripted', 'resources');
    for (const lost of ['keeper,lost,eth0', 'warden,lost,net1']) writeFileSync(join(resources, lost), '');
    scripted.clearLog();
    expect(said(await libcniGc(used))).toEqual(silence);
    expect(kernelLinks(stale)).toEqual([]);
    expect(kernelLinks(used).map(({ name }) => name)).toEqual(['eth0', 'net1']);
    expect(reservedAddresses(bench.audit())).toEqual(reservedAddresses(withOne));
    expect(scripted.resources()).toEqual([
      `keeper,${used.containerId},eth0`,
      `warden,${used.containerId},net1`,
    ]);
    expect(scripted.calls().map(({ verb, name }) => `${verb} ${name}`)).toEqual([
      'DEL warden',
      'DEL keeper',
      'GC keeper',
      'GC warden',
    ]);
    expectSuccess(await bench.runtime.check(used));
    expectSuccess(await bench.runtime.del(used));
    expect(differences(before, bench.audit())).toEqual([]);
  });

  it('that is empty sends null: everything is stale but what is young [CNI-112]', async () => {
    const [old, young] = [await attached(), await attached()];
    age(old);
    expect(said(await libcniGc())).toEqual(silence);
    expect(kernelLinks(old)).toEqual([]);
    expect(kernelLinks(young).map(({ name }) => name)).toEqual(['eth0', 'net1']);
  });

  it('leaves nothing of a stale pod with the agent dead: no link, rule, address or record [CNI-117]', async () => {
    const before = bench.audit();
    const stale = await attached();
    age(stale);
    await bench.killAgent();
    expect(said(await libcniGc())).toEqual(silence);
    expect(differences(before, bench.audit())).toEqual([]);
    await bench.startAgent();
  });
});
