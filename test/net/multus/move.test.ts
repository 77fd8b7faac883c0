import { readdirSync, rmSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type AuditSnapshot, takeSnapshot } from '../../harness/auditor.ts';
import { expectSuccess } from '../../harness/refusal.ts';
import { differences, kernelLinks } from '../fixture.ts';
import { defaultNetwork, type PodCase, plugins, podCases } from './cases.ts';
import { type ApiPod, ipamOf, MultusBench } from './multus-bench.ts';
import { intendedDifferences } from './status-differences.ts';
import { defaultConfName, WeftBeside } from './weft-beside.ts';

const long = process.env['WEFT_LONG'] === '1';
const sameKind: readonly string[] = [
  'no networks',
  'one network by name',
  'the same network twice',
  'a network without name and version',
  'the default route over macvlan',
  'the example of Multus',
  'addresses of a network that does not declare them',
];
/** Pods that Multus attaches and weft does not. */
const refused = intendedDifferences.flatMap(({ field, pods = [] }) => (field === '(pod)' ? pods : []));

const all = podCases();

let bench: MultusBench;
let weft: WeftBeside;
let before: AuditSnapshot;

beforeAll(async () => {
  bench = await MultusBench.start(plugins, (node) => ({ delegates: [defaultNetwork(ipamOf(node))] }));
  await bench.furnish();
  weft = await WeftBeside.start(bench, defaultNetwork(ipamOf(bench.node)));
  // Bridges, base chains and directories stay after their first use.
  for (const name of ['a host port', 'port mappings and cni-args', 'another default network']) {
    const one = all[name] ?? { annotations: {} };
    for (const attach of [underMultus, underWeft]) expectSuccess(await weft.del(await attach(one)));
  }
}, 300_000);
beforeEach(() => {
  before = audit();
});
afterEach(() => weft.startAgent());
afterAll(async () => {
  await weft?.killAgent();
  await bench?.dispose();
});

/** In `make test` those of which each is of another kind. */
const cases: readonly (readonly [string, PodCase])[] = Object.entries(all).filter(
  ([name]) => long || !sameKind.includes(name),
);
/** The same with files that are lost costs half a minute. */
const some = long ? cases : cases.slice(2, 5);
const twoNetworks: PodCase = all['two, one with its interface named'] ?? { annotations: {} };

/** Everything of the node that an attachment may leave, libcni's and Multus's files included. */
function audit(): AuditSnapshot {
  const { dirs, name } = bench.node;
  return takeSnapshot({
    netns: [`/run/netns/${name}`],
    dirs: {
      ipam: dirs.ipam,
      state: dirs.state,
      run: join(dirs.run, 'attachments'),
      locks: join(dirs.run, 'locks'),
      multus: dirs.multus,
      cache: dirs.cache,
    },
    processMarkers: [`CNI_PATH=${dirs.bin}`],
  });
}

/** What is there that was not; host-local keeps a directory with a lock for each network. */
function changes(): readonly string[] {
  return differences(before, audit()).filter((line) => !/^\+ ipam\/[^/]+\/(lock .*)?$/.test(line));
}

function more({ portMappings }: PodCase): Readonly<Record<string, unknown>> {
  return portMappings === undefined ? {} : { portMappings };
}

async function underMultus(one: PodCase): Promise<ApiPod> {
  const pod = await bench.pod(one.annotations);
  expectSuccess(await bench.multus('ADD', pod, { capabilityArgs: more(one) }));
  return pod;
}

async function underWeft(one: PodCase): Promise<ApiPod> {
  const pod = await bench.pod(one.annotations);
  expectSuccess(await weft.add(pod, one.annotations, more(one)));
  return pod;
}

describe('a pod that Multus attached, deleted after the node was switched to weft', () => {
  it.each(cases)('leaves nothing, with the agent away: %s', async (_, one) => {
    const pod = await underMultus(one);
    await weft.killAgent();
    expectSuccess(await weft.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
    expect(changes()).toEqual([]);
  });

  it.each(some)('leaves nothing though its scratch file is cut off: %s', async (_, one) => {
    const pod = await underMultus(one);
    truncateSync(join(bench.node.dirs.multus, pod.containerId), 100);
    expectSuccess(await weft.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
    expect(changes()).toEqual([]);
  });

  it.each(cases)(
    'leaves no link and no address though libcni\u2019s cache of it is lost: %s',
    async (_, one) => {
      const pod = await underMultus(one);
      const results = join(bench.node.dirs.multus, 'results');
      for (const name of readdirSync(results)) rmSync(join(results, name));
      expectSuccess(await weft.del(pod));
      expect(kernelLinks(pod)).toEqual([]);
      // What the pod asked of host ports is in no other file.
      const left = changes().filter((line) => !/dnat|hostport|portmap/i.test(line));
      expect(left).toEqual([]);
    },
  );

  it('leaves no link and no address though all its files are lost: its networks are resolved anew', async () => {
    const pod = await underMultus(twoNetworks);
    truncateSync(join(bench.node.dirs.multus, pod.containerId), 100);
    const results = join(bench.node.dirs.multus, 'results');
    for (const name of readdirSync(results)) rmSync(join(results, name));
    expectSuccess(await weft.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
    expect(changes()).toEqual([]);
    expect(weft.log).toContain('resolved anew for its DEL');
  });

  it('leaves nothing though its namespace is gone before', async () => {
    const pod = await underMultus(twoNetworks);
    bench.node.removePod(pod);
    expectSuccess(await weft.del(pod));
    expect(changes()).toEqual([]);
  });

  it.each([
    ['kept', false],
    ['lost', true],
  ])(
    'leaves nothing where Multus found the default network on disk, libcni\u2019s cache %s',
    async (_, lost: boolean) => {
      bench.configure({
        delegates: undefined,
        clusterNetwork: join(bench.node.dirs.conf, defaultConfName),
      });
      const pod = await underMultus(twoNetworks);
      bench.configure({ delegates: [defaultNetwork(ipamOf(bench.node))], clusterNetwork: undefined });
      const results = join(bench.node.dirs.multus, 'results');
      if (lost) for (const name of readdirSync(results)) rmSync(join(results, name));
      expectSuccess(await weft.del(pod));
      expect(kernelLinks(pod)).toEqual([]);
      expect(changes()).toEqual([]);
    },
  );

  it('is deleted by Multus as ever, when the node is switched back before', async () => {
    const pod = await underMultus(twoNetworks);
    const other = await underWeft(twoNetworks);
    expectSuccess(await weft.del(other));
    await weft.killAgent();
    expect((await weft.handover()).status).toBe(0);
    expectSuccess(await bench.multus('DEL', pod));
    expect(kernelLinks(pod)).toEqual([]);
    expect(changes()).toEqual([]);
  });
});

describe('a pod that weft attached, deleted after the node was left to Multus', () => {
  it.each(cases.filter(([name]) => !refused.includes(name)))('leaves nothing: %s', async (_, one) => {
    const pod = await underWeft(one);
    await weft.killAgent();
    const handed = await weft.handover();
    expect([handed.status, handed.stderr]).toEqual([0, '']);
    expect(readdirSync(join(bench.node.dirs.state, 'attachments'))).toEqual([]);
    // Nobody but the files on the node may be needed.
    await bench.api.removePod(pod.name);
    expectSuccess(await bench.multus('DEL', pod));
    expect(kernelLinks(pod)).toEqual([]);
    expect(changes()).toEqual([]);
  });

  it('is undone by weft all the same, when its DEL still reaches weft', async () => {
    const pod = await underWeft(twoNetworks);
    await weft.killAgent();
    expect((await weft.handover()).status).toBe(0);
    expectSuccess(await weft.del(pod));
    expect(kernelLinks(pod)).toEqual([]);
    expect(changes()).toEqual([]);
  });

  it('would be left by Multus, had nobody handed it over', async () => {
    const pod = await underWeft(twoNetworks);
    await bench.api.removePod(pod.name);
    expectSuccess(await bench.multus('DEL', pod));
    expect(kernelLinks(pod).map((link) => link.name)).toEqual(['eth0', 'net1', 'cable0']);
    expectSuccess(await weft.del(pod));
    expect(changes()).toEqual([]);
  });

  it('is not handed over while an agent is there', async () => {
    const pod = await underWeft({ annotations: {} });
    const refused = await weft.handover();
    expect(refused.status).toBe(1);
    expect(refused.stderr).toContain('take the agents off the cluster first');
    expectSuccess(await weft.del(pod));
    expect(changes()).toEqual([]);
  });
});
