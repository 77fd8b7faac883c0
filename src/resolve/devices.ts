import { resourceNameOf } from '../api/network-attachment-definition.ts';
import type { DeviceRef } from '../attachment/plan.ts';
import { WeftError } from '../errors/weft-error.ts';
import { networkLabel } from '../selection/network-selection.ts';
import type { NetworkLookup, NetworkName, Snapshot } from './snapshot.ts';

/** Resource name → IDs of the devices that the kubelet has allocated to the pod, in the order of their use. */
export type Devices = ReadonlyMap<string, readonly string[]>;

/**
 * True if one of the networks uses devices, so that the kubelet has to be asked. Of a network that cannot be used `resolve`
 * tells, in its turn.
 */
export function needsDevices(wanted: readonly NetworkName[], networks: NetworkLookup): boolean {
  return wanted.some((network) => {
    try {
      return resourceOf(network, networks) !== undefined;
    } catch {
      return false;
    }
  });
}

/**
 * The device of each network, undefined for those that need none: attachments that name the same resource get its
 * devices one after the other (NPWG-189).
 *
 * DeviceNotAllocated where there are too few. Multus attaches without a device then; a pod would run without what it
 * asked for.
 */
export function assignDevices(
  wanted: readonly NetworkName[],
  { networks, devices, pod }: Pick<Snapshot, 'networks' | 'devices' | 'pod'>,
): readonly (DeviceRef | undefined)[] {
  const used = new Map<string, number>();
  return wanted.map((network) => {
    const resource = resourceOf(network, networks);
    if (resource === undefined) return undefined;
    const before = used.get(resource) ?? 0;
    used.set(resource, before + 1);
    const ids = devices?.get(resource) ?? [];
    const id = ids[before];
    if (id !== undefined) return { resource, id };
    throw new WeftError('DeviceNotAllocated', {
      network: networkLabel(network),
      step: 'choose the device',
      cause: pod === undefined ? 'the request names no pod' : shortage(resource, ids.length, before + 1),
    });
  });
}

function shortage(resource: string, allocated: number, wanted: number): string {
  const what = resource.slice(0, 100);
  if (allocated === 0) return `the kubelet has allocated no ${what} to the pod`;
  return `the pod needs ${wanted} or more of ${what}, and the kubelet has allocated ${allocated}`;
}

/** One without namespace is a file, which has no annotations. */
function resourceOf({ namespace, name }: NetworkName, networks: NetworkLookup): string | undefined {
  if (namespace === '') return undefined;
  const nad = networks(namespace, name);
  return nad && resourceNameOf(nad);
}
