/** What survives a reboot of the node of the power cuts, on one file system as on most nodes. */
export const diskDirs: Readonly<Record<'state' | 'ipam' | 'conf', string>> = {
  state: '/disk/var/lib/weft',
  ipam: '/disk/var/lib/cni/networks',
  conf: '/disk/etc/cni/net.d',
};

/**
 * Files written just before a cut, the first with fsync. If the first is lost, or the second is there, it was no power
 * cut and the promises were not tested.
 */
export const witnesses: Readonly<Record<'synced' | 'unsynced' | 'text', string>> = {
  synced: '/disk/witness-synced',
  unsynced: '/disk/witness-unsynced',
  text: 'w'.repeat(4096),
};

/** Contents by path. */
export type DiskFiles = Readonly<Record<string, string>>;

/** What the runtime knows of its sandboxes, in order. */
export interface SandboxEvent {
  readonly verb: 'ADD' | 'DEL';
  readonly containerId: string;
  /** `answered`: with success. */
  readonly phase: 'begun' | 'answered';
}

/** Where a plugin shall stand when the power goes. */
export interface Stop {
  readonly verb: 'ADD' | 'DEL';
  /** The first point of that name, or the one at that share of all points, from 0 to 1. */
  readonly at: string | number;
  /** True: everything written so far is on the disk, as the kernel may see to at any moment. */
  readonly synced: boolean;
}

export function isSandboxEvent(value: unknown): value is SandboxEvent {
  return typeof value === 'object' && value !== null && 'phase' in value;
}
