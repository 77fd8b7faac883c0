import { chmodSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterNode } from '../../../hack/cluster/node.ts';
import { delegatesOf } from '../../../src/attachment/plan.ts';
import { eventually } from '../eventually.ts';
import { attachedPod, expectAttached, networkStatus, networksReady } from './attached-pod.ts';
import { DevicePlugin, describeDevice, deviceInfoDir, nicResource, nicVariable } from './device-plugin.ts';
import { networkedPod } from './networked-pod.ts';
import { recordsOf } from './records.ts';
import { weftSuite } from './weft-suite.ts';

const suite = weftSuite('devices');
const nics = ['0000:18:02.1', '0000:18:02.2', '0000:18:02.3'];
const infos = new Map<string, object>();
let plugin: DevicePlugin | undefined;

/** A plugin that writes what it knows of its socket, and hands the result on. weft puts prevResult last. */
const writer = `#!/bin/sh -e
conf=$(tr -d '\\n')
path=$(printf %s "$conf" | sed 's/.*"CNIDeviceInfoFile":"\\([^"]*\\)".*/\\1/')
case $CNI_COMMAND in
ADD)
  printf %s '{"type":"memif","version":"1.0.0","memif":{"role":"slave","path":"/run/x","mode":"ip"}}' >"$path"
  printf %s "$conf" | sed 's/.*,"prevResult":\\(.*\\)}$/\\1/' ;;
VERSION) echo '{"cniVersion":"1.0.0","supportedVersions":["1.0.0"]}' ;;
esac
`;

function node(): ClusterNode {
  return suite.cluster.node('node1');
}

function writerFile(): string {
  return join(node().paths.optCniBin, 'weft-test-writer');
}

function macvlan(number: number): object {
  const ipam = { type: 'host-local', ranges: [[{ subnet: `10.8${number}.0.0/24` }]] };
  return { type: 'macvlan', master: 'eth1', mode: 'bridge', ipam };
}

function network(name: string, resource: string | undefined, ...plugins: readonly object[]): object {
  const annotations = resource === undefined ? {} : { 'k8s.v1.cni.cncf.io/resourceName': resource };
  return {
    apiVersion: 'k8s.cni.cncf.io/v1',
    kind: 'NetworkAttachmentDefinition',
    metadata: { name, annotations },
    spec: { config: JSON.stringify({ cniVersion: '1.0.0', name: `devices-${name}`, plugins }) },
  };
}

/** File names for attachments, and those of the device plugin. */
function files(which: 'cni' | 'dp'): readonly string[] {
  return readdirSync(join(deviceInfoDir(node()), which)).sort();
}

/** How often the kubelet was asked for the devices of one pod, and of all. */
async function kubeletCalls(): Promise<Readonly<Record<string, number>>> {
  const text = await suite.cluster.kubectl(['get', '--raw', '/api/v1/nodes/node1/proxy/metrics']);
  const count = (what: string): number =>
    Number(
      new RegExp(`^kubelet_pod_resources_endpoint_requests_${what}\\{.*\\} (\\d+)`, 'm').exec(text)?.[1] ?? 0,
    );
  return { get: count('get'), list: count('list') };
}

beforeAll(async () => {
  writeFileSync(writerFile(), writer);
  chmodSync(writerFile(), 0o755);
  for (const id of nics) infos.set(id, describeDevice(node(), id));
  plugin = await DevicePlugin.register(node(), nics);
  await eventually('the devices of the node', 60_000, async () => {
    const path = `{.status.allocatable.${nicResource.replaceAll('.', '\\.')}}`;
    const count = await suite.cluster.kubectl(['get', 'node', 'node1', `--output=jsonpath=${path}`]);
    if (count !== String(nics.length)) throw new Error(`allocatable: '${count}'`);
  });
  await suite.kube.apply(
    network('one', nicResource, { ...macvlan(1), capabilities: { deviceID: true } }),
    network('two', nicResource, macvlan(2)),
    network('noted', undefined, macvlan(3), {
      type: 'weft-test-writer',
      capabilities: { CNIDeviceInfoFile: true },
    }),
  );
}, 120_000);

afterAll(async () => {
  await plugin?.close();
  rmSync(writerFile(), { force: true });
  rmSync(deviceInfoDir(node()), { recursive: true, force: true });
});

const three = [{ name: 'one' }, { name: 'noted' }, { name: 'two' }];

describe('a pod that requests two devices and asks for two networks of them', () => {
  it('gets two different ones, its delegates are told, and its status shows what is known of them [NPWG-150] [NPWG-188] [NPWG-189] [NPWG-191]', async () => {
    const before = await kubeletCalls();
    const limits = { [nicResource]: '2' };
    await suite.kube.apply(networkedPod('nics', { networks: three, node: 'node1', limits }));
    await suite.kube.untilReady('nics');
    const { pod } = await expectAttached(suite.kube, 'nics');
    const given = (await suite.kube.exec('nics', 'sh', '-c', `echo $${nicVariable}`))
      .trim()
      .split(' ')
      .sort();
    expect(new Set(given).size).toBe(2);
    const record = recordsOf(node()).find((one) => one.pod?.name === 'nics');
    const steps = delegatesOf((record?.steps ?? []).map(({ step }) => step));
    expect(steps.map(({ device }) => device?.id)).toEqual([undefined, given[0], undefined, given[1]]);
    const configs = steps.map(({ plugins }) => JSON.parse(plugins[0]?.config ?? '{}') as object);
    expect(configs[1]).toMatchObject({
      deviceID: given[0],
      pciBusID: given[0],
      runtimeConfig: { deviceID: given[0] },
    });
    expect(configs[3]).toMatchObject({ deviceID: given[1], pciBusID: given[1] });
    const shown = networkStatus(pod).map((entry) => (entry as { 'device-info'?: object })['device-info']);
    expect(shown[0]).toBeUndefined();
    expect(shown[1]).toEqual(infos.get(given[0] ?? ''));
    expect(shown[3]).toEqual(infos.get(given[1] ?? ''));
    expect(await kubeletCalls()).toEqual({ ...before, get: (before['get'] ?? 0) + 1 });
  });

  it('has in its status what a delegate wrote, too, and a file for each attachment [NPWG-186] [NPWG-187] [NPWG-190] [NPWG-192] [NPWG-193]', async () => {
    const status = networkStatus(await attachedPod(suite.kube, 'nics'));
    const memif = { role: 'slave', path: '/run/x', mode: 'ip' };
    expect(status[2]).toMatchObject({ 'device-info': { type: 'memif', version: '1.0.0', memif } });
    const record = recordsOf(node()).find((one) => one.pod?.name === 'nics');
    const id = record?.sandbox.containerId ?? '';
    const { name } = suite.kube;
    const expected = [`${name}-one-${id}_net1`, `${name}-noted-${id}_net2`, `${name}-two-${id}_net3`];
    expect(files('cni')).toEqual(expected.sort());
    // weft has made it: nothing wrote there before.
    expect(statSync(join(deviceInfoDir(node()), 'cni')).mode & 0o777).toBe(0o755);
    const copy = readFileSync(join(deviceInfoDir(node()), 'cni', `${name}-one-${id}_net1`), 'utf8');
    expect([...infos.values()]).toContainEqual(JSON.parse(copy));
  });

  it('leaves no file when it goes, and those of the device plugin stay [NPWG-194] [NPWG-195]', async () => {
    await suite.kube.kubectl('delete', 'pod', 'nics');
    await eventually('the end of the files', 20_000, async () => {
      if (files('cni').length > 0) throw new Error(files('cni').join());
    });
    expect(files('dp')).toHaveLength(nics.length);
  });
});

describe('other pods', () => {
  it('cost the kubelet no call', async () => {
    const before = await kubeletCalls();
    await suite.kube.apply(networkedPod('plain', { networks: [{ name: 'noted' }], node: 'node1' }));
    await suite.kube.untilReady('plain');
    expect(await kubeletCalls()).toEqual(before);
    await suite.kube.kubectl('delete', 'pod', 'plain');
  });

  it('with fewer devices than networks do not start, and their condition says why', async () => {
    const limits = { [nicResource]: '1' };
    const networks = [{ name: 'one' }, { name: 'two' }];
    await suite.kube.apply(networkedPod('short', { networks, node: 'node1', limits }));
    const condition = await eventually('the refusal', 30_000, async () => {
      const seen = networksReady(await attachedPod(suite.kube, 'short'));
      if (seen?.status !== 'False') throw new Error(JSON.stringify(seen));
      return seen;
    });
    expect(condition.reason).toBe('DeviceNotAllocated');
    expect(condition.message).toContain(
      `the pod needs 2 or more of ${nicResource}, and the kubelet has allocated 1`,
    );
    await suite.kube.kubectl('delete', 'pod', 'short');
    expect(files('cni')).toEqual([]);
  });
});

it('leaves nothing else on the nodes', async () => {
  // host-local keeps a directory for each network that was ever used.
  for (const name of ['one', 'two', 'noted'])
    rmSync(join(node().paths.varLibCni, 'networks', `devices-${name}`), { recursive: true, force: true });
  expect(await suite.leftovers()).toEqual([]);
});
