/** Where weft keeps what it knows. Both absolute. */
export interface Directories {
  /** Survives a reboot: `/var/lib/weft`. */
  readonly stateDir: string;
  /** Gone after a reboot: `/run/weft`. */
  readonly runDir: string;
}

/** Every file of one record. */
export interface RecordPaths {
  /** The durable copy. */
  readonly durable: string;
  /** The second copy, without fsync. */
  readonly volatile: string;
  readonly journal: string;
  /** Stands in place of `durable` once an undo failed for good. */
  readonly leftover: string;
}

export const leftoverSuffix = '.leftover.json';

export function attachmentsDir(directories: Directories): string {
  return `${directories.stateDir}/attachments`;
}

export function recordPaths(directories: Directories, key: string): RecordPaths {
  const durable = `${attachmentsDir(directories)}/${key}`;
  const volatile = `${directories.runDir}/attachments/${key}`;
  return {
    durable: `${durable}.json`,
    volatile: `${volatile}.json`,
    journal: `${volatile}.journal`,
    leftover: `${durable}${leftoverSuffix}`,
  };
}

/** The default network's step for a DEL without a record; written by the agent. */
export function nodeFile(directories: Directories): string {
  return `${directories.stateDir}/node.json`;
}

/** There from the moment on at which the agent was ready for the first time since the boot; written by the agent. */
export function readyFile({ runDir }: Pick<Directories, 'runDir'>): string {
  return `${runDir}/ready`;
}

/** Says why the NAD that is to be the default network is gone; there while it is, written by the agent. */
export function defaultGoneFile({ runDir }: Pick<Directories, 'runDir'>): string {
  return `${runDir}/default-network-gone`;
}

export function bootIdFile(directories: Directories): string {
  return `${directories.runDir}/boot-id`;
}

export function lockFile(directories: Directories, name: string): string {
  return `${directories.runDir}/locks/${name}.lock`;
}

/** Which delegate a GC is running; gone once it has ended. */
export function gcRunFile(directories: Directories): string {
  return `${directories.runDir}/gc.json`;
}
