import { describe, expect, it } from 'vitest';
import { resourceNameAnnotation } from '../../../src/api/network-attachment-definition.ts';
import { type DelegateStep, delegatesOf, type Plan } from '../../../src/attachment/plan.ts';
import { WeftError } from '../../../src/errors/weft-error.ts';
import { defaultSteps } from '../../../src/resolve/delegate-step.ts';
import { type Devices, needsDevices } from '../../../src/resolve/devices.ts';
import { resolve } from '../../../src/resolve/resolve.ts';
import type { Snapshot } from '../../../src/resolve/snapshot.ts';
import { reasonOf } from '../attachment/reason-of.ts';
import { type SnapshotParts, snapshotOf } from './snapshots.ts';

const resource = 'intel.com/sriov';
const sriov = {
  cniVersion: '1.0.0',
  plugins: [{ type: 'sriov', capabilities: { deviceID: true, mac: true } }, { type: 'tuning' }],
};
const nads = { 'ns1/a': sriov, 'ns1/b': sriov, 'ns1/plain': { type: 'macvlan' } };
const three: Devices = new Map([[resource, ['0000:18:02.1', '0000:18:02.3', '0000:18:02.5']]]);

/** A snapshot in which the networks `a` and `b` are of the resource. */
function snapshot(parts: SnapshotParts, devices?: Devices, annotation: string = resource): Snapshot {
  const base = snapshotOf({ nads, ...parts });
  const networks: Snapshot['networks'] = (namespace, name) => {
    const nad = base.networks(namespace, name);
    if (nad === undefined || name === 'plain') return nad;
    return { ...nad, metadata: { ...nad.metadata, annotations: { [resourceNameAnnotation]: annotation } } };
  };
  return { ...base, networks, ...(devices && { devices }) };
}

function additional(plan: Plan): readonly DelegateStep[] {
  return delegatesOf(plan.steps).slice(1);
}

function configsOf(step: DelegateStep | undefined): readonly Readonly<Record<string, unknown>>[] {
  return (step?.plugins ?? []).map(({ config }) => JSON.parse(config) as Readonly<Record<string, unknown>>);
}

describe('networks of a resource', () => {
  it('get its devices one after the other, and others none [NPWG-189]', () => {
    const steps = additional(resolve(snapshot({ networks: 'a,plain,b,a' }, three)));
    expect(steps.map(({ device }) => device)).toEqual([
      { resource, id: '0000:18:02.1' },
      undefined,
      { resource, id: '0000:18:02.3' },
      { resource, id: '0000:18:02.5' },
    ]);
  });

  it('tell each plugin the device at top level, and those with the capability in runtimeConfig [NPWG-191]', () => {
    const networks = [{ name: 'a', mac: '02:00:00:00:00:01' }, { name: 'plain' }];
    const [first, plain] = additional(resolve(snapshot({ networks }, three)));
    const id = '0000:18:02.1';
    const [chief, tuning] = configsOf(first);
    expect(chief).toMatchObject({
      deviceID: id,
      pciBusID: id,
      runtimeConfig: { mac: '02:00:00:00:00:01', deviceID: id },
    });
    expect(tuning).toMatchObject({ deviceID: id, pciBusID: id });
    expect(tuning).not.toHaveProperty('runtimeConfig');
    expect(configsOf(plain)[0]).not.toHaveProperty('deviceID');
  });

  it('tell one device, whatever the author of the network wrote, in any spelling', () => {
    const forged = '{"type":"sriov","deviceid":"x","PCIBusID":"y","deviceID":"z","n":9007199254740993}';
    const plan = resolve(snapshot({ networks: 'a', nads: { 'ns1/a': forged } }, three));
    const config = additional(plan)[0]?.plugins[0]?.config ?? '';
    expect(config).toContain('9007199254740993');
    expect(Object.keys(JSON.parse(config) as object).sort()).toEqual([
      'cniVersion',
      'deviceID',
      'n',
      'name',
      'pciBusID',
      'type',
    ]);
    expect(JSON.parse(config)).toMatchObject({ deviceID: '0000:18:02.1', pciBusID: '0000:18:02.1' });
  });

  it('leave no device of one pod in the plan of the next', () => {
    const base = snapshot({ networks: 'a' }, three);
    const ids = [three, new Map([[resource, ['other']]])].map(
      (devices) => configsOf(additional(resolve({ ...base, devices }))[0])[0]?.['deviceID'],
    );
    expect(ids).toEqual(['0000:18:02.1', 'other']);
  });

  it('keep what a network without a resource says of a device by itself', () => {
    const own = { type: 'host-device', pciBusID: '0000:00:01.0' };
    const plan = resolve(snapshot({ networks: 'plain', nads: { 'ns1/plain': own } }));
    expect(configsOf(additional(plan)[0])[0]).toMatchObject(own);
  });

  it.each<[string, Devices | undefined, string]>([
    ['nothing was allocated', undefined, `the kubelet has allocated no ${resource} to the pod`],
    ['another resource was', new Map([['x/y', ['1', '2']]]), `has allocated no ${resource}`],
    [
      'too few were',
      new Map([[resource, ['1']]]),
      `the pod needs 2 or more of ${resource}, and the kubelet has allocated 1`,
    ],
  ])('are refused for good where %s', (_what, devices, words) => {
    const refused = (): Plan => resolve(snapshot({ networks: 'a,b' }, devices));
    expect(reasonOf(refused)).toBe('DeviceNotAllocated');
    expect(refused).toThrow(words);
    expect(refused).toThrow(/network ns1\/[ab], choose the device: .*request the resource/);
    expect(refused).toThrow(expect.objectContaining({ code: 7, retry: 'never' }));
  });

  it('are refused in words that say both numbers, however long the name of the resource', () => {
    const long = `intel.com/${'x'.repeat(300)}`;
    const refused = (): Plan => resolve(snapshot({ networks: 'a,b' }, new Map([[long, ['1']]]), long));
    expect(refused).toThrow(
      `the pod needs 2 or more of ${long.slice(0, 100)}, and the kubelet has allocated 1`,
    );
  });

  it('are refused where the request names no pod', () => {
    const { pod: _, ...rest } = snapshot({ networks: 'ns1/a' });
    expect(() => resolve(rest)).toThrow('the request names no pod');
  });

  it('need none where the annotation is empty', () => {
    expect(additional(resolve(snapshot({ networks: 'a' }, undefined, '')))[0]).not.toHaveProperty('device');
  });
});

describe('whether the kubelet has to be asked', () => {
  const names = ['a', 'plain', 'none'].map((name) => ({ namespace: 'ns1', name }));

  it('is yes for one network of a resource among others, and no without', () => {
    const { networks } = snapshot({});
    expect(needsDevices(names, networks)).toBe(true);
    expect(needsDevices(names.slice(1), networks)).toBe(false);
    expect(needsDevices([{ namespace: '', name: 'a' }], networks)).toBe(false);
  });

  it('does not hang on a network that cannot be used, of which the plan tells', () => {
    const broken = (): never => {
      throw new WeftError('NetworkInvalid', { cause: 'x' });
    };
    expect(needsDevices(names, broken)).toBe(false);
    expect(reasonOf(() => resolve({ ...snapshot({ networks: 'a' }), networks: broken }))).toBe(
      'NetworkInvalid',
    );
  });
});

describe('a default network of a resource', () => {
  it('gets the first device, and the annotation the next ones', () => {
    const base = snapshot({ networks: 'a' }, three);
    const plan = resolve({ ...base, defaultNad: { namespace: 'ns1', name: 'b' } });
    expect(delegatesOf(plan.steps).map(({ device }) => device?.id)).toEqual(['0000:18:02.1', '0000:18:02.3']);
  });

  it('does so where the pod chose it', () => {
    const base = snapshot({ networks: 'a' }, three);
    const annotations = { ...base.annotations, 'v1.multus-cni.io/default-network': 'ns1/b' };
    const plan = resolve({ ...base, annotations });
    expect(delegatesOf(plan.steps).map(({ network, device }) => [network, device?.id])).toEqual([
      ['ns1/b', '0000:18:02.1'],
      ['ns1/a', '0000:18:02.3'],
    ]);
  });
});

describe('plugins that declare CNIDeviceInfoFile', () => {
  const capable = {
    plugins: [{ type: 'x' }, { type: 'userspace', capabilities: { CNIDeviceInfoFile: true } }],
  };

  it('are marked, and no path is in the plan [NPWG-190]', () => {
    const plan = resolve(snapshotOf({ networks: 'u', nads: { 'ns1/u': capable } }));
    const [step] = additional(plan);
    expect(step?.plugins.map(({ deviceInfoFile }) => deviceInfoFile)).toEqual([undefined, true]);
    expect(JSON.stringify(plan)).not.toContain('devinfo');
  });

  it('are marked in what a DEL without a record runs', () => {
    const base = snapshotOf({ networks: 'u', nads: { 'ns1/u': capable } });
    if (base.defaultNetwork instanceof Error) throw base.defaultNetwork;
    const network = { ...base.defaultNetwork };
    const [first] = network.plugins;
    if (first === undefined) throw new Error('no plugin');
    const plugins = [{ ...first, capabilities: [...first.capabilities, 'CNIDeviceInfoFile'] }];
    const [step] = defaultSteps({ ...network, plugins }, 'eth0', 1000);
    expect(step?.plugins[0]?.deviceInfoFile).toBe(true);
  });
});
