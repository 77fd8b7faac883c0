import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { MountNamespace } from '../harness/mount-namespace.ts';
import { expectSuccess } from '../harness/refusal.ts';
import { mustRun } from '../harness/run.ts';
import type { Pod } from '../harness/sandbox.ts';
import { cnitoolBinary } from '../harness/toolchain.ts';
import { defaultBridge } from './confs.ts';
import { differences, kernelLinks, NetBench, reservedAddresses } from './fixture.ts';

/** libcni's cache directory is fixed, so cnitool and weft see a tmpfs there. */
const cacheDir = '/var/lib/cni';

let bench: NetBench;
let view: MountNamespace;
beforeAll(async () => {
  bench = await NetBench.start((node) => ({ '10-pods.conflist': defaultBridge(node) }));
  view = await MountNamespace.create();
  // One level up, so that the machine needs no such directory.
  view.tmpfs('/var/lib', 4 * 1024 * 1024);
  view.sh(`mkdir -p ${cacheDir}`);
  const pod = bench.node.pod();
  expectSuccess(await bench.add(pod, undefined, { capabilityArgs: { portMappings } }));
  expectSuccess(await bench.runtime.del(pod));
});
afterEach(() => bench.sweep());
afterAll(async () => {
  view?.dispose();
  await bench?.dispose();
});

const portMappings = [{ hostPort: 18090, containerPort: 90, protocol: 'tcp' }];

/** ADD of the bare default network by libcni itself, as containerd did before weft was installed. */
function addWithCnitool(pod: Pod): void {
  const { dirs } = bench.node;
  const env = {
    NETCONFPATH: dirs.conf,
    CNI_PATH: dirs.bin,
    CNI_IFNAME: 'eth0',
    CNI_CONTAINERID: pod.containerId,
    CNI_ARGS: 'IgnoreUnknown=1;K8S_POD_NAMESPACE=test;K8S_POD_NAME=old',
    CAP_ARGS: JSON.stringify({ portMappings }),
    PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  };
  const assignments = Object.entries(env).map(([key, value]) => `${key}=${value}`);
  mustRun([
    ...bench.node.enter,
    ...view.enter,
    'env',
    '-i',
    ...assignments,
    cnitoolBinary(),
    'add',
    'pods',
    pod.netns,
  ]);
}

function cacheFiles(): readonly string[] {
  return view
    .sh(`ls ${cacheDir}/results 2>/dev/null || true`)
    .split('\n')
    .filter((name) => name !== '');
}

describe('a sandbox made before weft was installed', () => {
  it('is torn down completely by weft with the agent stopped', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    addWithCnitool(pod);
    const [file = ''] = cacheFiles();
    // cnitool derives its container ID from the namespace unless told; the cache says which it is.
    const cached = JSON.parse(view.sh(`cat '${cacheDir}/results/${file}'`)) as {
      containerId: string;
      kind: string;
    };
    expect(cached.kind).toBe('cniCacheV1');
    expect(kernelLinks(pod).map((link) => link.name)).toEqual(['eth0']);
    expect(reservedAddresses(bench.audit()).length).toBeGreaterThan(reservedAddresses(before).length);
    expect(mustRun([...bench.node.enter, 'nft', 'list', 'ruleset'])).toContain('18090');

    await bench.killAgent();
    const deleted = await bench.runtime.call('DEL', {
      containerId: cached.containerId,
      netns: pod.netns,
      through: view.enter,
      // What containerd would send: its configuration is ours by now, its result the one of then.
      prevResult: { cniVersion: '1.0.0', interfaces: [{ name: 'eth0', sandbox: pod.netns }] },
    });
    expectSuccess(deleted);
    expect(cacheFiles()).toEqual([]);
    expect(kernelLinks(pod)).toEqual([]);
    expect(differences(before, bench.audit())).toEqual([]);
    await bench.startAgent();
  });

  it('is torn down though its cache file is damaged: by the default network of node.json', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    addWithCnitool(pod);
    const [file = ''] = cacheFiles();
    const { containerId } = JSON.parse(view.sh(`cat '${cacheDir}/results/${file}'`)) as {
      containerId: string;
    };
    view.sh(`truncate -s 20 '${cacheDir}/results/${file}'`);
    await bench.killAgent();
    expectSuccess(await bench.runtime.call('DEL', { containerId, netns: pod.netns, through: view.enter }));
    expect(kernelLinks(pod)).toEqual([]);
    // Without the cached capability arguments nobody knows the port mapping's rules; addresses and links must be free.
    expect(reservedAddresses(bench.audit())).toEqual(reservedAddresses(before));
    view.sh(`rm -f ${cacheDir}/results/*`);
    await bench.startAgent();
  });

  it('has its default network in node.json, written before our configuration', () => {
    const { dirs } = bench.node;
    const file = JSON.parse(readFileSync(join(dirs.state, 'node.json'), 'utf8')) as {
      defaultNetwork: { networkName: string; plugins: { type: string }[] };
    };
    expect(file.defaultNetwork.networkName).toBe('pods');
    expect(file.defaultNetwork.plugins.map((plugin) => plugin.type)).toEqual(['bridge', 'portmap', 'tuning']);
    expect(readdirSync(dirs.conf)).toContain('00-weft.conflist');
  });
});

describe("Multus's files", () => {
  it('of a sandbox made under Multus are enough to tear it down: its cache', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    addWithCnitool(pod);
    const [file = ''] = cacheFiles();
    const { containerId } = JSON.parse(view.sh(`cat '${cacheDir}/results/${file}'`)) as {
      containerId: string;
    };
    view.sh(
      `mkdir -p ${cacheDir}/multus/results && mv '${cacheDir}/results/${file}' ${cacheDir}/multus/results/`,
    );
    await bench.killAgent();
    expectSuccess(await bench.runtime.call('DEL', { containerId, netns: pod.netns, through: view.enter }));
    expect(kernelLinks(pod)).toEqual([]);
    expect(differences(before, bench.audit())).toEqual([]);
    expect(view.sh(`ls ${cacheDir}/multus/results`)).toBe('');
    await bench.startAgent();
  });

  it('are enough without the cache: the scratch file names the delegates', async () => {
    const before = bench.audit();
    const pod = bench.node.pod();
    addWithCnitool(pod);
    const [file = ''] = cacheFiles();
    const { containerId } = JSON.parse(view.sh(`cat '${cacheDir}/results/${file}'`)) as {
      containerId: string;
    };
    view.sh(`rm '${cacheDir}/results/${file}'; mkdir -p ${cacheDir}/multus`);
    // As saveDelegates writes it: an array of DelegateNetConf, the configuration's bytes in base64.
    const conflist = readFileSync(join(bench.node.dirs.conf, '10-pods.conflist'));
    const delegates = [{ Conf: {}, ConfList: {}, Name: 'pods', Bytes: conflist.toString('base64') }];
    const scratch = join(bench.node.dirs.root, 'scratch');
    writeFileSync(scratch, JSON.stringify(delegates));
    view.sh(`cp '${scratch}' '${cacheDir}/multus/${containerId}'`);
    // Not the default network of node.json, which would do as well here.
    view.sh(`mount -t tmpfs tmpfs '${bench.node.dirs.state}'`);
    await bench.killAgent();
    expectSuccess(await bench.runtime.call('DEL', { containerId, netns: pod.netns, through: view.enter }));
    view.unmount(bench.node.dirs.state);
    expect(kernelLinks(pod)).toEqual([]);
    expect(reservedAddresses(bench.audit())).toEqual(reservedAddresses(before));
    expect(view.sh(`ls ${cacheDir}/multus`)).toBe('results\n');
    await bench.startAgent();
  });
});
