import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { planFor } from '../../fakes/plan.ts';
import { agentWith } from '../../fakes/sys-memory/memory-agent.ts';
import type { World } from '../../fakes/sys-memory/world.ts';
import { allRecordings, type Recording } from '../../net/multus/recording.ts';
import { bin, call, memoryNode, nodeFiles } from './memory-node.ts';

/** What Multus 4.3.0, thin and thick, really left on a node. */
const recordings = allRecordings();

interface PluginConf {
  readonly type: string;
  readonly capabilities?: Readonly<Record<string, boolean>>;
}

/** libcni's cache entry, its configuration decoded. */
interface Entry {
  readonly ifName: string;
  readonly networkName: string;
  readonly cniArgs: readonly (readonly [string, string])[];
  readonly capabilityArgs?: Readonly<Record<string, unknown>>;
  readonly result: { readonly cniVersion: string };
  readonly config: { readonly cniVersion?: string; readonly plugins: readonly PluginConf[] };
}

function entryOf(text: string): Entry {
  const raw = JSON.parse(text) as Omit<Entry, 'config'> & { readonly config: string };
  const config = JSON.parse(Buffer.from(raw.config, 'base64').toString()) as Partial<Entry['config']> &
    PluginConf;
  return { ...raw, config: { ...config, plugins: config.plugins ?? [config] } };
}

/** A node that was switched from Multus to weft while the pod ran, without an agent. */
function switched(recording: Recording): World {
  const world = memoryNode();
  world.agent = undefined;
  world.install(bin, 'tuning', 'host-device', 'bandwidth', 'ipvlan', 'vlan', 'vrf', 'dummy');
  plant(world, recording);
  return world;
}

function plant(world: World, { containerId, scratch, results }: Recording): void {
  world.disk.plant(`/var/lib/cni/multus/${containerId}`, scratch);
  for (const [name, text] of Object.entries(results))
    world.disk.plant(`/var/lib/cni/multus/results/${name}`, text);
}

/** What ADD ran, in the order in which DEL must run it. */
function expected({ results, scratch }: Recording): readonly (readonly [Entry, PluginConf])[] {
  const order = (JSON.parse(scratch) as { ifnameRequest?: string }[]).map(
    ({ ifnameRequest }, index) => ifnameRequest ?? (index === 0 ? 'eth0' : `net${index}`),
  );
  const entries = Object.values(results).map(entryOf);
  return order.toReversed().flatMap((ifname) => {
    const entry = entries.find(({ ifName }) => ifName === ifname);
    if (entry === undefined) throw new Error(`no entry of ${ifname}`);
    return entry.config.plugins.toReversed().map((plugin) => [entry, plugin] as const);
  });
}

/** The configuration that libcni sends for this plugin. */
function stdinOf({ networkName, config, capabilityArgs = {}, result }: Entry, plugin: PluginConf): object {
  const { capabilities = {}, ...rest } = plugin;
  const cniVersion = config.cniVersion ?? '0.1.0';
  const declared = Object.entries(capabilityArgs).filter(([key]) => capabilities[key] === true);
  return {
    ...rest,
    name: networkName,
    cniVersion,
    ...(declared.length === 0 ? {} : { runtimeConfig: Object.fromEntries(declared) }),
    ...(/^0\.[123]\./.test(cniVersion) ? {} : { prevResult: result }),
  };
}

function sandboxOf({ containerId, netns }: Recording): {
  containerId: string;
  netns: string;
  ifname: string;
} {
  return { containerId, netns, ifname: 'eth0' };
}

describe('DEL of a pod that Multus attached', () => {
  it.each(recordings)(
    'gives every delegate what its ADD had, and removes Multus\u2019s files: %s',
    (_, __, one) => {
      const world = switched(one);
      expect(call(world, 'DEL', { sandbox: sandboxOf(one) }).status).toBe(0);
      const wanted = expected(one);
      expect(world.log.map(({ type, ifname }) => [type, ifname])).toEqual(
        wanted.map(([{ ifName }, { type }]) => [type, ifName]),
      );
      for (const [index, [entry, plugin]] of wanted.entries()) {
        const run = world.log[index];
        expect(JSON.parse(run?.stdin ?? '')).toEqual(stdinOf(entry, plugin));
        expect(run?.args).toBe(entry.cniArgs.map((pair) => pair.join('=')).join(';'));
      }
      expect(world.disk.files('/var/lib/cni')).toEqual([]);
      expect(world.remains(nodeFiles)).toEqual([]);
    },
  );

  it.each(recordings)('reaches every delegate without the scratch file: %s', (_, __, one) => {
    const world = switched({ ...one, scratch: one.scratch.slice(0, 50) });
    expect(call(world, 'DEL', { sandbox: sandboxOf(one) }).status).toBe(0);
    const runs = world.log.map(({ type, ifname }) => `${type} ${ifname}`);
    expect(runs.toSorted()).toEqual(
      expected(one)
        .map(([{ ifName }, { type }]) => `${type} ${ifName}`)
        .toSorted(),
    );
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
  });

  it.each(recordings)(
    'gives every delegate its own configuration without libcni\u2019s cache: %s',
    (_, __, one) => {
      const world = switched({ ...one, results: {} });
      expect(call(world, 'DEL', { sandbox: sandboxOf(one) }).status).toBe(0);
      const runs = world.log.map(({ stdin }) => JSON.parse(stdin) as object);
      // The kubelet's host ports and the pod's port mappings are in no other file of Multus.
      const wanted = expected(one).map(([entry, plugin]) => {
        const { portMappings: _lost, ...capabilityArgs } = entry.capabilityArgs ?? {};
        const { prevResult: _gone, ...rest } = stdinOf({ ...entry, capabilityArgs }, plugin) as {
          prevResult?: object;
        };
        return rest;
      });
      expect(runs).toEqual(wanted);
    },
  );
});

describe('DEL of a pod that Multus attached, whose files are lost altogether', () => {
  const two = recordings.find(([, pod]) => pod.startsWith('two'))?.[2];
  if (two === undefined) throw new Error('no recording of two networks');
  const lost: Recording = { ...two, scratch: two.scratch.slice(0, 50), results: {} };
  const scratchFile = `/var/lib/cni/multus/${lost.containerId}`;
  const sandbox = sandboxOf(lost);
  const plan = planFor(sandbox, [
    { ifname: 'eth0', plugins: [{ type: 'bridge' }] },
    { ifname: 'net1', plugins: [{ type: 'bridge' }, { type: 'portmap' }] },
    { ifname: 'cable0', plugins: [{ type: 'ptp' }] },
  ]);

  it('reaches every delegate that the agent names, says so, and asks nobody to attach', () => {
    const world = switched(lost);
    world.agent = agentWith(plan);
    const del = call(world, 'DEL', { sandbox });
    expect(del.status).toBe(0);
    expect(world.log.map(({ verb, type, ifname }) => [verb, type, ifname])).toEqual([
      ['DEL', 'ptp', 'cable0'],
      ['DEL', 'portmap', 'net1'],
      ['DEL', 'bridge', 'net1'],
      // Of node.json.
      ['DEL', 'portmap', 'eth0'],
      ['DEL', 'bridge', 'eth0'],
    ]);
    expect(world.agent.received.map(({ type, verb }) => [type, verb])).toEqual([
      ['request', 'DEL'],
      ['outcome', 'DEL'],
    ]);
    expect(del.sys.said).toContain("Multus's files are lost, resolved anew: ");
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('undoes the default network without an agent, and leaves a leftover that names the file', () => {
    const world = switched(lost);
    const del = call(world, 'DEL', { sandbox });
    expect(del.status).toBe(0);
    expect(world.log.map(({ type, ifname }) => `${type} ${ifname}`)).toEqual(['portmap eth0', 'bridge eth0']);
    expect(del.sys.said).toContain(`${scratchFile} cannot be read and no agent tells more`);
    expect(world.remains(nodeFiles)).toContain('file /var/lib/weft/attachments/c0ffee:eth0.leftover.json');
    expect(world.disk.files('/var/lib/cni')).toEqual([scratchFile]);
  });

  it('asks no agent where libcni\u2019s cache and the scratch file are there', () => {
    const world = switched(two);
    world.agent = agentWith(plan);
    expect(call(world, 'DEL', { sandbox }).status).toBe(0);
    expect(world.agent.received.map(({ type }) => type)).toEqual(['outcome']);
  });

  it('asks an agent where only the runtime\u2019s cache tells that it was Multus', () => {
    const world = memoryNode(plan);
    const config = { cniVersion: '1.0.0', name: 'multus-cni-network', plugins: [{ type: 'multus' }] };
    const entry = { kind: 'cniCacheV1', containerId: 'c0ffee', ifName: 'eth0', networkName: config.name };
    const path = '/var/lib/cni/results/multus-cni-network-c0ffee-eth0';
    const encoded = Buffer.from(JSON.stringify(config)).toString('base64');
    world.disk.plant(path, JSON.stringify({ ...entry, config: encoded }));
    expect(call(world, 'DEL', { sandbox }).status).toBe(0);
    expect(world.log.map(({ ifname }) => ifname)).toEqual(['cable0', 'net1', 'net1', 'eth0', 'eth0']);
    expect(world.disk.files('/var/lib/cni')).toEqual([]);
    expect(world.remains(nodeFiles)).toEqual([]);
  });
});
