import { afterAll, describe, expect, it, vi } from 'vitest';
import { networkStatusOf } from '../../../src/attachment/network-status.ts';
import type { DelegateStep, Plan } from '../../../src/attachment/plan.ts';
import type { AttachmentRecord } from '../../../src/attachment/record.ts';
import { requirementsOf } from '../../../src/wire/skew.ts';
import { type FakeAttachment, planFor } from '../../fakes/plan.ts';
import type { Mood, World } from '../../fakes/sys-memory/world.ts';
import { complaints, crashes, faults } from './crash-points.ts';
import { call, memoryNode, nodeFiles, sandbox } from './memory-node.ts';

vi.setConfig({ testTimeout: 120_000 });

const counter = { points: 0 };
afterAll(() => {
  process.stdout.write(`kill -9 with device files: ${counter.points} points\n`);
});

const devinfo = '/var/run/k8s.cni.cncf.io/devinfo';
const dpFile = `${devinfo}/dp/intel.com-sriov-0000:18:02.5-device.json`;
const vfFile = `${devinfo}/cni/test-net-net1-${sandbox.containerId}_net1`;
const sockFile = `${devinfo}/cni/test-net-net2-${sandbox.containerId}_net2`;
const device = { resource: 'intel.com/sriov', id: '0000:18:02.5' };
const pci = '{ "type": "pci",\n "version": "1.1.0", "pci": {"pci-address": "0000:18:02.5"} }';
const vhost = '{"type":"vhost-user","version":"1.0.0","vhost-user":{"mode":"server","path":"/run/s"}}';

const cluster: FakeAttachment = { ifname: 'eth0', network: 'cluster', plugins: [{ type: 'bridge' }] };
/** A device of the kubelet's; nobody is told of the file. */
const withDevice: FakeAttachment = { ifname: 'net1', plugins: [{ type: 'macvlan' }], device };
/** No device, and a plugin that writes the file. */
const writing: FakeAttachment = {
  ifname: 'net2',
  plugins: [{ type: 'ptp', deviceInfo: vhost }],
  informed: ['ptp'],
};

function nodeWith(...attachments: readonly FakeAttachment[]): World {
  const world = memoryNode(planFor(sandbox, [cluster, ...attachments]));
  world.disk.plant(dpFile, pci);
  return world;
}

const bothKinds = (): World => nodeWith(withDevice, writing);

function recordOf(world: World): AttachmentRecord {
  const path = `/var/lib/weft/attachments/${sandbox.containerId}:eth0.json`;
  return (JSON.parse(String(world.disk.find(path)?.bytes)) as { record: AttachmentRecord }).record;
}

function deviceInfosOf(world: World): readonly unknown[] {
  return networkStatusOf(recordOf(world)).map((entry) => entry['device-info']);
}

/** The path that each run of the plugin was told, by verb. */
function pathsTold(world: World, type: string): readonly unknown[] {
  const mine = world.log.filter((entry) => entry.type === type);
  return mine.map(({ verb, stdin }) => [
    verb,
    (JSON.parse(stdin) as { runtimeConfig?: { CNIDeviceInfoFile?: string } }).runtimeConfig
      ?.CNIDeviceInfoFile,
  ]);
}

describe('an attachment with a device', () => {
  it('has a file with what the device plugin says while it lives, and its status shows all of it [NPWG-185] [NPWG-188] [NPWG-194] [NPWG-195]', () => {
    const world = nodeWith(withDevice);
    const { sys, status } = call(world, 'ADD');
    expect(status).toBe(0);
    const forks = sys.calls.flatMap((label, at) => (label === 'fork /opt/cni/bin/macvlan' ? [at] : []));
    expect(forks).toEqual([expect.any(Number)]);
    expect(sys.calls.indexOf(`link ${vfFile}`)).toBeLessThan(forks[0] ?? 0);
    expect(String(world.disk.find(vfFile)?.bytes)).toBe(pci);
    expect(deviceInfosOf(world)).toEqual([undefined, JSON.parse(pci)]);
    expect(world.disk.files(devinfo)).toEqual([vfFile, dpFile]);
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.disk.files(devinfo)).toEqual([dpFile]);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('is attached without a word where the device plugin wrote no file', () => {
    const world = nodeWith({ ...withDevice, device: { ...device, id: 'other' } });
    expect(call(world, 'ADD').status).toBe(0);
    expect(deviceInfosOf(world)).toEqual([undefined, undefined]);
    expect(recordOf(world).steps[1]).not.toHaveProperty('warnings');
  });

  it('of a name that would leave the directory reads no other file', () => {
    const world = nodeWith({ ...withDevice, device: { resource: '../../x', id: '../../../etc/y' } });
    world.disk.plant('/etc/y-device.json', pci);
    expect(call(world, 'ADD').status).toBe(0);
    expect(deviceInfosOf(world)).toEqual([undefined, undefined]);
  });
});

describe('an attachment whose plugin declares CNIDeviceInfoFile', () => {
  it('tells it the same path on every verb, and shows what it wrote there [NPWG-187] [NPWG-190] [NPWG-192]', () => {
    const world = nodeWith(writing, { ...writing, ifname: 'net3' });
    expect(call(world, 'ADD').status).toBe(0);
    expect(call(world, 'CHECK', { conf: { prevResult: { cniVersion: '1.0.0' } } }).error).toBeUndefined();
    expect(deviceInfosOf(world)).toEqual([undefined, JSON.parse(vhost), JSON.parse(vhost)]);
    expect(call(world, 'DEL').status).toBe(0);
    const third = sockFile.replaceAll('net2', 'net3');
    expect(pathsTold(world, 'ptp')).toEqual([
      ['ADD', sockFile],
      ['ADD', third],
      ['CHECK', sockFile],
      ['CHECK', third],
      ['DEL', third],
      ['DEL', sockFile],
    ]);
    expect(pathsTold(world, 'bridge')).toEqual([
      ['ADD', undefined],
      ['CHECK', undefined],
      ['DEL', undefined],
    ]);
    expect(world.remains(nodeFiles)).toEqual([]);
  });

  it('keeps the other members of its runtimeConfig', () => {
    const runtimeConfig = { mac: '02:00:00:00:00:01', n: 1 };
    const world = nodeWith({ ...writing, plugins: [{ type: 'ptp', runtimeConfig }] });
    expect(call(world, 'ADD').status).toBe(0);
    const conf = JSON.parse(world.log.at(-1)?.stdin ?? '') as { runtimeConfig: object };
    expect(conf.runtimeConfig).toEqual({ ...runtimeConfig, CNIDeviceInfoFile: sockFile });
  });

  it('writes into the directory of our configuration, and DEL without it finds the file', () => {
    const world = nodeWith(writing);
    expect(call(world, 'ADD', { conf: { deviceInfoDir: '/run/elsewhere' } }).status).toBe(0);
    expect(world.disk.files('/run/elsewhere')).toEqual([
      `/run/elsewhere/cni/test-net-net2-${sandbox.containerId}_net2`,
    ]);
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.disk.files('/run/elsewhere')).toEqual([]);
  });

  it('finds its own earlier file untouched, though the device plugin has one [NPWG-193]', () => {
    const world = nodeWith({ ...withDevice, informed: ['macvlan'] });
    world.disk.plant(vfFile, vhost);
    expect(call(world, 'ADD').status).toBe(0);
    expect(String(world.disk.find(vfFile)?.bytes)).toBe(vhost);
    expect(deviceInfosOf(world)).toEqual([undefined, JSON.parse(vhost)]);
    expect(world.disk.files(`${devinfo}/cni`)).toEqual([vfFile]);
  });
});

describe('a device file that cannot be used', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['is no JSON', '{"type":', 'it is no JSON object'],
    ['is a list', '[]', 'it is no JSON object'],
    ['has no version', '{"type":"pci","pci":{"pci-address":"x"}}', 'version is missing'],
    ['is not UTF-8', Uint8Array.of(0xff, 0xfe), 'not UTF-8'],
    ['is too large', `${pci}${' '.repeat(20_000)}`, 'more than 16384 bytes'],
  ])('%s: ADD succeeds without device-info, and says so [NPWG-196]', (_what, text, words) => {
    for (const attachment of [withDevice, { ...writing, ifname: 'net1', plugins: [{ type: 'ptp' }] }]) {
      const world = nodeWith(attachment);
      world.disk.plant(attachment === withDevice ? dpFile : vfFile, text);
      expect(call(world, 'ADD').status).toBe(0);
      expect(deviceInfosOf(world)).toEqual([undefined, undefined]);
      expect(recordOf(world).steps[1]?.warnings?.join()).toContain(words);
      expect(recordOf(world).steps[1]?.warnings?.join()).toContain('test/net-net1 on net1');
      expect(call(world, 'DEL').status).toBe(0);
      expect(world.remains(nodeFiles)).toEqual([]);
    }
  });

  it('or written is a warning wherever the disk fails', () => {
    const troubles = [...faults(bothKinds, 'ADD', ['ENOSPC', 'EROFS'])].filter(({ point }) =>
      point.includes(devinfo),
    );
    expect(troubles.length).toBeGreaterThan(8);
    for (const { world, point, outcome } of troubles) {
      expect(outcome.status, point).toBe(0);
      expect(call(world, 'DEL').status, point).toBe(0);
      const left = world.remains(nodeFiles).filter((line) => !line.endsWith('.tmp'));
      expect(left, point).toEqual([]);
    }
  });
});

describe('attachments without devices', () => {
  it('cost no look at any device file', () => {
    const world = nodeWith({ ifname: 'net1', plugins: [{ type: 'macvlan' }] });
    const add = call(world, 'ADD');
    const del = call(world, 'DEL');
    expect([...add.sys.calls, ...del.sys.calls].filter((label) => label.includes('devinfo'))).toEqual([]);
  });
});

describe('a plan with devices', () => {
  it('requires a plugin that knows them, and others do not', () => {
    const plan = (attachment: FakeAttachment): Plan => planFor(sandbox, [cluster, attachment]);
    expect(requirementsOf(plan(withDevice))).toEqual(['device-info']);
    expect(requirementsOf(plan(writing))).toEqual(['device-info']);
    expect(requirementsOf(plan({ ifname: 'net1', plugins: [{ type: 'macvlan' }] }))).toEqual([]);
  });

  it.each([
    { resource: '', id: 'x' },
    { resource: 'a/b', id: '' },
    { resource: 'a\0b', id: 'x' },
    { resource: 'a/b', id: 'x\ny' },
  ])('is refused where the device is %j, before anything runs', (odd) => {
    const world = nodeWith({ ...withDevice, device: odd });
    const add = call(world, 'ADD');
    expect(add.error?.details).toBe('reason=PlanRefused');
    expect(add.delegates).toBe(0);
  });
});

describe('kill -9 with device files, at every point', () => {
  const attached = (): World => {
    const world = bothKinds();
    call(world, 'ADD');
    return world;
  };
  const failing = (mood: Mood) => (): World => {
    const world = bothKinds();
    world.moods = [mood];
    return world;
  };
  const auditDel = (world: World): readonly string[] => {
    world.moods = [];
    world.agent = undefined;
    const del = call(world, 'DEL');
    const dp = world.disk.find(dpFile) === undefined ? ['the file of the device plugin is gone'] : [];
    return [...(del.status === 0 ? [] : [del.stdout]), ...dp, ...world.remains(nodeFiles)];
  };

  it('of ADD leaves none after DEL', () => {
    expect(complaints(crashes(bothKinds, 'ADD'), counter, auditDel)).toEqual([]);
  });

  it('of an ADD that rolls back leaves none after DEL [NPWG-194]', () => {
    const story = failing({ type: 'ptp', verb: 'ADD', how: 'fail-after-work' });
    const world = story();
    expect(call(world, 'ADD').status).toBe(1);
    expect(world.disk.files(`${devinfo}/cni`)).toEqual([]);
    expect(complaints(crashes(story, 'ADD'), counter, auditDel)).toEqual([]);
  });

  it('of DEL leaves none after the next', () => {
    expect(complaints(crashes(attached, 'DEL'), counter, auditDel)).toEqual([]);
  });

  it('keeps the file of an attachment whose DEL fails, and removes it with the leftover', () => {
    const world = attached();
    world.moods = [{ type: 'ptp', verb: 'DEL', how: 'fail' }];
    for (let tries = 0; tries < 3; tries += 1) expect(call(world, 'DEL').status).toBe(1);
    expect(call(world, 'DEL').status).toBe(0);
    expect(world.disk.files(`${devinfo}/cni`)).toEqual([sockFile]);
    world.moods = [];
    world.pass(60_000);
    expect(call(world, 'DEL', { sandbox: { ...sandbox, containerId: 'another' } }).status).toBe(0);
    expect(world.disk.files(`${devinfo}/cni`)).toEqual([]);
  });
});

describe('the default network', () => {
  it('has a file, too, where its plugin asks for one [NPWG-187]', () => {
    const world = memoryNode(planFor(sandbox, [{ ...cluster, informed: ['bridge'] }]));
    expect(call(world, 'ADD').status).toBe(0);
    expect(pathsTold(world, 'bridge')).toEqual([
      ['ADD', `${devinfo}/cni/cluster-${sandbox.containerId}_eth0`],
    ]);
    const [step] = recordOf(world).steps.map((one) => one.step as DelegateStep);
    expect(step?.plugins[0]?.config).not.toContain('CNIDeviceInfoFile');
  });
});
