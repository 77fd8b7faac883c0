import type { DelegateStep, DeviceRef, NadRef, PluginCall } from '../attachment/plan.ts';
import type { NetworkList } from '../cni/network-list.ts';
import { requestConfig } from '../cni/request-config.ts';
import { atLeast } from '../cni/version.ts';
import { asWeftError } from '../errors/weft-error.ts';
import { refuseMetaPlugin } from '../netconf/meta-plugin.ts';

/** One attachment, with everything decided. */
export interface Attachment {
  readonly network: NetworkList;
  /** As the user knows it; see DelegateStep. */
  readonly label: string;
  readonly ifname: string;
  readonly isDefault: boolean;
  /** Capability → raw JSON. Each plugin gets what it declares. */
  readonly runtimeConfig: ReadonlyMap<string, string>;
  /** Raw JSON object. */
  readonly cniArgs?: string | undefined;
  readonly nad?: NadRef | undefined;
  readonly device?: DeviceRef | undefined;
  readonly deadlineMs: number;
}

/** The step that makes the attachment. NetworkInvalid for a chain that holds a meta-plugin, or bad `args`. */
export function delegateStep(attachment: Attachment): DelegateStep {
  const { network, label, ifname, isDefault, nad, device, deadlineMs } = attachment;
  return {
    kind: 'delegate',
    // Unique because interface names are, and no interface name has a ":" in it.
    id: `delegate:${ifname}`,
    deadlineMs,
    network: label,
    networkName: network.name,
    ifname,
    cniVersion: network.cniVersion,
    plugins: pluginCalls(attachment),
    disableCheck: network.disableCheck,
    ...(network.disableGC && { disableGC: true }),
    isDefault,
    ...(nad && { nad }),
    ...(device && { device }),
  };
}

/**
 * The default network's step alone and without runtimeConfig, for node.json: what a DEL without a record runs
 * (DESIGN §3.4). `label`: see DelegateStep.network.
 */
export function defaultSteps(
  network: NetworkList,
  ifname: string,
  deadlineMs: number,
  label: string = network.name,
): readonly DelegateStep[] {
  const nothing = new Map<string, string>();
  return [delegateStep({ network, label, ifname, isDefault: true, runtimeConfig: nothing, deadlineMs })];
}

/** What does not differ between pods. */
const askingNothing = {
  runtimeConfig: new Map<string, string>(),
  cniArgs: undefined,
  device: undefined,
} as const;

/** The calls of networks for which a pod asked nothing of its own: the same for every pod. */
const plainCalls = new WeakMap<NetworkList, DelegateStep['plugins']>();

function pluginCalls(attachment: Attachment): DelegateStep['plugins'] {
  if (isPlain(attachment)) return plainCallsOf(attachment);
  const calls = splicedCalls(attachment);
  const { cniVersion, disableGC } = attachment.network;
  if (disableGC || !atLeast(cniVersion, '1.1.0')) return calls;
  const plain = plainCallsOf(attachment);
  return calls.map((call, index) => withGcConfig(call, plain[index]?.config ?? call.config));
}

function plainCallsOf(attachment: Attachment): DelegateStep['plugins'] {
  const { network } = attachment;
  const known = plainCalls.get(network);
  if (known !== undefined) return known;
  const calls = splicedCalls({ ...attachment, ...askingNothing });
  plainCalls.set(network, calls);
  return calls;
}

/** GC serves no pod, so what this one asked for must not reach it (CNI-227). */
function withGcConfig(call: PluginCall, gcConfig: string): PluginCall {
  return call.config === gcConfig ? call : { ...call, gcConfig };
}

/** True if nothing of the request enters the configurations. */
function isPlain({ network, runtimeConfig, cniArgs, device }: Attachment): boolean {
  if (cniArgs !== undefined || device !== undefined) return false;
  return network.plugins.every(({ capabilities }) => !capabilities.some((name) => runtimeConfig.has(name)));
}

function splicedCalls(attachment: Attachment): DelegateStep['plugins'] {
  const { network, cniArgs, device } = attachment;
  const { name, cniVersion } = network;
  const runtimeConfig = withDevice(attachment);
  const options = { name, cniVersion, runtimeConfig, cniArgs, deviceId: device?.id };
  try {
    refuseMetaPlugin(network);
    return network.plugins.map((plugin) => ({
      type: plugin.type,
      config: requestConfig(plugin, options),
      ...(plugin.capabilities.includes('CNIDeviceInfoFile') && { deviceInfoFile: true }),
    }));
  } catch (error) {
    throw asWeftError(error).within({ network: attachment.label });
  }
}

/** The device wins over whatever was asked for: a pod gets what the kubelet counts, nothing else (NPWG-191). */
function withDevice({ runtimeConfig, device }: Attachment): Attachment['runtimeConfig'] {
  return device === undefined
    ? runtimeConfig
    : new Map([...runtimeConfig, ['deviceID', JSON.stringify(device.id)]]);
}
