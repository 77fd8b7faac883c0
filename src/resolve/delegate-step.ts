import type { DelegateStep, NadRef } from '../attachment/plan.ts';
import type { NetworkList } from '../cni/network-list.ts';
import { requestConfig } from '../cni/request-config.ts';
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
  readonly deadlineMs: number;
}

/** The step that makes the attachment. NetworkInvalid for a chain that holds a meta-plugin, or bad `args`. */
export function delegateStep(attachment: Attachment): DelegateStep {
  const { network, label, ifname, isDefault, nad, deadlineMs } = attachment;
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
    isDefault,
    ...(nad && { nad }),
  };
}

/**
 * The default network's step alone and without runtimeConfig, for node.json: what a DEL without a record runs
 * (DESIGN §3.4).
 */
export function defaultSteps(
  network: NetworkList,
  ifname: string,
  deadlineMs: number,
): readonly DelegateStep[] {
  const nothing = new Map<string, string>();
  const label = network.name;
  return [delegateStep({ network, label, ifname, isDefault: true, runtimeConfig: nothing, deadlineMs })];
}

/** The calls of networks for which a pod asked nothing of its own: the same for every pod. */
const plainCalls = new WeakMap<NetworkList, DelegateStep['plugins']>();

function pluginCalls(attachment: Attachment): DelegateStep['plugins'] {
  if (!isPlain(attachment)) return splicedCalls(attachment);
  const known = plainCalls.get(attachment.network);
  if (known !== undefined) return known;
  const calls = splicedCalls(attachment);
  plainCalls.set(attachment.network, calls);
  return calls;
}

/** True if nothing of the request enters the configurations. */
function isPlain({ network, runtimeConfig, cniArgs }: Attachment): boolean {
  if (cniArgs !== undefined) return false;
  return network.plugins.every(({ capabilities }) => !capabilities.some((name) => runtimeConfig.has(name)));
}

function splicedCalls(attachment: Attachment): DelegateStep['plugins'] {
  const { network, runtimeConfig, cniArgs } = attachment;
  const options = { name: network.name, cniVersion: network.cniVersion, runtimeConfig, cniArgs };
  try {
    refuseMetaPlugin(network);
    return network.plugins.map((plugin) => ({ type: plugin.type, config: requestConfig(plugin, options) }));
  } catch (error) {
    throw asWeftError(error).within({ network: attachment.label });
  }
}
