/**
 * What the plugin is to do for one ADD, decided by the agent (resolve) and run by the plugin (executor).
 *
 * A plan carries no authority: container ID, netns, CNI_ARGS and CNI_PATH come from the plugin's own environment, and
 * the `sandbox` here is only compared with it (DESIGN §3.2).
 */
export interface Plan {
  /** The sandbox the plan was made for. A plugin that has another one refuses. */
  readonly sandbox: Sandbox;
  /** Whose pod it is; absent outside Kubernetes. For messages, records and status only. */
  readonly pod?: PodRef;
  /** In order of execution: cluster default first, additional networks in annotation order, then default-route. */
  readonly steps: readonly Step[];
}

/** Identity of a sandbox towards the runtime. */
export interface Sandbox {
  /** CNI_CONTAINERID. */
  readonly containerId: string;
  /** CNI_IFNAME of the request, mostly `eth0`. */
  readonly ifname: string;
  /** CNI_NETNS verbatim; '' where the runtime gave none. */
  readonly netns: string;
}

export interface PodRef {
  readonly namespace: string;
  readonly name: string;
  /** '' where an old runtime does not tell. */
  readonly uid: string;
}

export type Step = DelegateStep | DefaultRouteStep;

interface StepBase {
  /** Unique within the plan; names the step in record, journal and log. */
  readonly id: string;
  /** Milliseconds the step may take; the plugin may give it less, never more. */
  readonly deadlineMs: number;
}

/**
 * One attachment: a chain of plugins that gives the sandbox one interface.
 * Identity: network name, container ID, interface. Undo: DEL of the chain in reverse order.
 */
export interface DelegateStep extends StepBase {
  readonly kind: 'delegate';
  /** As the user knows it: `namespace/name` of the NAD, or the CNI name of a default network. */
  readonly network: string;
  /** CNI network name (`name` of the configuration). */
  readonly networkName: string;
  /** CNI_IFNAME for this attachment. */
  readonly ifname: string;
  /** The version the chain speaks; '' never. */
  readonly cniVersion: string;
  /** The chain in ADD order, at least one. */
  readonly plugins: readonly PluginCall[];
  /** CHECK skips the chain (`disableCheck` of the list). */
  readonly disableCheck: boolean;
  /** GC leaves the network alone (`disableGC` of the list); absent means it does not. */
  readonly disableGC?: boolean;
  /** True for exactly one step of a plan: the first. Its result goes to the runtime. */
  readonly isDefault: boolean;
  /** The object it came from; absent for networks from files. */
  readonly nad?: NadRef;
  /** The device that the attachment uses; absent for networks without `k8s.v1.cni.cncf.io/resourceName`. */
  readonly device?: DeviceRef;
}

/** One of the devices that the kubelet has allocated to the pod. */
export interface DeviceRef {
  /** Name of the resource that it was allocated as: `intel.com/sriov`. */
  readonly resource: string;
  /** As the device plugin calls it; a PCI address, mostly. */
  readonly id: string;
}

/** One plugin of a chain. */
export interface PluginCall {
  /** A bare file name, looked up in CNI_PATH. */
  readonly type: string;
  /** The complete configuration for standard input, without `prevResult`, byte for byte as the plugin shall see it. */
  readonly config: string;
  /**
   * The network's own configuration, without anything that the pod asked for: what GC sends. Absent where it is the
   * same as `config`, and for chains below 1.1.0, which know no GC.
   */
  readonly gcConfig?: string;
  /**
   * True for one that declares the capability `CNIDeviceInfoFile`: when it is called, the path of the attachment's
   * device information file goes into its `runtimeConfig`. The path is not here because a plan carries none.
   */
  readonly deviceInfoFile?: boolean;
}

export interface NadRef {
  readonly namespace: string;
  readonly name: string;
  /** SHA-256 in hex of the NAD's configuration text at ADD. */
  readonly hash: string;
}

/**
 * Gives the sandbox's default route to one attachment (NPWG-087 to 092).
 * Undo: none, the routes go with the sandbox's interfaces, all of which the same rollback removes.
 */
export interface DefaultRouteStep extends StepBase {
  readonly kind: 'default-route';
  /** The interface of the attachment that asked. */
  readonly ifname: string;
  /** Requested gateways, addresses without prefix, at most one a family. Empty: the attachment's own default routes win. */
  readonly gateways: readonly string[];
}

/** Most delegates in a plan (DESIGN §3.2). */
export const maxAttachments = 32;

/** The delegate steps of a plan or of a record's steps, in order. */
export function delegatesOf(steps: readonly Step[]): readonly DelegateStep[] {
  return steps.filter((step) => step.kind === 'delegate');
}

/** True if somebody may write or read a device information file for the attachment. */
export function hasDeviceInfo(step: DelegateStep): boolean {
  return step.device !== undefined || step.plugins.some((call) => call.deviceInfoFile === true);
}
