import type { Labels } from '../api/label-selector.ts';
import type { NetworkAttachmentDefinition } from '../api/network-attachment-definition.ts';
import type { WeftConfigSpec } from '../api/weft-config.ts';
import type { PodRef } from '../attachment/plan.ts';
import type { NetworkList } from '../cni/network-list.ts';
import type { WeftError } from '../errors/weft-error.ts';
import type { ConfFile } from '../netconf/conf-file.ts';
import type { Devices } from './devices.ts';

/** Everything that decides a plan, so that resolution is a function of it alone (DESIGN §3.2). */
export interface Snapshot {
  readonly request: AddRequest;
  /** Absent outside Kubernetes; the default namespace of the selection is then `default`. */
  readonly pod?: PodRef;
  /** The pod's annotations as the runtime handed them over, all of them. */
  readonly annotations: Readonly<Record<string, string>>;
  /** The NAD of that namespace and name as the source has it now; undefined where there is none. */
  readonly networks: NetworkLookup;
  /** `--network-conf-dir`, for NADs whose configuration is empty, and for networks that WeftConfig names. Any order. */
  readonly files: readonly ConfFile[];
  /** The cluster default network, or the reason why the node has none; chooseDefaultNetwork decides. */
  readonly defaultNetwork: NetworkList | WeftError;
  /** The NAD that the default network comes from; absent where it is a file. */
  readonly defaultNad?: NetworkName;
  /**
   * Labels of the pod's namespace, or why they cannot be known; absent where no network opens itself by a selector, and
   * nobody was asked.
   */
  readonly namespaceLabels?: Labels | WeftError;
  /** What the kubelet has allocated to the pod; absent where no network needs a device, and nobody was asked. */
  readonly devices?: Devices;
  /** WeftConfig with its defaults filled in. */
  readonly config: WeftConfigSpec;
  /** SHA-256 of a text's UTF-8 bytes in lower-case hex. Passed in because this room imports nothing of Node. */
  readonly sha256: (text: string) => string;
}

/** What the runtime asked the plugin for. */
export interface AddRequest {
  /** CNI_CONTAINERID. */
  readonly containerId: string;
  /** CNI_NETNS verbatim. */
  readonly netns: string;
  /** CNI_IFNAME, checked by the agent before. */
  readonly ifname: string;
  /** Version of our own configuration; NADs that name none inherit it (NPWG-324). */
  readonly cniVersion: string;
  /** The members of the received `runtimeConfig`: key to raw JSON text. */
  readonly runtimeConfig: ReadonlyMap<string, string>;
}

/** Names a NAD. */
export interface NetworkName {
  readonly namespace: string;
  readonly name: string;
}

/** Looks up one NAD by namespace and name. */
export type NetworkLookup = (namespace: string, name: string) => NetworkAttachmentDefinition | undefined;
