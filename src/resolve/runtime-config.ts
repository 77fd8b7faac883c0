import type { NetworkList } from '../cni/network-list.ts';
import { WeftError } from '../errors/weft-error.ts';
import { capabilitiesOf } from '../netconf/capabilities.ts';
import { capabilityRequests } from '../selection/capability-requests.ts';
import { type NetworkSelection, networkLabel } from '../selection/network-selection.ts';

/** The capability by which containerd hands over the pod's annotations (DESIGN §3.5). */
const podAnnotations = 'io.kubernetes.cri.pod-annotations';

/**
 * What a selected network gets as `runtimeConfig`: `inherited`, and over it the pod's requests for this very attachment.
 *
 * CapabilityMissing if no plugin of the chain declares a requested capability (NPWG-074, 317).
 */
export function runtimeConfigFor(
  selection: NetworkSelection,
  network: NetworkList,
  inherited: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const requests = capabilityRequests(selection);
  const declared = requests.size === 0 ? [] : capabilitiesOf(network);
  for (const capability of requests.keys()) {
    if (!declared.includes(capability)) throw capabilityMissing(selection, capability);
  }
  if (inherited.size === 0) return requests;
  return requests.size === 0 ? inherited : new Map([...inherited, ...requests]);
}

/**
 * What an additional network inherits: nothing of what the runtime sent for the default network (NPWG-136), but for the
 * pod's annotations, which belong to the pod.
 */
export function podsOwn(received: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const annotations = received.get(podAnnotations);
  return annotations === undefined ? new Map() : new Map([[podAnnotations, annotations]]);
}

function capabilityMissing(selection: NetworkSelection, capability: string): WeftError {
  return new WeftError('CapabilityMissing', {
    network: networkLabel(selection),
    step: 'check the capabilities',
    cause: `${selection.where} asks for ${capability}, but no plugin of the network declares capability "${capability}"`,
  });
}
