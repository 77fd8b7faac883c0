import type { Devices } from '../../resolve/devices.ts';
import type { ClaimDevice, PodResources } from './pod-resources.ts';

/**
 * The devices of a pod by the name under which a network may ask for them, all containers together, sorted as text and
 * each once (NPWG-189): the kubelet's order is by container and by chance, and a restarted sandbox must get the same.
 *
 * Devices of a device plugin are under their resource's name. Devices of a ResourceClaim have no such name; of what the
 * kubelet tells, these stand for it, with the device's part of its CDI name as ID:
 * - the claim's name, as in Multus up to 4.3;
 * - the CDI kind `vendor.com/class`, which is made like a resource's name.
 * A device without a CDI name is under its driver's name, with its own name as ID. Multus's next version reads the
 * attributes of ResourceSlices instead, which would cost an ADD two calls of the API server (DESIGN §5).
 */
export function allocatedDevices(pod: PodResources): Devices {
  const found = new Map<string, Set<string>>();
  const add = (name: string, id: string): void => {
    if (name === '' || id === '') return;
    const ids = found.get(name) ?? new Set();
    found.set(name, ids.add(id));
  };
  for (const { devices, claims } of pod.containers) {
    for (const { resource, ids } of devices) for (const id of ids) add(resource, id);
    for (const { claim, devices: claimed } of claims) {
      for (const { names, id } of claimed.flatMap(deviceNames)) {
        for (const name of new Set([claim, ...names])) add(name, id);
      }
    }
  }
  return new Map([...found].map(([name, ids]) => [name, [...ids].toSorted()]));
}

interface Named {
  readonly names: readonly string[];
  readonly id: string;
}

function deviceNames({ cdi, driver, device }: ClaimDevice): readonly Named[] {
  const qualified = cdi.flatMap((name): readonly Named[] => {
    const parts = name.split('=');
    const [kind = '', id = ''] = parts;
    return parts.length === 2 && kind !== '' && id !== '' ? [{ names: [kind], id }] : [];
  });
  if (qualified.length === 0) return [{ names: [driver], id: device }];
  // One device may have several CDI names. Where the kubelet does not tell them apart, each is one, as in Multus.
  return device === '' ? qualified : qualified.slice(0, 1);
}
