/** An interface of a pod, as network-status or as the kernel has it. */
export interface PodInterface {
  readonly name: string;
  /** Addresses without prefix length; the kernel's without those that it makes itself for the link. */
  readonly ips: readonly string[];
  /** Lower case. */
  readonly mac: string;
}

/** An interface with the network that made it. */
export interface Attached extends PodInterface {
  /** `namespace/name`, or the name of the default network. */
  readonly network: string;
  readonly isDefault: boolean;
}

interface StatusEntry {
  readonly name?: string;
  readonly interface?: string;
  readonly ips?: readonly string[];
  readonly mac?: string;
  readonly default?: boolean;
}

interface LinkObject {
  readonly ifname?: string;
  readonly address?: string;
  readonly addr_info?: readonly { readonly local?: string; readonly scope?: string }[];
}

/** What weft writes on a pod. */
export interface WrittenStatus {
  /** Value of `k8s.v1.cni.cncf.io/network-status`. */
  readonly annotation: string | undefined;
  /** Status of the condition `weft.dev/NetworksReady`; '' where there is none. */
  readonly condition: string;
}

/** Both from what `kubectl get pod -o json` prints. */
export function statusOf(json: string): WrittenStatus {
  const { metadata, status } = JSON.parse(json) as {
    readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
    readonly status: {
      readonly conditions?: readonly { readonly type: string; readonly status: string }[];
    };
  };
  const found = status.conditions?.find(({ type }) => type === 'weft.dev/NetworksReady');
  return {
    annotation: metadata.annotations?.['k8s.v1.cni.cncf.io/network-status'],
    condition: found?.status ?? '',
  };
}

/** The value of `k8s.v1.cni.cncf.io/network-status`, in its order. Empty where there is none. */
export function attachedOf(annotation: string | undefined): readonly Attached[] {
  const entries = JSON.parse(annotation ?? '[]') as readonly StatusEntry[];
  return entries.map((entry) => ({
    network: entry.name ?? '',
    name: entry.interface ?? '',
    ips: entry.ips ?? [],
    mac: (entry.mac ?? '').toLowerCase(),
    isDefault: entry.default === true,
  }));
}

/** What `ip -j addr` prints, without the loopback, in its order. */
export function interfacesOf(json: string): readonly PodInterface[] {
  const links = JSON.parse(json) as readonly LinkObject[];
  return links
    .filter((link) => link.ifname !== 'lo')
    .map((link) => ({
      name: link.ifname ?? '',
      ips: (link.addr_info ?? []).filter((info) => info.scope === 'global').map((info) => info.local ?? ''),
      mac: (link.address ?? '').toLowerCase(),
    }));
}

/** Interface, addresses and MAC, sorted: two descriptions of the same pod give the same lines. */
export function describeInterfaces(interfaces: readonly PodInterface[]): readonly string[] {
  return interfaces.map(({ name, ips, mac }) => `${name} ${[...ips].sort().join(',')} ${mac}`).sort();
}

/** The MAC of an address in what `ip -j neigh` prints; undefined if the neighbour is not known, or did not answer. */
export function neighbourOf(json: string, address: string): string | undefined {
  const entries = JSON.parse(json) as readonly { readonly dst?: string; readonly lladdr?: string }[];
  return entries.find((entry) => entry.dst === address)?.lladdr?.toLowerCase();
}
